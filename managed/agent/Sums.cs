// The sums that a thread keeps per call path and per method.
// SPDX-License-Identifier: Apache-2.0
// Written by the thread that owns them, read by the one that writes the report: a figure may be a
// call behind another. Times are Stopwatch ticks.
using System;
using System.Numerics;

namespace NewRelic.Agent.Core;

/// <summary>Sums of one call path. A call counts when it starts, its times when it ends.</summary>
internal struct NodeSums
{
    public long Calls;
    public long Errors;
    /// <summary>Of calls that are not inside another call of the same node, so no time counts twice.</summary>
    public long Total;
    /// <summary>Time in which no recorded callee was running.</summary>
    public long Self;
    /// <summary>Number of calls still running, and the sum of their starts. An async call may add here
    /// on one thread and subtract on another: only the sums over all threads mean anything.</summary>
    public long Open, OpenStarts;
    /// <summary>Synchronous calls of this node on this thread's stack now.</summary>
    public int Active;
}

/// <summary>Durations of one method: every call, nested ones too.</summary>
internal sealed class MethodSums
{
    public long Ended, Sum, Max;
    public long[] Buckets = [];

    public void Add(long duration)
    {
        Ended++;
        Sum += duration;
        if (duration > Max) Max = duration;
        int bucket = Histogram.BucketOf(duration);
        if (bucket >= Buckets.Length && !Grow(bucket)) Losses.Add(ref Losses.Percentiles);
        else Buckets[bucket]++;
    }

    private bool Grow(int bucket)
    {
        int length = (bucket / 64 + 1) * 64;
        if (!Losses.TakeBytes((length - Buckets.Length) * sizeof(long))) return false;
        Array.Resize(ref Buckets, length);
        return true;
    }
}

/// <summary>Buckets on a logarithmic scale, sixteen to a power of two: a percentile read from them
/// is within about 3 % of the exact one.</summary>
internal static class Histogram
{
    private const int Bits = 4, PerOctave = 1 << Bits;

    public const int Count = (64 - Bits) * PerOctave;

    public static int BucketOf(long value)
    {
        if (value < PerOctave) return value < 0 ? 0 : (int)value;
        int shift = BitOperations.Log2((ulong)value) - Bits;
        return (shift + 1) * PerOctave + (int)(value >> shift) - PerOctave;
    }

    /// <summary>The middle of a bucket.</summary>
    public static double ValueOf(int bucket)
    {
        if (bucket < PerOctave) return bucket;
        int shift = bucket / PerOctave - 1;
        return ((bucket % PerOctave + PerOctave) + 0.5) * Math.Pow(2, shift) - 0.5;
    }

    /// <summary>The value that the given share (0 to 1) of all values does not exceed.</summary>
    public static double Percentile(long[] buckets, double share, long max)
    {
        long count = 0;
        foreach (long n in buckets) count += n;
        long rank = Math.Max(1, (long)Math.Ceiling(share * count));
        if (rank >= count) return max;
        for (int i = 0; i < buckets.Length; i++)
            if ((rank -= buckets[i]) <= 0) return Math.Min(ValueOf(i), max);
        return max;
    }
}
