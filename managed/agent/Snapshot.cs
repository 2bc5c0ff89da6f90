// Everything recorded so far, added up over all threads.
// SPDX-License-Identifier: Apache-2.0
// Made on the thread that writes the results while others go on recording: a figure may be a call
// behind another. Times are nanoseconds.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;

namespace NewRelic.Agent.Core;

internal sealed class PathTotals(Node node)
{
    public readonly Node Node = node;
    public readonly List<PathTotals> Callees = [];
    public long Calls, Errors, Open;
    /// <summary>Total includes the time so far of calls still running; Self does not.</summary>
    public double Total, Self;
}

internal sealed class MethodTotals(string name)
{
    public readonly string Name = name;
    public long Calls, Errors;
    public double Total, Self, Mean, Max, P50, P95, P99;
}

internal sealed class Snapshot
{
    public static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly long _now = Stopwatch.GetTimestamp();
    private readonly List<ThreadLog> _logs = ThreadLogs.Copy();

    /// <summary>The root of the tree: its callees are the calls without a recorded caller.</summary>
    public readonly PathTotals Root;
    /// <summary>By number of the method.</summary>
    public readonly string[] Names;
    public readonly List<MethodTotals> Methods;
    public readonly List<Event> Events;
    public readonly int Threads = ThreadLogs.Threads;
    public readonly long Calls, Open;
    public double Duration => (_now - Output.StartTime) * NanosecondsPerTick;

    public Snapshot()
    {
        Events = Core.Events.Copy(_logs);
        PathTotals[] paths = Enumerable.Range(0, CallTree.Count).Select(id => AddUp(CallTree.At(id))).ToArray();
        foreach (PathTotals path in paths)
            if (path.Node.Parent is { } parent) paths[parent.Id].Callees.Add(path);
        Root = paths[CallTree.Root.Id];
        PathTotals elsewhere = paths[CallTree.Elsewhere.Id];
        elsewhere.Total = elsewhere.Callees.Sum(c => c.Total);
        elsewhere.Calls = elsewhere.Callees.Sum(c => c.Calls);
        foreach (PathTotals path in paths)
        {
            path.Callees.RemoveAll(c => c.Calls == 0);
            path.Callees.Sort((a, b) => b.Total.CompareTo(a.Total));
        }

        Method[] methods = Enumerable.Range(0, Core.Methods.Count).Select(id => Core.Methods.At(id)).ToArray();
        Names = Core.Names.Of(methods);
        ILookup<Method?, PathTotals> byMethod = paths.ToLookup(p => p.Node.Method);
        Methods = methods.Select(m => AddUp(m, byMethod[m])).Where(m => m.Calls > 0).OrderByDescending(m => m.Self).ToList();
        Calls = Methods.Sum(m => m.Calls);
        Open = paths.Sum(p => p.Open);
    }

    private PathTotals AddUp(Node node)
    {
        var path = new PathTotals(node);
        long openStarts = 0, total = 0, self = 0;
        foreach (ThreadLog log in _logs)
        {
            NodeSums sums = log.SumsOf(node);
            path.Calls += sums.Calls;
            path.Errors += sums.Errors;
            path.Open += sums.Open;
            openStarts += sums.OpenStarts;
            total += sums.Total;
            self += sums.Self;
        }
        path.Open = Math.Max(0, path.Open);
        if (path.Open > 0) total += Math.Max(0, path.Open * _now - openStarts);
        path.Total = total * NanosecondsPerTick;
        path.Self = self * NanosecondsPerTick;
        return path;
    }

    private MethodTotals AddUp(Method method, IEnumerable<PathTotals> paths)
    {
        var totals = new MethodTotals(Names[method.Id]);
        foreach (PathTotals path in paths)
        {
            totals.Calls += path.Calls;
            totals.Errors += path.Errors;
            totals.Total += path.Total;
            totals.Self += path.Self;
        }
        long ended = 0, sum = 0, max = 0;
        var buckets = new long[Histogram.Count];
        foreach (ThreadLog log in _logs)
        {
            if (log.SumsOf(method) is not { } sums) continue;
            ended += sums.Ended;
            sum += sums.Sum;
            max = Math.Max(max, sums.Max);
            long[] from = sums.Buckets;
            for (int i = 0; i < from.Length; i++) buckets[i] += from[i];
        }
        totals.Mean = ended == 0 ? 0 : (double)sum / ended * NanosecondsPerTick;
        totals.Max = max * NanosecondsPerTick;
        totals.P50 = Histogram.Percentile(buckets, 0.50, max) * NanosecondsPerTick;
        totals.P95 = Histogram.Percentile(buckets, 0.95, max) * NanosecondsPerTick;
        totals.P99 = Histogram.Percentile(buckets, 0.99, max) * NanosecondsPerTick;
        return totals;
    }
}
