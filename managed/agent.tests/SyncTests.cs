// Synchronous calls: tree, times, recursion, exceptions, threads, cost, damage.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Threading;
using NewRelic.Agent.Core;

namespace NewRelic.Agent.Tests;

internal static class SyncTests
{
    public static void CallsAndTimesFollowTheTree()
    {
        const string S = "Tree";
        Inject.Call(S, "Outer", () =>
        {
            Inject.Spin(4);
            for (int i = 0; i < 3; i++) Inject.Call(S, "Inner", () => Inject.Spin(2));
        });
        PathTotals outer = Check.Path(S, "Outer"), inner = Check.Path(S, "Outer", "Inner");
        Check.Equal(1, outer.Calls);
        Check.Equal(3, inner.Calls);
        Check.Equal(0, outer.Open + inner.Open);
        Check.True(outer.Total >= 10e6 && inner.Total >= 6e6, "time is missing");
        Check.True(Math.Abs(outer.Total - inner.Total - outer.Self) < 1, "self is not total without callees");
        Check.Equal(inner.Total, inner.Self, "leaf");
    }

    public static void EventsHaveThreadStartAndDuration()
    {
        const string S = "Event";
        Inject.Call(S, "Outer", () => Inject.Call(S, "Inner", () => Inject.Spin(1)));
        List<Event> events = Check.Events(S);
        Event inner = events[0], outer = events[1];
        Check.Equal(Environment.CurrentManagedThreadId, inner.Thread);
        Check.True(outer.Start <= inner.Start && inner.Start + inner.Duration <= outer.Start + outer.Duration, "not nested");
        Check.True(inner.Duration * Snapshot.NanosecondsPerTick >= 1e6, "too short");
    }

    public static void RecursionIsOneNodeAndCountsNoTimeTwice()
    {
        const string S = "Fib";
        long Fib(int n) => Inject.Call(S, "Fib", () =>
        {
            if (n < 2) Inject.Spin(0.02);
            return n < 2 ? n : Fib(n - 1) + Fib(n - 2);
        });
        Inject.Call(S, "Main", () => Fib(12));
        PathTotals main = Check.Path(S, "Main"), fib = Check.Path(S, "Main", "Fib");
        Check.Equal(465, fib.Calls);
        Check.Equal(0, fib.Callees.Count);
        Check.True(fib.Total <= main.Total && fib.Self <= fib.Total + 1, "counted twice");
        Check.Between(0.98, 1.001, fib.Self / fib.Total, "self of total");
        Check.Between(0.95, 1.001, (main.Self + fib.Self) / main.Total, "sum of self times");
    }

    public static void MutualRecursionCountsNoTimeTwice()
    {
        const string S = "Mutual";
        void Even(int n) => Inject.Call(S, "Even", () => { if (n > 0) Odd(n - 1); else Inject.Spin(2); Leaf(); });
        void Odd(int n) => Inject.Call(S, "Odd", () => { if (n > 0) Even(n - 1); Leaf(); });
        void Leaf() => Inject.Call(S, "Leaf", () => Inject.Spin(0.1));
        Even(10);
        PathTotals even = Check.Path(S, "Even"), odd = Check.Path(S, "Even", "Odd");
        Check.Equal(6, even.Calls);
        Check.Equal(5, odd.Calls);
        Check.True(odd.Total < even.Total, "the outer one is longer");
        Check.True(Check.Method(S, "Odd").Total <= even.Total, "counted twice");
        Check.True(Check.Path(S, "Even", "Leaf").Total >= 6 * 0.1e6, "calls below recursion lost their time");
        double self = even.Self + odd.Self + Check.Method(S, "Leaf").Self;
        Check.Between(0.98, 1.001, self / even.Total, "sum of self times");
    }

    public static void ExceptionsAreThrownOncePassedOnAfterwards()
    {
        const string S = "Throw";
        for (int i = 0; i < 5; i++)
        {
            Action outer = () => Inject.Call(S, "Outer", () => Inject.Call(S, "Inner", () => throw new KeyNotFoundException()));
            try { outer(); }
            catch (KeyNotFoundException) { }
        }
        try { Inject.Call(S, "Outer", () => throw new KeyNotFoundException()); }
        catch (KeyNotFoundException) { }
        Check.Equal((5L, 0L), Check.Errors(S, "Inner", typeof(KeyNotFoundException).FullName!));
        Check.Equal((1L, 5L), Check.Errors(S, "Outer", typeof(KeyNotFoundException).FullName!));
        Check.Equal(6L, Check.Method(S, "Outer").Errors);
    }

    public static void ManyThreadsLoseNothing()
    {
        const string S = "Threads";
        const int Threads = 16, Calls = 5000;
        Parallel(Threads, () =>
        {
            for (int i = 0; i < Calls; i++) Inject.Call(S, "Outer", () => Inject.Call(S, "Inner", () => { }));
        });
        Check.Equal((long)Threads * Calls, Check.Path(S, "Outer").Calls);
        Check.Equal((long)Threads * Calls, Check.Path(S, "Outer", "Inner").Calls);
    }

    public static void EndedThreadsHandTheirLogsOn()
    {
        const string S = "Handover";
        Parallel(4, () => Inject.Call(S, "Work", () => { }));
        int logs = ThreadLogs.Copy().Count, threads = ThreadLogs.Threads;
        for (int i = 0; i < 50; i++) Parallel(2, () => Inject.Call(S, "Work", () => { }));
        Check.True(ThreadLogs.Copy().Count <= logs + 2, $"{logs} logs became {ThreadLogs.Copy().Count}");
        Check.Equal(threads + 100, ThreadLogs.Threads);
        Check.Equal(104L, Check.Path(S, "Work").Calls);
    }

    public static void ASynchronousCallAllocatesNothing()
    {
        const string S = "Alloc";
        object?[] args = [];
        void Once() => AgentShim.GetFinishTracerDelegate("", 0, "", "Tests", typeof(Declared), "Alloc.Declared", "Sync", "", null, args, 4711)(null, null);
        for (int i = 0; i < 1000; i++) Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 200; i++) Once();
        // One new block of events may fall into the loop.
        Check.Between(0, 256 * 64, GC.GetAllocatedBytesForCurrentThread() - before, "bytes");
        Check.Equal(1200L, Check.Path(S, "Sync").Calls);
    }

    public static void CallsThatTheAgentCausesAreNotRecorded()
    {
        const string S = "Reentry";
        var type = new CallsBack();
        Inject.Enter(S, "Work", "", type)(null, null);
        Check.True(type.Called, "the agent did not look at the type");
        Check.Equal(1L, Check.Path(S, "Work").Calls);
        Check.True(new Snapshot().Methods.All(m => m.Name != "Reentry.Declared.FromAgent"), "recorded");
    }

    public static void AFrameLeftWithoutAWordIsGivenUp()
    {
        const string S = "GiveUp";
        Action<object?, Exception?> outer = Inject.Enter(S, "Outer"), lost = Inject.Enter(S, "Lost");
        Inject.Enter(S, "Lost2");
        outer(null, null);
        lost(null, null);
        outer(null, null);
        Inject.Call(S, "After", () => { });
        Check.Equal(1L, Check.Path(S, "After").Calls);
        Check.Equal(0L, Check.Path(S, "Outer", "Lost", "Lost2").Open);
        Check.Equal(0.0, Check.Path(S, "Outer", "Lost").Total);
    }

    public static void FinishOnAnotherThreadDoesNothing()
    {
        const string S = "WrongThread";
        Action<object?, Exception?> finish = Inject.Enter(S, "Work");
        Parallel(1, () => finish(null, null));
        Check.Equal(1L, Check.Path(S, "Work").Open);
        finish(null, null);
        Check.Equal(0L, Check.Path(S, "Work").Open);
    }

    public static void ARunningCallHasItsTimeSoFar()
    {
        const string S = "Running";
        Action<object?, Exception?> finish = Inject.Enter(S, "Work");
        Inject.Spin(5);
        PathTotals work = Check.Path(S, "Work");
        Check.Equal(1L, work.Open);
        Check.True(work.Total >= 5e6, "no time");
        finish(null, null);
    }

    public static void StrangeArgumentsDoNoHarm()
    {
        Func<Action<object?, Exception?>> call = () => AgentShim.GetFinishTracerDelegate(null!, 0, null!, null!, null!, null!, null!, null!, null, null, 0);
        for (int i = 0; i < 3; i++) call()(new object(), new Exception());
        Inject.Enter("", "", ",,[[")(null, null);
    }

    private static void Parallel(int count, Action action)
    {
        Thread[] threads = Enumerable.Range(0, count).Select(_ => new Thread(() => action())).ToArray();
        foreach (Thread t in threads) t.Start();
        foreach (Thread t in threads) t.Join();
    }

    /// <summary>A type whose members the agent cannot list without calling an instrumented method.</summary>
    private sealed class CallsBack() : TypeDelegator(typeof(Declared))
    {
        public bool Called;

        public override MemberInfo[] GetMember(string name, MemberTypes type, BindingFlags bindingAttr)
        {
            Called = true;
            Inject.Call("Reentry", "FromAgent", () => { });
            return base.GetMember(name, type, bindingAttr);
        }
    }
}
