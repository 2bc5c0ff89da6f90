// A call of a method that returns a task: it ends when the task does.
// SPDX-License-Identifier: Apache-2.0
// One object per call, never used again, because execution contexts captured inside the call may keep
// it for any length of time. Callees on any thread report to it without locks; its end is recorded
// in the log of the thread that completes the task.
using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace NewRelic.Agent.Core;

internal sealed class AsyncCall(
    Node node, AsyncCall? outer, bool folded, bool outermost, long start, int thread)
{
    private static readonly AsyncLocal<AsyncCall?> s_current = new();
    private static readonly Action<Task, object?> s_onCompleted = static (task, call) => ((AsyncCall)call!).OnCompleted(task);
    private static int s_lastId, s_followed;

    public readonly Node Node = node;
    public readonly long Start = start;
    public readonly int Thread = thread;
    public readonly int Id = Interlocked.Increment(ref s_lastId);
    public readonly int OuterId = outer?.Id ?? 0;
    /// <summary>The path to this call went through recursion.</summary>
    public readonly bool Folded = folded;
    /// <summary>Not inside another call of the same node.</summary>
    public readonly bool Outermost = outermost;
    /// <summary>Hash of the exception that a callee ended with.</summary>
    public int Fault;

    // The async call around this one; forgotten at the end, so that a chain of calls that each start
    // the next keeps no more than the running ones alive.
    private AsyncCall? _outer = outer;
    private int _callees;
    private long _covered;
    private volatile bool _unrecorded;

    /// <summary>The innermost async call that the code running now belongs to.</summary>
    public static AsyncCall? Current
    {
        get => s_current.Value;
        set => s_current.Value = value;
    }

    public void CalleeStarted(long now)
    {
        if (Interlocked.Increment(ref _callees) == 1) Interlocked.Add(ref _covered, Start - now);
    }

    public void CalleeEnded(long now)
    {
        if (Interlocked.Decrement(ref _callees) == 0) Interlocked.Add(ref _covered, now - Start);
    }

    /// <summary>Time until now in which no callee was running. Each first callee has subtracted its
    /// start from the time covered and each last one added its end, in whatever order.</summary>
    public long SelfTime(long now)
    {
        long total = now - Start;
        long covered = Volatile.Read(ref _covered) + (Volatile.Read(ref _callees) > 0 ? total : 0);
        return Math.Clamp(total - covered, 0, total);
    }

    /// <summary>Whether a call of that node is running around the code that has this outer call.</summary>
    public static bool IsInside(Node node, AsyncCall? outer)
    {
        for (; outer != null; outer = outer._outer)
            if (outer.Node == node) return true;
        return false;
    }

    /// <summary>Ends the call when the task ends. False if the caller has to end it now.</summary>
    public bool Follow(Task task)
    {
        if (Interlocked.Increment(ref s_followed) > Settings.MaxFollowed)
        {
            Interlocked.Decrement(ref s_followed);
            Losses.Add(ref Losses.Followed);
            return false;
        }
        // Runs on the thread that completes the task, before the application's own continuations, and
        // does not change where those run; an awaiter's callback would be sent to the thread pool.
        task.ContinueWith(s_onCompleted, this, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        // Completed meanwhile, so that the continuation ran here and found this thread's log in use.
        return !_unrecorded;
    }

    /// <summary>Tells the async call around this one that it has ended, and with which exception.</summary>
    public void Close(long now, int fault)
    {
        if (_outer is not { } outer) return;
        if (fault != 0) outer.Fault = fault;
        outer.CalleeEnded(now);
        _outer = null;
    }

    private void OnCompleted(Task task)
    {
        long now = Stopwatch.GetTimestamp();
        Interlocked.Decrement(ref s_followed);
        ThreadLog? log = null;
        try
        {
            log = ThreadLog.Claim();
            if (log == null) _unrecorded = true;
            else log.LeaveAsync(this, now, task, null, detached: true);
        }
        catch (Exception e)
        {
            AgentShim.Swallow(e);
        }
        finally
        {
            log?.Release();
        }
    }
}
