// Figures that the application reports through the agent's API.
// SPDX-License-Identifier: Apache-2.0
// Callable from any thread. A bounded number of names is kept.
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;

namespace NewRelic.Agent.Core;

internal sealed class Counter
{
    public long Count;
    public double Sum;

    public void Add(double value)
    {
        lock (this)
        {
            Count++;
            Sum += value;
        }
    }
}

internal static class Counters
{
    private static readonly ConcurrentDictionary<(string Kind, string Name), Counter> s_counters = new();
    private static int s_count;

    public static bool Any => !s_counters.IsEmpty;
    public static IEnumerable<KeyValuePair<(string Kind, string Name), Counter>> All => s_counters;

    public static void Add(string kind, string? name, double value)
    {
        var key = (kind, name ?? "");
        if (!s_counters.TryGetValue(key, out Counter? counter))
        {
            if (Volatile.Read(ref s_count) >= Settings.MaxNames)
            {
                Losses.Add(ref Losses.Names);
                return;
            }
            Interlocked.Increment(ref s_count);
            counter = s_counters.GetOrAdd(key, static _ => new Counter());
        }
        counter.Add(value);
    }
}
