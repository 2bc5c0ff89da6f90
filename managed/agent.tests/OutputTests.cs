// The files: when they are written, where, and what is in them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading;

namespace NewRelic.Agent.Tests;

internal static class OutputTests
{
    public static void BothFilesAreWrittenAtExitAndNothingElse()
    {
        using var run = new Run("orders");
        run.End(3);
        Check.Equal("", run.Output, "output of the application");
        Check.Equal("report.txt,trace.json", run.Files());
        string report = run.Report();
        foreach (string text in new[] { "Shop.Declared.TaskAsync", "├─ Shop.Declared.ValueTaskAsync", "×20  ", "Methods by self time",
            "System.FormatException  Shop.Declared.Check", "dropped   nothing", "4  " })
            Check.True(report.Contains(text), $"no '{text}' in\n{report}");
        Check.True(report.Split('\n').All(line => line.Length <= 140 || line.Contains("command")), "a line is too long");
        List<JsonElement> calls = run.Calls();
        Check.Equal(1 + 20 + 20 + 4 + 1, calls.Count);
        Nesting.Check(run.Nested());
        int root = calls.Single(c => c.GetProperty("name").GetString() == "Shop.Declared.TaskAsync").GetProperty("call").GetInt32();
        Check.True(calls.All(c => !c.TryGetProperty("call", out JsonElement call) || call.GetInt32() == root
            || c.GetProperty("in").GetInt32() == root), "callees of the async call");
        Check.Equal("System.FormatException", calls.Single(c => c.GetProperty("name").GetString() == "Shop.Declared.Check")
            .GetProperty("args").GetProperty("exception").GetString());
        Check.Equal(20, calls.Count(c => c.GetProperty("name").GetString() == "Shop.Declared.Parse\"\\\u0001\ufffd"));
    }

    public static void TheOldestCallsAreDroppedAndTheReportSaysSo()
    {
        using var run = new Run("many-calls", ("NRPROF_EVENTS", "100"));
        run.End(0);
        int kept = run.Calls().Count;
        Check.Between(80, 100, kept, "events");
        Check.True(run.Calls().Any(c => c.GetProperty("name").GetString() == "Many.Declared.Outer"), "the newest is gone");
        string report = run.Report();
        Check.True(report.Contains($"lacks the oldest {5001 - kept:N0} calls (NRPROF_EVENTS=100)"), report);
        Check.True(report.Contains("5,000    ×5,000  └─ Many.Declared.Inner"), report);
    }

    public static void NoEventsWhenNoneAreWanted()
    {
        using var run = new Run("many-calls", ("NRPROF_EVENTS", "0"));
        run.End(0);
        Check.Equal(0, run.Calls().Count);
        Check.True(run.Report().Contains("dropped   nothing"), "dropped");
    }

    public static void TooManyMethodsAreCounted() => Limit("many-methods", "100 calls of further methods (more than 8192)", "… 8,188 more");

    public static void TooManyPathsAreCounted() => Limit("many-paths", "call paths after the first 32768", "(paths not kept)");

    public static void TooDeepCallsAreCounted() => Limit("deep", "501 calls deeper than 65536 calls", "×65,535");

    public static void TooManyThreadsAreCounted() => Limit("many-threads", "all calls on 20 threads (more than 1024 at once)", "1,024");

    private static void Limit(string scenario, string loss, string kept)
    {
        using var run = new Run(scenario, ("NRPROF_TOP", "4"));
        run.End(0);
        Check.True(run.Report().Contains(loss) && run.Report().Contains(kept), run.Report());
        Nesting.Check(run.Nested());
    }

    public static void TheApiAppearsInTheReport()
    {
        using var run = new Run("api");
        run.End(0);
        string report = run.Report();
        foreach (string line in new[] { "2             6.5  metric  Custom/Size", "1               1  counter  Custom/Hits",
            "1              40  response time, ms  Custom/Time", "error  System.FormatException", "error  message" })
            Check.True(report.Contains(line), $"no '{line}' in\n{report}");
    }

    public static void NothingRecordedNothingWritten()
    {
        using var run = new Run("nothing");
        run.End(3);
        Check.Equal("", run.Files());
    }

    public static void ASecondProcessAddsItsId()
    {
        using var first = new Run("orders");
        first.End(3);
        using var second = new Run("orders", ("NRPROF_OUTPUT", first.Folder));
        second.End(3);
        Check.Equal($"report.{second.Id}.txt,report.txt,trace.{second.Id}.json,trace.json", first.Files());
    }

    public static void AFolderThatCannotBeWrittenIsNoHarm()
    {
        foreach (string folder in new[] { "/proc/nrprof", "/dev/null/x", "\0" })
        {
            using var run = new Run("orders", ("NRPROF_OUTPUT", folder.Trim('\0')));
            run.End(3);
            Check.Equal("", run.Output, folder);
        }
    }

    public static void AnUnhandledExceptionLeavesAReport()
    {
        using var run = new Run("throw", ("DOTNET_DbgEnableMiniDump", "0"));
        run.End(134);
        Check.True(run.Report().Contains("System.InvalidOperationException  Dies.Declared.Work"), run.Report());
    }

    public static void ExitInsideACallLeavesAReport()
    {
        using var run = new Run("exit-inside");
        run.End(7);
        Check.True(run.Report().Contains("Exits.Declared.Work (1 running)"), run.Report());
    }

    public static void ASignalAsksForAReport()
    {
        using var run = new Run("wait");
        run.Process.StandardOutput.ReadLine();
        kill(run.Id, 12);
        for (int i = 0; i < 500 && run.Files() != "report.txt,trace.json"; i++) Thread.Sleep(10);
        Check.Equal("report.txt,trace.json", run.Files());
        Check.True(run.Report().Contains("Waits.Declared.Work (1 running)"), run.Report());
        Check.True(!run.Process.HasExited, "SIGUSR2 ended it");
        run.Process.Kill();
    }

    public static void ASignalThatEndsTheProcessLeavesAReport()
    {
        foreach (int signal in new[] { 1, 2, 15 })
        {
            using var run = new Run("wait");
            run.Process.StandardOutput.ReadLine();
            kill(run.Id, signal);
            run.End(128 + signal);
            Check.Equal("report.txt,trace.json", run.Files(), $"signal {signal}");
        }
    }

    public static void AKilledProcessLeavesNoEmptyReport()
    {
        for (int i = 0; i < 3; i++)
        {
            using var run = new Run("wait");
            run.Process.StandardOutput.ReadLine();
            kill(run.Id, 12);
            string report = Path.Combine(run.Folder, "report.txt");
            Check.True(SpinWait.SpinUntil(() => File.Exists(report), 60_000), "no report");
            run.Process.Kill();
            run.Process.WaitForExit();
            Check.True(run.Report().Contains("Waits.Declared.Work (1 running)"), run.Report());
        }
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    /// <summary>A scenario in a child process, with a result folder of its own.</summary>
    private sealed class Run : IDisposable
    {
        public readonly string Folder = Directory.CreateTempSubdirectory("nrprof-test").FullName;
        public readonly Process Process;
        public string Output = "";
        public int Id => Process.Id;

        public Run(string scenario, params (string Name, string Value)[] environment)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
            if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(Run).Assembly.Location);
            start.ArgumentList.Add("scenario");
            start.ArgumentList.Add(scenario);
            start.WorkingDirectory = Folder;
            start.Environment["NRPROF_OUTPUT"] = Folder;
            foreach (var (name, value) in environment) start.Environment[name] = value;
            Process = Process.Start(start)!;
        }

        public void End(int status)
        {
            if (!Process.WaitForExit(60_000))
            {
                Process.Kill();
                throw new Exception("hangs");
            }
            Output = Process.StandardOutput.ReadToEnd() + Process.StandardError.ReadToEnd();
            Check.Equal(status, Process.ExitCode, "exit status");
        }

        public string Files() => string.Join(",", Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        public string Report() => File.ReadAllText(Path.Combine(Folder, "report.txt"));

        public List<JsonElement> Calls()
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "trace.json")));
            List<JsonElement> events = json.RootElement.Clone().GetProperty("traceEvents").EnumerateArray().ToList();
            Check.True(events.All(e => e.GetProperty("ph").GetString() is "X" or "M"), "another kind of event");
            Check.True(events.All(e => e.TryGetProperty("ts", out _)), "an event without a time");
            return events.FindAll(e => e.GetProperty("ph").GetString() == "X");
        }

        public IEnumerable<(int, long, long)> Nested() => Calls().Select(c =>
        {
            long start = (long)(1000 * c.GetProperty("ts").GetDecimal());
            return (c.GetProperty("tid").GetInt32(), start, start + (long)(1000 * c.GetProperty("dur").GetDecimal()));
        });

        public void Dispose()
        {
            Process.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
