// When the results are written, and where.
// SPDX-License-Identifier: Apache-2.0
// At the end of the process, before it dies of an unhandled exception or of a signal, on SIGUSR2, and on
// request; on whatever thread that happens, one at a time. Files that cannot be written are not; nothing is ever
// said on the console of the application.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace NewRelic.Agent.Core;

internal static class Output
{
    /// <summary>When the first call was recorded.</summary>
    public static readonly long StartTime = Stopwatch.GetTimestamp();

    private static readonly object s_lock = new();
    private static int s_started;
    private static string? s_suffix;
    private static readonly List<PosixSignalRegistration> s_signals = [];

    public static void Start()
    {
        if (Interlocked.Exchange(ref s_started, 1) != 0) return;
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Write();
        AppDomain.CurrentDomain.UnhandledException += static (_, _) => Write();
        if (OperatingSystem.IsWindows()) return;
        // SIGUSR2 has no name in the enumeration; other numbers pass through as they are.
        OnSignal((PosixSignal)(OperatingSystem.IsLinux() ? 12 : 31), ends: false);
        // These end the process as they would without a handler, and without ProcessExit: SIGINT and
        // SIGHUP on every version, SIGTERM since .NET 10.
        OnSignal(PosixSignal.SIGTERM, ends: true);
        OnSignal(PosixSignal.SIGINT, ends: true);
        OnSignal(PosixSignal.SIGHUP, ends: true);
    }

    private static void OnSignal(PosixSignal signal, bool ends)
    {
        try
        {
            s_signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                if (!ends) context.Cancel = true;
                Write();
            }));
        }
        catch (Exception e)
        {
            AgentShim.Swallow(e);
        }
    }

    /// <summary>Writes both files; returns the path of the report, or null if there is none.</summary>
    public static string? Write()
    {
        string? path = null;
        ThreadLog.Unrecorded(() =>
        {
            lock (s_lock) path = WriteFiles();
        });
        return path;
    }

    private static string? WriteFiles()
    {
        if (ThreadLogs.Threads == 0 && !Counters.Any) return null;
        Directory.CreateDirectory(Settings.OutputFolder);
        var snapshot = new Snapshot();
        string report = Put("report", ".txt", stream => ReportWriter.Write(snapshot, stream));
        Put("trace", ".json", stream => TraceWriter.Write(snapshot, stream));
        return report;
    }

    private static string PathOf(string name) => Path.Combine(Settings.OutputFolder, name);

    // A reader sees the old file or the new one, never a part of it and never an empty one, even if the process
    // is killed meanwhile.
    private static string Put(string name, string extension, Action<Stream> write)
    {
        string temporary = PathOf(name + extension + "." + Environment.ProcessId + ".tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write)) write(stream);
            if (s_suffix is null && IsFirst(temporary, PathOf(name + extension))) return PathOf(name + extension);
            string path = PathOf(name + s_suffix + extension);
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // The first process to put its report into the folder gets the plain names, any other adds its id.
    private static bool IsFirst(string temporary, string path)
    {
        try
        {
            File.Move(temporary, path, overwrite: false);
            s_suffix = "";
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            s_suffix = "." + Environment.ProcessId;
            return false;
        }
    }
}
