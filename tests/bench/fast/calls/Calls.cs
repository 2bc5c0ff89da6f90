// Prints how many nanoseconds a call of Work takes, or with an argument one of the agent's API, the loop around it
// included, on one thread and with a thread a core: the medians of many rounds, once the code is at its highest tier.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

static class Calls
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(0.5);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Work(int number, string text) => number + text.Length;

    private static int Works(int calls)
    {
        int sum = 0;
        for (int i = 0; i < calls; i++) sum += Work(i, "abc");
        return sum;
    }

    private static int CallsApi(int calls)
    {
        int sum = 0;
        for (int i = 0; i < calls; i++) sum += NewRelic.Api.Agent.NewRelic.Add(i, 3);
        return sum;
    }

    private static Func<int, int> s_work = Works;

    private static double Round(int calls)
    {
        long start = Stopwatch.GetTimestamp();
        int sum = s_work(calls);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return sum == 42 ? 0 : nanoseconds / calls;
    }

    // All threads run for as long, so that none has the machine to itself in the end.
    private static double Measure(int count)
    {
        var all = new List<double>();
        var threads = new Thread[count];
        using var start = new Barrier(count);
        for (int i = 0; i < count; i++)
        {
            threads[i] = new Thread(() =>
            {
                var rounds = new List<double>();
                start.SignalAndWait();
                for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < s_long;) rounds.Add(Round(5000));
                lock (all) all.AddRange(rounds);
            });
            threads[i].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        all.Sort();
        return all[all.Count / 2];
    }

    private static void Main(string[] args)
    {
        if (args.Length > 0) s_work = CallsApi;
        for (int i = 0; i < 60; i++)
        {
            Round(2000);
            Thread.Sleep(10);
        }
        Console.WriteLine($"{Measure(1)} {Measure(Environment.ProcessorCount)}");
    }
}
