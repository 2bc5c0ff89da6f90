// The logs of all threads.
// SPDX-License-Identifier: Apache-2.0
// The lock is taken when a thread makes its first recorded call and when a report is written.
using System.Collections.Generic;
using System.Threading;

namespace NewRelic.Agent.Core;

internal static class ThreadLogs
{
    /// <summary>The log of threads that are not recorded: always in use, never written.</summary>
    public static readonly ThreadLog None = new(unusable: true);

    private static readonly List<ThreadLog> s_logs = [];
    private static readonly Dictionary<int, string> s_names = [];
    private static int s_threads;

    /// <summary>Threads recorded so far.</summary>
    public static int Threads => Volatile.Read(ref s_threads);

    /// <summary>A log for the current thread: that of a thread that has ended, or a new one.</summary>
    public static ThreadLog Open()
    {
        Output.Start();
        lock (s_logs)
        {
            ThreadLog? log = s_logs.Find(static l => !l.Owner!.IsAlive);
            if (log == null && s_logs.Count == Settings.MaxThreads)
            {
                Losses.Add(ref Losses.Threads);
                return None;
            }
            if (log == null) s_logs.Add(log = new ThreadLog());
            else NoteName(log.Owner!);
            log.Adopt(Thread.CurrentThread);
            s_threads++;
            return log;
        }
    }

    public static List<ThreadLog> Copy()
    {
        lock (s_logs) return [.. s_logs];
    }

    /// <summary>Names of the recorded threads by managed thread id.</summary>
    public static Dictionary<int, string> CopyNames()
    {
        lock (s_logs)
        {
            foreach (ThreadLog log in s_logs) NoteName(log.Owner!);
            return new Dictionary<int, string>(s_names);
        }
    }

    // Ids are used again: the last name given stands.
    private static void NoteName(Thread thread)
    {
        if (s_names.Count < Settings.MaxNames || s_names.ContainsKey(thread.ManagedThreadId))
            s_names[thread.ManagedThreadId] = thread.Name ?? "";
    }
}
