// trace.json: the newest calls one by one, in the Chrome trace event format.
// SPDX-License-Identifier: Apache-2.0
// Every call is a complete ("X") event, since viewers that know no others exist. A call that ended
// where it began is on its thread's track, where calls nest. An async call that went on after it had
// returned is on a track "async n": that of the async call around it if it ends before that does and
// no other is there at the time, else one that is free. So nesting holds on every track. Besides the
// fields of the format, "call" numbers an async call, "in" is the number of the async call around a call, and
// "thread" is where a call on an async track began.
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace NewRelic.Agent.Core;

internal sealed class TraceWriter
{
    private const int FirstAsyncTrack = 1_000_000, FlushBytes = 1 << 16;

    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Snapshot _data;
    private readonly Utf8JsonWriter _json;
    private readonly AsyncTracks _tracks = new();
    private readonly SortedSet<int> _threads = [];

    public static void Write(Snapshot data, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, s_options);
        new TraceWriter(data, json).Write();
    }

    private TraceWriter(Snapshot data, Utf8JsonWriter json)
    {
        _data = data;
        _json = json;
    }

    private void Write()
    {
        List<Event> events = _data.Events;
        // Callers before their callees.
        events.Sort(static (a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : b.Duration.CompareTo(a.Duration));
        _json.WriteStartObject();
        _json.WriteString("displayTimeUnit", "ms");
        _json.WriteStartObject("otherData");
        _json.WriteString("command", Environment.CommandLine);
        _json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        _json.WriteString("droppedOldestCalls", Events.Dropped.ToString());
        _json.WriteEndObject();
        _json.WriteStartArray("traceEvents");
        foreach (ref readonly Event e in CollectionsMarshal.AsSpan(events)) Call(e);
        TrackNames();
        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Call(in Event e)
    {
        int track = e.Thread;
        if (e.Detached) track = FirstAsyncTrack + _tracks.Place(e);
        else _threads.Add(track);

        Start("X", _data.Names[CallTree.At(e.Node).Method!.Id], track, e.Start - Output.StartTime);
        _json.WriteString("cat", e.Id != 0 ? "async" : "sync");
        _json.WriteNumber("dur", Microseconds(e.Duration));
        // Not arguments: speedscope makes those part of the name, and so every call a method of its own.
        if (e.Detached) _json.WriteNumber("thread", e.Thread);
        if (e.Id != 0) _json.WriteNumber("call", e.Id);
        if (e.Outer != 0) _json.WriteNumber("in", e.Outer);
        if (e.Error != 0)
        {
            _json.WriteStartObject("args");
            _json.WriteString("exception", Errors.NameOf(e.Error));
            _json.WriteEndObject();
        }
        _json.WriteEndObject();
        if (_json.BytesPending > FlushBytes) _json.Flush();
    }

    private void TrackNames()
    {
        Start("M", "process_name", 0, 0);
        Arguments(() => _json.WriteString("name", AppDomain.CurrentDomain.FriendlyName));
        Dictionary<int, string> names = ThreadLogs.CopyNames();
        foreach (int thread in _threads)
        {
            string? name = names.GetValueOrDefault(thread);
            Track(thread, $"{(string.IsNullOrEmpty(name) ? thread == 1 ? "main" : "thread" : name)} {thread}");
        }
        for (int i = 0; i < _tracks.Count; i++) Track(FirstAsyncTrack + i, $"async {i + 1}");
    }

    private void Track(int track, string name)
    {
        Start("M", "thread_name", track, 0);
        Arguments(() => _json.WriteString("name", name));
        Start("M", "thread_sort_index", track, 0);
        Arguments(() => _json.WriteNumber("sort_index", track));
    }

    // Names of tracks have a time as well: speedscope refuses a file with events that have none.
    private void Start(string phase, string name, int track, long ticks)
    {
        _json.WriteStartObject();
        _json.WriteString("ph", phase);
        _json.WriteString("name", name);
        _json.WriteNumber("pid", Environment.ProcessId);
        _json.WriteNumber("tid", track);
        _json.WriteNumber("ts", Microseconds(ticks));
    }

    private void Arguments(Action write)
    {
        _json.WriteStartObject("args");
        write();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>Exact to the nanosecond, always with three decimals.</summary>
    private static decimal Microseconds(long ticks)
    {
        long nanoseconds = Math.Max(0, (long)(ticks * Snapshot.NanosecondsPerTick));
        return new decimal((int)nanoseconds, (int)(nanoseconds >> 32), 0, false, 3);
    }
}

/// <summary>Places async calls, given by their start, on as few tracks as needed for nesting to hold.</summary>
internal sealed class AsyncTracks
{
    private readonly List<Stack<long>> _open = [];
    private readonly Dictionary<int, int> _trackOf = [];
    private readonly PriorityQueue<int, long> _ends = new();

    public int Count => _open.Count;

    public int Place(in Event e)
    {
        long end = e.Start + e.Duration;
        int track = _trackOf.TryGetValue(e.Outer, out int outer) && Fits(outer, e.Start, end) ? outer : FreeTrack(e.Start);
        // The first call on a free track is the last to end there.
        if (_open[track].Count == 0) _ends.Enqueue(track, end);
        _open[track].Push(end);
        _trackOf[e.Id] = track;
        return track;
    }

    // Strictly inside: a viewer may take equal times in either order.
    private bool Fits(int track, long start, long end)
    {
        Stack<long> open = _open[track];
        while (open.TryPeek(out long top) && top < start) open.Pop();
        return open.TryPeek(out long around) && end < around;
    }

    private int FreeTrack(long start)
    {
        if (_ends.TryPeek(out int track, out long end) && end < start)
        {
            _ends.Dequeue();
            _open[track].Clear();
            return track;
        }
        _open.Add(new Stack<long>());
        return _open.Count - 1;
    }
}
