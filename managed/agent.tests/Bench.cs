// What a recorded call costs, without a profiler: only the agent's part.
// SPDX-License-Identifier: Apache-2.0
// The calls to measure are made through the public entry point with arguments made beforehand, since
// making them is the injected code's part. Best of several rounds.
using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using NewRelic.Agent.Core;

namespace NewRelic.Agent.Tests;

internal static class Bench
{
    private static readonly object?[] s_args = [];

    public static void Run()
    {
        Console.WriteLine($"{Environment.Version}, {Environment.ProcessorCount} CPUs; an empty measurement (two timestamps) is included");
        Measure("timestamps only", 1_000_000, () =>
        {
            Stopwatch.GetTimestamp();
            Stopwatch.GetTimestamp();
        });
        Measure("sync call", 1_000_000, () => Enter("Sync", 1)(null, null));
        Measure("sync call, called by another", 1_000_000, null, Nested);
        Measure("async call, completed at return", 1_000_000, () => Enter("TaskAsync", 3)(Task.CompletedTask, null));
        object completed = new ValueTask<int>(1);
        Measure("async call, ValueTask<int>", 1_000_000, () => Enter("GenericValueTaskAsync", 4)(completed, null));
        Measure("async call, completed later", 300_000, () =>
        {
            var source = new TaskCompletionSource();
            Enter("TaskAsync", 3)(source.Task, null);
            source.SetResult();
        });
        Measure("  of it, without the agent", 300_000, () => new TaskCompletionSource().SetResult());
        var exception = new FormatException();
        Measure("sync call that throws", 300_000, () => Enter("Sync", 1)(null, exception));
        Parallel("timestamps only", () =>
        {
            Stopwatch.GetTimestamp();
            Stopwatch.GetTimestamp();
        });
        Parallel("sync call", () => Enter("Sync", 1)(null, null));
    }

    private static Action<object?, Exception?> Enter(string method, ulong function) => AgentShim.GetFinishTracerDelegate(
        "", 0, "", "Tests", typeof(Declared), "Bench.Declared", method, "", null, s_args, function);

    private static void Nested(int count)
    {
        Action<object?, Exception?> outer = Enter("Outer", 2);
        for (int i = 0; i < count; i++) Enter("Sync", 1)(null, null);
        outer(null, null);
    }

    private static void Measure(string what, int count, Action? once, Action<int>? all = null)
    {
        all ??= n =>
        {
            for (int i = 0; i < n; i++) once!();
        };
        double best = double.MaxValue;
        long bytes = 0;
        for (int round = 0; round < 8; round++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            all(count);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
            bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / count;
        }
        Console.WriteLine($"{what,-36} {best,8:0.0} ns {bytes,6} B");
    }

    private static void Parallel(string what, Action once)
    {
        const int Count = 2_000_000;
        var threads = new Thread[Environment.ProcessorCount];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int n = 0; n < Count; n++) once();
            });
            threads[i].Start();
        }
        foreach (Thread t in threads) t.Join();
        double each = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Count;
        Console.WriteLine($"{$"{what}, on {threads.Length} threads at once",-36} {each,8:0.0} ns");
    }
}
