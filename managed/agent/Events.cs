// The newest calls one by one, for trace.json.
// SPDX-License-Identifier: Apache-2.0
// A thread writes to a block of its own and takes the lock only to change it for the next one. When
// all blocks are in use, the oldest full one is taken: what is lost is the oldest detail of all.
using System;
using System.Collections.Generic;
using System.Threading;

namespace NewRelic.Agent.Core;

internal struct Event
{
    public long Start, Duration;
    public int Node, Thread;
    /// <summary>Numbers of the call and of the async call around it; 0 for none.</summary>
    public int Id, Outer;
    /// <summary>Number of the exception type in Errors; 0 for none.</summary>
    public int Error;
    /// <summary>Ended after it had returned, so it is not part of a thread's stack.</summary>
    public bool Detached;
}

internal sealed class EventBlock(int size)
{
    private readonly Event[] _events = new Event[size];
    private int _count;

    public bool IsFull => _count == _events.Length;
    public int Count => _count;

    public void Add(in Event e)
    {
        _events[_count] = e;
        Volatile.Write(ref _count, _count + 1);
    }

    public EventBlock Clear()
    {
        _count = 0;
        return this;
    }

    public ReadOnlySpan<Event> Read() => _events.AsSpan(0, Volatile.Read(ref _count));
}

internal static class Events
{
    private static readonly int s_blockSize = Math.Clamp(Settings.Events / 16, 1, 256);
    private static readonly object s_lock = new();
    private static readonly Queue<EventBlock> s_full = new();
    private static int s_blocks, s_readers;

    /// <summary>Calls whose detail was dropped; read under no lock.</summary>
    public static long Dropped;

    /// <summary>Hands in a full block and gets an empty one; null when other threads hold them all.</summary>
    public static EventBlock? Next(EventBlock? full)
    {
        lock (s_lock)
        {
            if (full != null) s_full.Enqueue(full);
            if (s_blocks < Settings.Events / s_blockSize)
            {
                s_blocks++;
                return new EventBlock(s_blockSize);
            }
            if (!s_full.TryDequeue(out EventBlock? oldest)) return null;
            Dropped += oldest.Count;
            // While a report is being written, its blocks stay as they are.
            return s_readers == 0 ? oldest.Clear() : new EventBlock(s_blockSize);
        }
    }

    /// <summary>Copies all events; threads may go on recording.</summary>
    public static List<Event> Copy(List<ThreadLog> logs)
    {
        var blocks = new List<EventBlock>();
        lock (s_lock)
        {
            s_readers++;
            blocks.AddRange(s_full);
            foreach (ThreadLog log in logs)
                if (log.CurrentBlock is { } block && !s_full.Contains(block)) blocks.Add(block);
        }
        try
        {
            var events = new List<Event>();
            foreach (EventBlock block in blocks)
                foreach (ref readonly Event e in block.Read()) events.Add(e);
            return events;
        }
        finally
        {
            lock (s_lock) s_readers--;
        }
    }
}
