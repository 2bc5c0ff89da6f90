// Calls that end later than they return.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;
using NewRelic.Agent.Core;

namespace NewRelic.Agent.Tests;

internal static class AsyncTests
{
    public static async Task ACallEndsWhenItsTaskDoes()
    {
        const string S = "TaskEnd";
        await Inject.Call(S, "TaskAsync", async () =>
        {
            await Task.Delay(20);
            await Task.Delay(20);
        });
        await Check.Ended(S);
        PathTotals call = Check.Path(S, "TaskAsync");
        Check.True(call.Total >= 30e6, $"ended at an await: {call.Total}");
        Check.Equal(0L, call.Open);
        Check.True(Check.Events(S).Single().Detached, "not detached");
    }

    public static async Task CalleesStayWithTheirCallerAcrossAwaits()
    {
        const string S = "Across";
        int result = await Inject.Call(S, "GenericTaskAsync", async () =>
        {
            await Task.Delay(5);
            Inject.Call(S, "Sync", () => { });
            await Task.Yield();
            await Inject.Call(S, "TaskAsync", async () =>
            {
                await Task.Delay(5).ConfigureAwait(false);
                Inject.Call(S, "Sync", () => { });
            });
            await Task.Run(() => Inject.Call(S, "OnPool", () => { }));
            return 42;
        });
        Check.Equal(42, result);
        await Check.Ended(S);
        Check.Equal(1L, Check.Path(S, "GenericTaskAsync", "Sync").Calls);
        Check.Equal(1L, Check.Path(S, "GenericTaskAsync", "TaskAsync", "Sync").Calls);
        Check.Equal(1L, Check.Path(S, "GenericTaskAsync", "OnPool").Calls);
    }

    public static async Task ConcurrentCallsDoNotMixAndCoverTheirCallerOnce()
    {
        const string S = "WhenAll";
        await Inject.Call(S, "TaskAsync", async () =>
        {
            await Task.Delay(30);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Inject.Call(S, i % 2 == 0 ? "ValueTaskAsync" : "GenericTaskAsync", async () =>
            {
                await Task.Delay(60);
                Inject.Call(S, i % 2 == 0 ? "Even" : "Odd", () => { });
                return i;
            })));
        });
        await Check.Ended(S);
        Check.Equal(5L, Check.Path(S, "TaskAsync", "ValueTaskAsync", "Even").Calls);
        Check.Equal(5L, Check.Path(S, "TaskAsync", "GenericTaskAsync", "Odd").Calls);
        PathTotals caller = Check.Path(S, "TaskAsync");
        // Timers may be early by a millisecond or two. The callees cover 60 ms, once; the delay before them is the caller's own.
        Check.Between(25e6, caller.Total - 50e6, caller.Self, "self of the caller");
    }

    public static async Task AnAsyncCalleeCoversItsAsyncCallerThroughASynchronousOne()
    {
        const string S = "Through";
        try
        {
            await Inject.Call(S, "TaskAsync", async () =>
            {
                Task? inner = null;
                Inject.Call(S, "Sync", () =>
                {
                    inner = Inject.Call(S, "GenericTaskAsync", async () =>
                    {
                        await Task.Delay(50);
                        throw new FormatException();
                    });
                });
                await inner!;
            });
        }
        catch (FormatException) { }
        await Check.Ended(S);
        PathTotals caller = Check.Path(S, "TaskAsync"), callee = Check.Path(S, "TaskAsync", "Sync", "GenericTaskAsync");
        Check.True(callee.Total >= 45e6, "total");
        Check.Between(0, caller.Total - callee.Total, caller.Self, "self");
        Check.Equal((0L, 1L), Check.Errors(S, "TaskAsync", typeof(FormatException).FullName!));
    }

    public static async Task TheContextOfTheCallerIsUntouched()
    {
        const string S = "Context";
        var local = new AsyncLocal<string> { Value = "mine" };
        ExecutionContext? before = ExecutionContext.Capture();
        Task task = Inject.Call(S, "TaskAsync", async () =>
        {
            Check.Equal("mine", local.Value);
            local.Value = "theirs";
            await Task.Delay(5);
            Check.Equal("theirs", local.Value);
        });
        Check.Equal("mine", local.Value);
        Check.True(AsyncCall.Current == null, "left behind");
        using (ExecutionContext.SuppressFlow()) _ = Inject.Call(S, "TaskAsync", () => Task.CompletedTask);
        await task;
        Check.Equal("mine", local.Value);
        Check.True(before != null && AsyncCall.Current == null, "left behind");
    }

    public static async Task AContinuationOnAForeignStackKeepsItsCaller()
    {
        const string S = "Foreign";
        var gate = new TaskCompletionSource();
        Task waiting = Inject.Call(S, "TaskAsync", async () =>
        {
            await gate.Task.ConfigureAwait(false);
            Inject.Call(S, "AfterGate", () => Inject.Spin(3));
        });
        var thread = new Thread(() => Inject.Call(S, "Opener", () => gate.SetResult()));
        thread.Start();
        thread.Join();
        await waiting;
        await Check.Ended(S);
        PathTotals after = Check.Path(S, "TaskAsync", "AfterGate"), opener = Check.Path(S, "Opener");
        Check.Equal(1L, after.Calls);
        Check.Equal(0, opener.Callees.Count);
        Check.True(after.Total >= 3e6, "total");
        Check.Between(0, opener.Total - after.Total, opener.Self, "time on top of the stack is not its own: self");
    }

    public static async Task ValueTasksThatWrapATaskAreFollowed()
    {
        const string S = "ValueTask";
        await Inject.Call(S, "ValueTaskAsync", () => new ValueTask(Task.Delay(20)));
        static async ValueTask<int> Slow()
        {
            await Task.Delay(20);
            return 7;
        }
        Check.Equal(7, await Inject.Call(S, "GenericValueTaskAsync", Slow));
        await Check.Ended(S);
        Check.True(Check.Path(S, "ValueTaskAsync").Total >= 15e6, "not followed");
        Check.True(Check.Path(S, "GenericValueTaskAsync").Total >= 15e6, "generic not followed");
        Check.Equal(3, await Inject.Call(S, "GenericValueTaskAsync", () => new ValueTask<int>(3)));
    }

    public static async Task ValueTasksFromASourceAreLeftAlone()
    {
        const string S = "Source";
        var source = new CountingSource();
        ValueTask<int> task = Inject.Call(S, "GenericValueTaskAsync", () => new ValueTask<int>(source, 1));
        ValueTask plain = Inject.Call(S, "ValueTaskAsync", () => new ValueTask(source, 1));
        Check.Equal(0, source.Uses);
        await Check.Ended(S);
        Check.Equal(0L, Check.Path(S, "GenericValueTaskAsync").Open + Check.Path(S, "ValueTaskAsync").Open);
        source.Done = true;
        Check.Equal(5, await task);
        await plain;
        Check.Equal(5, await Inject.Call(S, "GenericValueTaskAsync", Pooled));

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        static async ValueTask<int> Pooled()
        {
            await Task.Delay(5);
            return 5;
        }
    }

    public static async Task AFaultIsRecordedWithItsTypeAndItsOrigin()
    {
        const string S = "Fault";
        async Task Inner()
        {
            await Task.Delay(2);
            throw new FormatException();
        }
        try
        {
            await Inject.Call(S, "TaskAsync", async () => await Inject.Call(S, "GenericTaskAsync", Inner));
            Check.True(false, "no exception");
        }
        catch (FormatException) { }
        try { await Inject.Call(S, "ValueTaskAsync", async () => { await Task.Yield(); await Inject.Call(S, "TaskAsync", Inner); }); }
        catch (FormatException) { }
        try { await Inject.Call<Task>(S, "TaskAsync", () => throw new FormatException()); }
        catch (FormatException) { }
        string type = typeof(FormatException).FullName!;
        await Check.Ended(S);
        Check.Equal((1L, 0L), Check.Errors(S, "GenericTaskAsync", type));
        Check.Equal((2L, 1L), Check.Errors(S, "TaskAsync", type));
        Check.Equal((0L, 1L), Check.Errors(S, "ValueTaskAsync", type));
        Check.Equal(5, Check.Events(S).Count(e => e.Error != 0 && Errors.NameOf(e.Error) == type));
    }

    public static async Task ACancellationIsRecorded()
    {
        const string S = "Cancel";
        using var cancel = new CancellationTokenSource(10);
        try { await Inject.Call(S, "TaskAsync", () => Task.Delay(10_000, cancel.Token)); }
        catch (OperationCanceledException) { }
        await Check.Ended(S);
        Check.Equal((1L, 0L), Check.Errors(S, "TaskAsync", "(canceled)"));
    }

    public static void AnUnobservedExceptionStaysUnobserved()
    {
        const string S = "Unobserved";
        int unobserved = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> handler = (_, e) =>
        {
            if (e.Exception.InnerException is TimeZoneNotFoundException) Interlocked.Increment(ref unobserved);
        };
        TaskScheduler.UnobservedTaskException += handler;
        Forget();
        for (int i = 0; i < 100 && Volatile.Read(ref unobserved) < 2; i++)
        {
            Thread.Sleep(10);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        TaskScheduler.UnobservedTaskException -= handler;
        Check.Equal(2, unobserved);
        Check.Equal((2L, 0L), Check.Errors(S, "TaskAsync", typeof(TimeZoneNotFoundException).FullName!));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            _ = Inject.Call(S, "TaskAsync", () => Task.FromException(new TimeZoneNotFoundException()));
            _ = Inject.Call(S, "TaskAsync", async () =>
            {
                await Task.Delay(5);
                throw new TimeZoneNotFoundException();
            });
        }
    }

    public static async Task ATaskBehindAnotherTypeIsFollowedToo()
    {
        const string S = "Hidden";
        await (Task)Inject.Call<object>(S, "HidesTask", () => Task.Delay(20));
        await Check.Ended(S);
        Check.True(Check.Path(S, "HidesTask").Total >= 15e6, "not followed");
        await (Task)Inject.Call<object>(S, "HidesTask", (Func<Task>)(async () =>
        {
            await Task.Delay(1);
            Inject.Call(S, "Sync", () => { });
        }));
        Check.Equal(1L, Check.Path(S, "HidesTask", "Sync").Calls);
        Check.Equal(0L, Check.Path(S, "HidesTask").Open);
    }

    public static void OverloadsAreToldApart()
    {
        bool Returns(string signature) => Tasks.IsReturnedBy(typeof(Declared), "Overloaded", signature);
        Check.True(!Returns("System.Int32"), "int");
        Check.True(Returns("System.String"), "string");
        Check.True(Returns("System.Collections.Generic.List`1[System.Int32],System.Int32"), "list");
        Check.True(!Returns("System.Int32,System.Collections.Generic.Dictionary`2[System.String,System.Int32[]]"), "dictionary");
        Check.True(Tasks.IsReturnedBy(typeof(Declared), "GenericValueTaskAsync", ""), "value task");
        Check.True(!Tasks.IsReturnedBy(typeof(Declared), "Sync", ""), "void");
        Check.True(!Tasks.IsReturnedBy(typeof(Declared), "Missing", ""), "missing");
    }

    public static async Task AsyncRecursionCountsNoTimeTwice()
    {
        const string S = "AsyncFib";
        async Task<int> Down(int n)
        {
            await Task.Delay(5);
            return n == 0 ? 0 : 1 + await Inject.Call(S, "GenericTaskAsync", () => Down(n - 1));
        }
        await Inject.Call(S, "TaskAsync", () => Inject.Call(S, "GenericTaskAsync", () => Down(8)));
        await Check.Ended(S);
        PathTotals outer = Check.Path(S, "TaskAsync"), down = Check.Path(S, "TaskAsync", "GenericTaskAsync");
        Check.Equal(9L, down.Calls);
        Check.Equal(0L, down.Open);
        Check.True(down.Total <= outer.Total, "counted twice");
        Check.Between(0.9, 1.01, down.Self / down.Total, "self of total");
    }

    public static async Task AChainOfForgottenCallsIsNotKept()
    {
        const string S = "Chain";
        var first = new List<WeakReference>();
        var done = new TaskCompletionSource();
        async Task Next(int n)
        {
            if (n < 50) first.Add(new WeakReference(AsyncCall.Current));
            await Task.Yield();
            if (n == 1000) done.SetResult();
            else _ = Inject.Call(S, "TaskAsync", () => Next(n + 1));
        }
        _ = Inject.Call(S, "TaskAsync", () => Next(0));
        await done.Task;
        await Task.Delay(20);
        GC.Collect();
        Check.True(first.Count(w => w.IsAlive) <= 2, $"{first.Count(w => w.IsAlive)} of 50 ended calls are kept");
        await Check.Ended(S);
        Check.Equal(1001L, Check.Path(S, "TaskAsync").Calls);
        Check.Equal(0L, Check.Path(S, "TaskAsync").Open);
    }

    public static async Task CompletionThatRacesWithTheReturnIsNotLost()
    {
        const string S = "Race";
        for (int i = 0; i < 20_000; i++)
        {
            var gate = new TaskCompletionSource();
            Task opened = Task.Run(gate.SetResult);
            await Inject.Call(S, "TaskAsync", () => gate.Task);
            await opened;
        }
        await Check.Ended(S);
        Check.Equal(20_000L, Check.Path(S, "TaskAsync").Calls);
        Check.Equal(0L, Check.Path(S, "TaskAsync").Open);
    }

    private sealed class CountingSource : IValueTaskSource<int>, IValueTaskSource
    {
        public int Uses;
        public bool Done;

        public int GetResult(short token) => Use(5);
        void IValueTaskSource.GetResult(short token) => Use(0);
        public ValueTaskSourceStatus GetStatus(short token) => Use(Done ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending);
        public void OnCompleted(Action<object?> c, object? s, short t, ValueTaskSourceOnCompletedFlags f) => throw new NotSupportedException();

        private T Use<T>(T value)
        {
            Uses++;
            return value;
        }
    }
}
