// Thread profiles: many threads, deep stacks, and an end at any moment.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using static Live.Program;

namespace Live
{
    public static unsafe class Threads
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Recurse(int depth, Action last)
        {
            if (depth > 0) Recurse(depth - 1, last); else last();
            GC.KeepAlive(last);
        }

        private static Thread Park(int depth, List<nuint> ids, ManualResetEventSlim go, CountdownEvent arrived)
        {
            var thread = new Thread(() => Recurse(depth, () =>
            {
                lock (ids) ids.Add(Profiler.GetCurrentExecutionEngineThreadId());
                arrived.Signal();
                go.Wait();
            }), 16 << 20);
            thread.Start();
            return thread;
        }

        private static void With(int count, int depth, Action<List<nuint>> work)
        {
            var ids = new List<nuint>();
            using var go = new ManualResetEventSlim();
            using var arrived = new CountdownEvent(count);
            Thread[] threads = Enumerable.Range(0, count).Select(i => Park(depth, ids, go, arrived)).ToArray();
            arrived.Wait();
            Thread.Sleep(100);
            work(ids);
            go.Set();
            foreach (Thread thread in threads) thread.Join();
        }

        private static int Recursions(Profiler.Stack stack)
        {
            return Profiler.Names(stack.Functions).Count(name => name == "Live.Threads.Recurse");
        }

        /// Two hundred that wait, and others that start and end all the time.
        public static void Many()
        {
            TimeSpan time = TimeSpan.FromSeconds(5);
            var others = Enumerable.Range(0, 4).Select(i => Repeat(time, n =>
            {
                var thread = new Thread(() => Recurse(n % 50, () => Thread.Yield()));
                thread.Start();
                thread.Join();
            })).ToList();
            others.Add(Repeat(time, n => { GC.Collect(n % 3); Thread.Sleep(3); }));
            With(200, 10, ids =>
            {
                for (int round = 0; round < 20; round++)
                {
                    var stacks = new List<Profiler.Stack>();
                    Equal(Profiler.Profile(stacks), Profiler.Ok, "a profile");
                    Equal(stacks.Select(stack => stack.Thread).Distinct().Count(), stacks.Count, "threads, each once");
                    Check(stacks.All(stack => stack.Result == Profiler.Ok), "all stacks are whole");
                    var parked = stacks.Where(stack => ids.Contains(stack.Thread)).ToList();
                    Equal(parked.Count, 200, "threads that wait");
                    Check(parked.All(stack => Recursions(stack) == 11), "each waits below eleven calls");
                    nuint self = Profiler.GetCurrentExecutionEngineThreadId();
                    var own = stacks.SingleOrDefault(stack => stack.Thread == self);
                    Check(own != null && Profiler.Names(own.Functions).Contains("Live.Profiler.Profile"), "the stack of who asks");
                }
            });
            foreach (Thread thread in others) thread.Join();
            Profiler.ShutdownThreadProfiler();
        }

        public static void Deep()
        {
            var stacks = new List<Profiler.Stack>();
            With(3, 1000, ids =>
            {
                Equal(Profiler.Profile(stacks), Profiler.Ok, "a profile");
                var parked = stacks.Where(stack => ids.Contains(stack.Thread)).ToList();
                Equal(parked.Count, 3, "threads with deep stacks");
                Check(parked.All(stack => stack.Result == Profiler.Ok && Recursions(stack) == 1001), "deep stacks are whole");
            });
            stacks.Clear();
            With(3, 20000, ids =>
            {
                Equal(Profiler.Profile(stacks), Profiler.Ok, "a profile");
                foreach (var stack in stacks.Where(stack => ids.Contains(stack.Thread)))
                {
                    Equal(stack.Result, Profiler.False, "the result of a stack that is too deep");
                    Check(stack.Functions.Length > 0 && stack.Functions.Length <= 1337, stack.Functions.Length + " frames of a stack that is too deep");
                    nuint root = stack.Functions.Last(function => function != 0);
                    string name = Profiler.Names(new[] { root })[0];
                    Check(name.StartsWith("System.Threading.Thread"), "its root: " + name);
                }
            });

            Profiler.ThreadStack* data = null;
            Profiler.FunctionName* names2 = null;
            int length = 0;
            Equal(Profiler.RequestProfile(null, &length), Profiler.InvalidArgument, "no place for stacks");
            Equal(Profiler.RequestProfile(&data, null), Profiler.InvalidArgument, "no place for the number");
            Equal(Profiler.RequestProfile(&data, &length), Profiler.Ok, "a profile that is kept");
            Equal(Profiler.RequestProfile(&data, &length), Profiler.Fail, "another one");
            Profiler.ReleaseProfile();
            Profiler.ReleaseProfile();
            Equal(Profiler.RequestProfile(&data, &length), Profiler.Ok, "a profile after the release");
            Profiler.ShutdownThreadProfiler();
            Profiler.ShutdownThreadProfiler();
            Equal(Profiler.RequestProfile(&data, &length), Profiler.Ok, "a profile after a shutdown");
            nuint function = 12345;
            Equal(Profiler.RequestFunctionNames(&function, 0, &names2), Profiler.InvalidArgument, "no functions");
            Equal(Profiler.RequestFunctionNames(&function, -1, &names2), Profiler.InvalidArgument, "less than none");
            Equal(Profiler.RequestFunctionNames(null, 1, &names2), Profiler.InvalidArgument, "NULL for functions");
            Equal(Profiler.RequestFunctionNames(&function, 1, null), Profiler.InvalidArgument, "NULL for names");
            Equal(Profiler.Names(new nuint[] { 12345, 0 })[0], "UnknownClass.UnknownMethod(error)", "an unknown function");
        }

        /// Shutdown at any moment, by several threads, while others ask, read names and collect garbage.
        public static void Abort(TimeSpan time)
        {
            int done = 0, aborted = 0, busy = 0;
            var threads = new List<Thread>();
            for (int i = 0; i < 2; i++)
            {
                threads.Add(Repeat(time, n =>
                {
                    Profiler.ThreadStack* stacks = null;
                    int length = -1;
                    int result = Profiler.RequestProfile(&stacks, &length);
                    if (result == Profiler.Ok) { Interlocked.Increment(ref done); Profiler.ReleaseProfile(); }
                    else if (result == Profiler.Abort) Interlocked.Increment(ref aborted);
                    else if (result == Profiler.Fail) Interlocked.Increment(ref busy);
                    else Check(false, "a profile: 0x" + result.ToString("x"));
                    Check(length >= 0 && (result == Profiler.Ok || (length == 0 && stacks == null)), "a profile's length");
                }));
                threads.Add(Repeat(time, n => { Thread.Sleep(n % 7); Thread.SpinWait(n * 37 % 20000); Profiler.ShutdownThreadProfiler(); }));
            }
            threads.Add(Repeat(time, n =>
            {
                nuint function = (nuint)n;
                Profiler.FunctionName* names = null;
                Equal(Profiler.RequestFunctionNames(&function, 1, &names), Profiler.Ok, "names");
            }));
            threads.Add(Repeat(time, n => { GC.Collect(0); Thread.Sleep(5); }));
            for (int i = 0; i < 4; i++)
            {
                threads.Add(Repeat(time, n => { var thread = new Thread(() => Recurse(30, () => Thread.Yield())); thread.Start(); thread.Join(); }));
            }
            foreach (Thread thread in threads) thread.Join();
            Console.WriteLine(done + " profiles, " + aborted + " aborted, " + busy + " while there was one");
            Check(done > 0 && aborted > 0, "both ends were seen");
            Equal(Profiler.Profile(new List<Profiler.Stack>()), Profiler.Ok, "a profile after all");
        }
    }
}
