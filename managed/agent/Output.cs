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
        string suffix = s_suffix ??= ClaimSuffix();
        string report = PathOf("report" + suffix + ".txt");
        var snapshot = new Snapshot();
        Replace(report, stream => ReportWriter.Write(snapshot, stream));
        Replace(PathOf("trace" + suffix + ".json"), stream => TraceWriter.Write(snapshot, stream));
        return report;
    }

    // The first process to write into the folder gets the plain names, any other adds its id.
    private static string ClaimSuffix()
    {
        try
        {
            using var _ = new FileStream(PathOf("report.txt"), FileMode.CreateNew, FileAccess.Write);
            return "";
        }
        catch (IOException) when (File.Exists(PathOf("report.txt")))
        {
            return "." + Environment.ProcessId;
        }
    }

    private static string PathOf(string name) => Path.Combine(Settings.OutputFolder, name);

    // A reader sees the old file or the new one, never a part.
    private static void Replace(string path, Action<Stream> write)
    {
        string temporary = path + "." + Environment.ProcessId + ".tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write)) write(stream);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
