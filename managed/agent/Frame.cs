// A call on a thread's stack of calls.
// SPDX-License-Identifier: Apache-2.0
// Frames belong to the ThreadLog that made them, one per depth, and are used again by every call at
// that depth; so is the delegate that ends the call. Only the owning thread touches them.
using System;

namespace NewRelic.Agent.Core;

internal sealed class Frame
{
    public readonly Action<object?, Exception?> Finish;
    public readonly int Depth;
    private readonly ThreadLog _log;

    public Node Node = CallTree.Root;
    /// <summary>The caller when it is synchronous; null when it is Outer, or when there is none.</summary>
    public Frame? Caller;
    /// <summary>The async call around this one when it began, and the one around its callees.</summary>
    public AsyncCall? Outer, Inner;
    public bool Live;
    /// <summary>Not inside another call of the same node.</summary>
    public bool Outermost;
    /// <summary>The path to this call went through recursion.</summary>
    public bool Folded;
    public long Start;
    /// <summary>Time spent in calls made directly by this one, on this thread.</summary>
    public long Below;
    /// <summary>Hash of the exception that a callee ended with, to tell throwing from passing on.</summary>
    public int Fault;

    /// <summary>The call itself when it may end later than it returns.</summary>
    public AsyncCall? Own => ReferenceEquals(Inner, Outer) ? null : Inner;

    public Frame(ThreadLog log, int depth)
    {
        _log = log;
        Depth = depth;
        Finish = OnFinish;
    }

    private void OnFinish(object? result, Exception? exception)
    {
        // Nothing when the call was given up already, or when this is not its thread.
        if (!Live || !_log.ClaimAgain()) return;
        try
        {
            _log.Leave(this, result, exception);
        }
        catch (Exception e)
        {
            AgentShim.Swallow(e);
        }
        finally
        {
            _log.Release();
        }
    }
}
