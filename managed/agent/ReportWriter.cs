// report.txt: header, call tree, table of methods, exceptions, counters.
// SPDX-License-Identifier: Apache-2.0
// Numbers stand in columns on the left and names on the right, so that nothing but a name is ever too
// long for a line of LineWidth characters.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;

namespace NewRelic.Agent.Core;

internal sealed class ReportWriter
{
    private const int LineWidth = 140, MaxTreeLines = 2000, MaxTreeDepth = 100;
    /// <summary>Callees with a smaller share of the time are not shown in the tree.</summary>
    private const double MinShare = 0.001;

    private readonly Snapshot _data;
    private readonly TextWriter _out;
    private readonly double _all;
    private int _treeLines;

    public static void Write(Snapshot data, Stream stream)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\n" };
        var report = new ReportWriter(data, writer);
        report.Header();
        report.Tree();
        report.Table();
        report.Exceptions();
        report.ReportedByApplication();
    }

    private ReportWriter(Snapshot data, TextWriter writer)
    {
        _data = data;
        _out = writer;
        _all = Math.Max(1, data.Root.Callees.Sum(c => c.Total));
    }

    private void Header()
    {
        Line("nrprof report");
        Line("");
        string command = Environment.CommandLine;
        Field("command", command.Length <= 400 ? command : command[..400] + "…");
        Field("process", $"{Environment.ProcessId}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        Field("time", $"{Time(_data.Duration)} from the first recorded call to this report, {Environment.ProcessorCount} CPUs");
        Field("recorded", $"{Plural(_data.Calls, "call")} of {Plural(_data.Methods.Count, "method")} on {Plural(_data.Threads, "thread")}");
        if (_data.Open > 0)
            Field("running", $"{Plural(_data.Open, "call")}, in the totals with the time so far, not in self times and percentiles");
        string label = "dropped";
        foreach (string loss in LossLines().DefaultIfEmpty("nothing"))
        {
            Field(label, loss);
            label = "";
        }
    }

    private static IEnumerable<string> LossLines()
    {
        if (Settings.Events > 0 && Events.Dropped > 0)
            yield return $"trace.json lacks the oldest {Plural(Events.Dropped, "call")} (NRPROF_EVENTS={Settings.Events}); the figures here have them";
        if (Losses.Threads > 0) yield return $"all calls on {Plural(Losses.Threads, "thread")} (more than {Settings.MaxThreads} at once)";
        if (Losses.Methods > 0) yield return $"{Plural(Losses.Methods, "call")} of further methods (more than {Settings.MaxMethods})";
        if (Losses.Depth > 0) yield return $"{Plural(Losses.Depth, "call")} deeper than {Settings.MaxDepth} calls";
        if (Losses.Memory > 0) yield return $"{Plural(Losses.Memory, "call")} for which no memory was left ({Settings.MaxTableBytes >> 20} MB)";
        if (Losses.Percentiles > 0) yield return $"{Plural(Losses.Percentiles, "call")} from the percentiles (no memory was left)";
        if (Losses.Followed > 0) yield return $"the end of {Plural(Losses.Followed, "async call")} (more than {Settings.MaxFollowed} open): recorded up to the return";
        if (CallTree.Count > Settings.MaxNodes) yield return $"call paths after the first {Settings.MaxNodes}: their calls are under (paths not kept)";
        if (Losses.Names > 0) yield return $"{Plural(Losses.Names, "exception or counter", "exceptions and counters")} (more than {Settings.MaxNames} kinds)";
    }

    private void Tree()
    {
        Title("Call tree", "total: time with callees, where calls that run at once add up; self: time in which no recorded callee was running,",
            "waiting for something else included; per call: how often one call of the method above makes this call");
        Line("  share    total     self       calls  per call  method");
        foreach (PathTotals path in _data.Root.Callees.Take(Settings.Top)) Branch(path, null, "", "", 0);
        Rest(_data.Root.Callees.Skip(Settings.Top).ToList(), "");
    }

    private void Branch(PathTotals path, PathTotals? caller, string first, string next, int depth)
    {
        if (++_treeLines > MaxTreeLines) return;
        string name = path.Node.Method is { } method ? _data.Names[method.Id] : "(paths not kept)";
        string running = path.Open > 0 ? $" ({path.Open} running)" : "";
        string perCall = caller == null ? "" : PerCall((double)path.Calls / caller.Calls);
        string figures = $"{Percent(path.Total / _all),7} {Time(path.Total),8} {Time(path.Self),8} {Count(path.Calls),11}  {perCall,8}  ";
        Line(figures + first + Names.Fit(name, LineWidth - figures.Length - first.Length - running.Length) + running);

        List<PathTotals> shown = path.Callees.TakeWhile(c => c.Total >= MinShare * _all).Take(Settings.Top).ToList();
        if (depth >= MaxTreeDepth) shown.Clear();
        List<PathTotals> hidden = path.Callees.Skip(shown.Count).ToList();
        if (hidden.Sum(c => c.Total) < MinShare * _all) hidden.Clear();
        for (int i = 0; i < shown.Count; i++)
        {
            bool last = i == shown.Count - 1 && hidden.Count == 0;
            Branch(shown[i], path, next + (last ? "└─ " : "├─ "), next + (last ? "   " : "│  "), depth + 1);
        }
        Rest(hidden, next + "└─ ");
    }

    private void Rest(List<PathTotals> hidden, string prefix)
    {
        if (hidden.Count == 0 || ++_treeLines > MaxTreeLines) return;
        double total = hidden.Sum(c => c.Total);
        Line($"{Percent(total / _all),7} {Time(total),8} {"",8} {Count(hidden.Sum(c => c.Calls)),11}  {"",8}  {prefix}… {Count(hidden.Count)} more");
    }

    private void Table()
    {
        Title("Methods by self time", "mean and percentiles are of single calls; total leaves out calls inside a call of the same method");
        Line("       calls    total     self   self%     mean      p50      p95      p99      max      exc  method");
        double allSelf = Math.Max(1, _data.Methods.Sum(m => m.Self));
        foreach (MethodTotals m in _data.Methods.Take(Settings.Top))
        {
            string figures = $"{Count(m.Calls),12} {Time(m.Total),8} {Time(m.Self),8} {Percent(m.Self / allSelf),7} {Time(m.Mean),8} "
                + $"{Time(m.P50),8} {Time(m.P95),8} {Time(m.P99),8} {Time(m.Max),8} {Count(m.Errors),8}  ";
            Line(figures + Names.Fit(m.Name, LineWidth - figures.Length));
        }
        List<MethodTotals> hidden = _data.Methods.Skip(Settings.Top).ToList();
        if (hidden.Count == 0) return;
        double self = hidden.Sum(m => m.Self);
        Line($"{Count(hidden.Sum(m => m.Calls)),12} {"",8} {Time(self),8} {Percent(self / allSelf),7} {"",44} "
            + $"{Count(hidden.Sum(m => m.Errors)),8}  … {Count(hidden.Count)} more (NRPROF_TOP={Settings.Top})");
    }

    private void Exceptions()
    {
        var counts = Errors.Counts.OrderByDescending(e => e.Value.Thrown).ThenByDescending(e => e.Value.Passed).ToList();
        if (counts.Count == 0) return;
        Title("Exceptions that left a method", "thrown: began in that method or below it in code that is not recorded; passed: came from a recorded callee");
        Line("      thrown      passed  exception and method");
        foreach (var ((method, type), count) in counts.Take(Settings.Top))
            Line($"{Count(count.Thrown),12}{Count(count.Passed),12}  {Errors.NameOf(type)}  {Names.Fit(_data.Names[method], 80)}");
        if (counts.Count > Settings.Top) Line($"{"",24}  … {Count(counts.Count - Settings.Top)} more");
    }

    private void ReportedByApplication()
    {
        var counters = Counters.All.OrderBy(c => c.Key.Kind, StringComparer.Ordinal).ThenBy(c => c.Key.Name, StringComparer.Ordinal).ToList();
        if (counters.Count == 0) return;
        Title("Reported by the application");
        Line("       count             sum  kind and name");
        foreach (var ((kind, name), counter) in counters)
            Line(FormattableString.Invariant($"{Count(counter.Count),12}{counter.Sum,16:0.###}  {kind}  {Names.Fit(name, 80)}"));
    }

    private void Title(string title, params string[] notes)
    {
        Line("");
        Line(title);
        foreach (string note in notes) Line("  " + note);
        Line("");
    }

    private void Field(string label, string text) => Line($"  {label,-9} {text}");

    // Names come from metadata and may hold anything, escape sequences of terminals too.
    private void Line(string text) =>
        _out.WriteLine(text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text);

    private static string Plural(long n, string one, string? many = null) => Count(n) + " " + (n == 1 ? one : many ?? one + "s");
    private static string Count(long n) => n.ToString("N0", CultureInfo.InvariantCulture);
    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";
    private static string PerCall(double n) => "×" + n.ToString(n < 10 ? "0.##" : "N0", CultureInfo.InvariantCulture);

    /// <summary>Three figures and a unit: 0, 35 ns, 1.24 µs, 12.4 ms, 124 s, 12.4 min, 3.21 h.</summary>
    internal static string Time(double nanoseconds)
    {
        if (nanoseconds < 0.5) return "0";
        (double value, string unit) = nanoseconds switch
        {
            < 999.5 => (nanoseconds, "ns"),
            < 999.5e3 => (nanoseconds / 1e3, "µs"),
            < 999.5e6 => (nanoseconds / 1e6, "ms"),
            < 600e9 => (nanoseconds / 1e9, "s"),
            < 36000e9 => (nanoseconds / 60e9, "min"),
            _ => (nanoseconds / 3600e9, "h"),
        };
        string format = unit == "ns" || value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
    }
}
