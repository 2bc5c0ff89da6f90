// What one thread records: its stack of calls, its sums, its newest events.
// SPDX-License-Identifier: Apache-2.0
// Only the owning thread writes, and only between Claim and Release; while it does, calls that the
// agent itself causes on that thread are not recorded. When a thread has ended, the next new one
// takes over its log and adds to the sums in it.
using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace NewRelic.Agent.Core;

internal sealed class ThreadLog
{
    private const int ChunkBits = 5, ChunkSize = 1 << ChunkBits;

    [ThreadStatic] private static ThreadLog? t_log;

    private Frame[] _frames = [];
    private int _depth;
    private NodeSums[]?[] _nodes = [];
    private MethodSums?[] _methods = [];
    private bool _busy;

    public Thread? Owner { get; private set; }
    public EventBlock? CurrentBlock { get; private set; }

    public ThreadLog(bool unusable = false) => _busy = unusable;

    /// <summary>The log of this thread, to be released; null while the agent is at work on it.</summary>
    public static ThreadLog? Claim()
    {
        ThreadLog log = t_log ?? Open();
        if (log._busy) return null;
        log._busy = true;
        return log;
    }

    /// <summary>Claims a log that a call began in; false on another thread.</summary>
    public bool ClaimAgain()
    {
        if (_busy || !ReferenceEquals(t_log, this)) return false;
        return _busy = true;
    }

    public void Release() => _busy = false;

    /// <summary>Runs an action of the agent's own, of which nothing is recorded.</summary>
    public static void Unrecorded(Action action)
    {
        ThreadLog? log = t_log;
        t_log = ThreadLogs.None;
        try
        {
            action();
        }
        catch (Exception e)
        {
            AgentShim.Swallow(e);
        }
        finally
        {
            t_log = log;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ThreadLog Open()
    {
        // First, so that nothing called from here comes back.
        t_log = ThreadLogs.None;
        return t_log = ThreadLogs.Open();
    }

    /// <summary>Becomes the log of the current thread.</summary>
    public void Adopt(Thread owner)
    {
        long now = Stopwatch.GetTimestamp();
        while (_depth > 0) GiveUp(_frames[_depth - 1], now);
        Owner = owner;
    }

    /// <summary>Starts a call; returns what ends it, or null when it cannot be recorded.</summary>
    public Action<object?, Exception?>? Enter(Method method)
    {
        AsyncCall? outer = AsyncCall.Current;
        Frame? top = _depth > 0 ? _frames[_depth - 1] : null;
        // The frame below called us if it belongs to the same async call; otherwise this is a
        // continuation that runs on top of somebody else's stack.
        Frame? caller = top != null && ReferenceEquals(top.Inner, outer) && top.Own == null ? top : null;
        Node parent = caller?.Node ?? outer?.Node ?? CallTree.Root;
        Node node = CallTree.Child(parent, method);
        if (!Reserve(node, method) || NextFrame() is not { } frame) return null;

        ref NodeSums sums = ref _nodes[node.Id >> ChunkBits]![node.Id & (ChunkSize - 1)];
        bool folded = node.Parent != parent || (caller?.Folded ?? outer?.Folded ?? false);
        bool async = method.ReturnsTask;
        bool outermost = async ? !folded || !AsyncCall.IsInside(node, outer) : sums.Active == 0;
        long start = Stopwatch.GetTimestamp();
        AsyncCall? inner = outer;
        if (async)
        {
            inner = new AsyncCall(node, outer, folded, outermost, start, Environment.CurrentManagedThreadId);
            AsyncCall.Current = inner;
        }
        else
        {
            sums.Active++;
        }

        // Nothing below this line throws: a call is recorded as a whole or not at all.
        frame.Node = node;
        frame.Caller = caller;
        frame.Outer = outer;
        frame.Inner = inner;
        frame.Outermost = outermost;
        frame.Folded = folded;
        frame.Start = start;
        frame.Below = 0;
        frame.Fault = 0;
        frame.Live = true;
        _depth++;
        // An async callee outlasts a synchronous caller, so the async call around both counts it as well.
        if (caller == null || async) outer?.CalleeStarted(start);
        sums.Calls++;
        if (outermost)
        {
            sums.Open++;
            sums.OpenStarts += start;
        }
        return frame.Finish;
    }

    /// <summary>Ends a call, or its synchronous part if its task is still running.</summary>
    public void Leave(Frame frame, object? result, Exception? exception)
    {
        long now = Stopwatch.GetTimestamp();
        while (_depth - 1 > frame.Depth) GiveUp(_frames[_depth - 1], now);
        Pop(frame, now);

        Task? task = result == null ? null : frame.Own == null ? result as Task : Tasks.Of(result);
        AsyncCall? own = frame.Own;
        if (own != null)
        {
            if (ReferenceEquals(AsyncCall.Current, own)) AsyncCall.Current = frame.Outer;
        }
        else if (task != null)
        {
            frame.Node.Method!.ReturnsTask = true;
            own = new AsyncCall(frame.Node, frame.Outer, frame.Folded, frame.Outermost, frame.Start, Environment.CurrentManagedThreadId);
            if (frame.Caller != null) frame.Outer?.CalleeStarted(now);
        }

        if (own == null) LeaveSync(frame, now, exception);
        else if (task == null || task.IsCompleted || !own.Follow(task))
        {
            int fault = LeaveAsync(own, now, task, exception, detached: false);
            if (fault != 0 && frame.Caller != null) frame.Caller.Fault = fault;
        }
    }

    private void LeaveSync(Frame frame, long now, Exception? exception)
    {
        int error = 0;
        if (exception != null)
        {
            int hash = RuntimeHelpers.GetHashCode(exception);
            error = Errors.Record(frame.Node.Method!, Errors.NameOf(exception), passed: frame.Fault == hash);
            if (frame.Caller != null) frame.Caller.Fault = hash;
            else if (frame.Outer != null) frame.Outer.Fault = hash;
        }
        if (frame.Caller == null) frame.Outer?.CalleeEnded(now);
        long self = Math.Max(0, now - frame.Start - frame.Below);
        Record(frame.Node, frame.Outermost, self, new Event
        {
            Start = frame.Start,
            Duration = now - frame.Start,
            Thread = Environment.CurrentManagedThreadId,
            Outer = frame.Caller == null ? frame.Outer?.Id ?? 0 : 0,
            Error = error,
        });
    }

    /// <summary>Ends an async call: detached when it has returned before. Returns the hash of the
    /// exception that it ended with, 0 for none.</summary>
    public int LeaveAsync(AsyncCall call, long now, Task? task, Exception? exception, bool detached)
    {
        int error = 0, hash = 0;
        exception ??= task == null ? null : Tasks.FaultOf(task);
        if (exception != null || task is { IsCompleted: true, IsCompletedSuccessfully: false })
        {
            hash = exception == null ? -1 : RuntimeHelpers.GetHashCode(exception);
            string type = exception != null ? Errors.NameOf(exception) : task!.IsCanceled ? "(canceled)" : "(unknown)";
            error = Errors.Record(call.Node.Method!, type, passed: call.Fault == hash);
        }
        long self = call.SelfTime(now);
        call.Close(now, hash);
        Record(call.Node, call.Outermost, self, new Event
        {
            Start = call.Start,
            Duration = now - call.Start,
            Thread = call.Thread,
            Id = call.Id,
            Outer = call.OuterId,
            Error = error,
            Detached = detached,
        });
        return hash;
    }

    private void Record(Node node, bool outermost, long self, Event e)
    {
        if (!Reserve(node, node.Method!)) return;
        ref NodeSums sums = ref _nodes[node.Id >> ChunkBits]![node.Id & (ChunkSize - 1)];
        sums.Self += self;
        if (e.Error != 0) sums.Errors++;
        if (outermost)
        {
            sums.Total += e.Duration;
            sums.Open--;
            sums.OpenStarts -= e.Start;
        }
        _methods[node.Method!.Id]!.Add(e.Duration);

        if (Settings.Events == 0) return;
        if (CurrentBlock == null || CurrentBlock.IsFull) CurrentBlock = Events.Next(CurrentBlock);
        e.Node = node.Id;
        if (CurrentBlock != null) CurrentBlock.Add(e);
        else Losses.Add(ref Events.Dropped);
    }

    // A call that was left without a word, for example by an exception that is not an Exception.
    private void GiveUp(Frame frame, long now)
    {
        Pop(frame, now);
        if (frame.Caller == null || frame.Own != null) frame.Outer?.CalleeEnded(now);
        if (!frame.Outermost) return;
        ref NodeSums sums = ref _nodes[frame.Node.Id >> ChunkBits]![frame.Node.Id & (ChunkSize - 1)];
        sums.Open--;
        sums.OpenStarts -= frame.Start;
    }

    private void Pop(Frame frame, long now)
    {
        _depth = frame.Depth;
        frame.Live = false;
        if (_depth > 0) _frames[_depth - 1].Below += now - frame.Start;
        if (frame.Own == null) _nodes[frame.Node.Id >> ChunkBits]![frame.Node.Id & (ChunkSize - 1)].Active--;
    }

    private Frame? NextFrame()
    {
        if (_depth == _frames.Length)
        {
            if (_depth >= Settings.MaxDepth)
            {
                Losses.Add(ref Losses.Depth);
                return null;
            }
            int depth = _depth;
            var frames = new Frame[Math.Max(16, 2 * depth)];
            _frames.CopyTo(frames, 0);
            for (int i = depth; i < frames.Length; i++) frames[i] = new Frame(this, i);
            _frames = frames;
        }
        return _frames[_depth];
    }

    // Makes room for the sums of a node and its method.
    private bool Reserve(Node node, Method method)
    {
        int chunk = node.Id >> ChunkBits;
        if (chunk < _nodes.Length && _nodes[chunk] != null && method.Id < _methods.Length && _methods[method.Id] != null)
            return true;
        if (!Losses.TakeBytes(ChunkSize * 64 + 64))
        {
            Losses.Add(ref Losses.Memory);
            return false;
        }
        if (chunk >= _nodes.Length) Array.Resize(ref _nodes, Math.Max(chunk + 1, 2 * _nodes.Length));
        if (method.Id >= _methods.Length) Array.Resize(ref _methods, Math.Max(method.Id + 1, 2 * _methods.Length));
        _nodes[chunk] ??= new NodeSums[ChunkSize];
        _methods[method.Id] ??= new MethodSums();
        return true;
    }

    /// <summary>A copy of the sums of a node; zeros if this thread has none.</summary>
    public NodeSums SumsOf(Node node)
    {
        NodeSums[]?[] chunks = _nodes;
        int chunk = node.Id >> ChunkBits;
        return chunk < chunks.Length && chunks[chunk] is { } sums ? sums[node.Id & (ChunkSize - 1)] : default;
    }

    public MethodSums? SumsOf(Method method)
    {
        MethodSums?[] methods = _methods;
        return method.Id < methods.Length ? methods[method.Id] : null;
    }
}
