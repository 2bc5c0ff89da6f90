// Exceptions that ended a recorded call, by method and type.
// SPDX-License-Identifier: Apache-2.0
// Only the names of types are kept. Callable from any thread.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;

namespace NewRelic.Agent.Core;

internal sealed class ErrorCount
{
    /// <summary>Calls in which the exception began, and calls that passed on what a callee threw.</summary>
    public long Thrown, Passed;
}

internal static class Errors
{
    private static readonly ConcurrentDictionary<string, int> s_numbers = new();
    private static readonly ConcurrentDictionary<(int Method, int Type), ErrorCount> s_counts = new();
    private static readonly string?[] s_names = new string?[Settings.MaxNames];
    private static int s_typeCount = 1, s_countCount;

    public static string NameOf(Exception exception) => exception.GetType().FullName ?? exception.GetType().Name;
    public static string NameOf(int number) => s_names[number] ?? "(other)";
    public static IEnumerable<KeyValuePair<(int Method, int Type), ErrorCount>> Counts => s_counts;

    /// <summary>Counts an exception; returns the number of its type, never 0.</summary>
    public static int Record(Method method, string type, bool passed)
    {
        int number = NumberOf(type);
        if (!s_counts.TryGetValue((method.Id, number), out ErrorCount? count))
        {
            if (Volatile.Read(ref s_countCount) >= Settings.MaxNames)
            {
                Losses.Add(ref Losses.Names);
                return number;
            }
            Interlocked.Increment(ref s_countCount);
            count = s_counts.GetOrAdd((method.Id, number), static _ => new ErrorCount());
        }
        Interlocked.Increment(ref passed ? ref count.Passed : ref count.Thrown);
        return number;
    }

    // The last number stands for all types after it.
    private static int NumberOf(string type)
    {
        if (s_numbers.TryGetValue(type, out int number)) return number;
        lock (s_numbers)
        {
            if (s_numbers.TryGetValue(type, out number)) return number;
            if (s_typeCount == Settings.MaxNames - 1) return s_typeCount;
            s_names[s_typeCount] = type;
            return s_numbers[type] = s_typeCount++;
        }
    }
}
