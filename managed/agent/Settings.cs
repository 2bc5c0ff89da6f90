// What the user may set, and the bounds that keep the agent small.
// SPDX-License-Identifier: Apache-2.0
// Read once, before the first call is recorded.
using System;
using System.Globalization;
using System.IO;
using System.Threading;

namespace NewRelic.Agent.Core;

internal static class Settings
{
    /// <summary>NRPROF_OUTPUT: folder of the results.</summary>
    public static readonly string OutputFolder = ReadFolder();
    /// <summary>NRPROF_TOP: rows of the table, and children shown below a line of the tree.</summary>
    public static readonly int Top = ReadInt("NRPROF_TOP", 30, 1, 100_000);
    /// <summary>NRPROF_EVENTS: calls kept one by one for trace.json; 0 keeps none.</summary>
    public static readonly int Events = ReadInt("NRPROF_EVENTS", 200_000, 0, 20_000_000);

    public const int MaxMethods = 8192;
    public const int MaxNodes = 32768;
    public const int MaxEdges = 4 * MaxNodes;
    public const int MaxThreads = 1024;
    public const int MaxDepth = 1 << 16;
    public const int MaxFollowed = 100_000;
    public const int MaxNames = 1024;
    /// <summary>Bytes for the tables of sums of all threads together.</summary>
    public const long MaxTableBytes = 64L << 20;

    private static string ReadFolder()
    {
        string? folder = Environment.GetEnvironmentVariable("NRPROF_OUTPUT");
        if (string.IsNullOrWhiteSpace(folder)) folder = ".";
        try
        {
            // Now, since the application may change its current folder.
            return Path.GetFullPath(folder);
        }
        catch (Exception e)
        {
            AgentShim.Swallow(e);
            return folder;
        }
    }

    private static int ReadInt(string name, int fallback, int min, int max) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= min ? Math.Min(value, max) : fallback;
}

/// <summary>What was given up to stay inside the bounds; every figure appears in the report.</summary>
internal static class Losses
{
    /// <summary>Threads not recorded, because too many were alive at once.</summary>
    public static long Threads;
    /// <summary>Calls not recorded, because of too many methods, frames on a stack, or bytes.</summary>
    public static long Methods, Depth, Memory;
    /// <summary>Async calls taken to end at their return, because too many were open.</summary>
    public static long Followed;
    /// <summary>Calls whose duration is not in the percentiles.</summary>
    public static long Percentiles;
    /// <summary>Exceptions, counters and errors of the API beyond the number of names kept.</summary>
    public static long Names;

    private static long s_tableBytes;

    public static void Add(ref long counter) => Interlocked.Increment(ref counter);

    /// <summary>Takes bytes from the common budget, or says that there are none left.</summary>
    public static bool TakeBytes(long bytes)
    {
        if (Interlocked.Add(ref s_tableBytes, bytes) <= Settings.MaxTableBytes) return true;
        Interlocked.Add(ref s_tableBytes, -bytes);
        return false;
    }
}
