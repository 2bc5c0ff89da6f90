// Refreshes of all kinds from several threads, while methods run, are compiled, and are unloaded.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection.Emit;
using System.Runtime.Loader;
using System.Threading;
using static Live.Program;

namespace Live
{
    public static class Storm
    {
        private static int refreshes, compiled, unloaded, samples;

        private struct Pair<A, B> { }

        private static void Compile(int i)
        {
            Type type = typeof(int);
            for (int bits = i; bits != 0; bits >>= 1)
            {
                type = typeof(Pair<,>).MakeGenericType(bits % 2 == 0 ? typeof(byte) : typeof(object), type);
                if (type.FullName.Length > 2000) break;
            }
            var method = new DynamicMethod("Made" + i, typeof(int), new[] { typeof(int) });
            ILGenerator code = method.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Call, typeof(Targets).GetMethod("First"));
            code.Emit(OpCodes.Ret);
            Equal(method.CreateDelegate<Func<int, int>>()(i), i + 1, "a dynamic method");
            if (i < 200) typeof(Targets).GetMethod("Generic").MakeGenericMethod(type).Invoke(null, new[] { Activator.CreateInstance(type) });
            Interlocked.Increment(ref compiled);
        }

        private static readonly ConcurrentQueue<WeakReference> contexts = new ConcurrentQueue<WeakReference>();

        /// Loading can be faster than the CLR's unloading, so it waits for that.
        private static void AwaitUnloading(int most)
        {
            for (int i = 1; contexts.Count > most; i++)
            {
                if (!contexts.TryDequeue(out WeakReference oldest) || !oldest.IsAlive) continue;
                contexts.Enqueue(oldest);
                Thread.Sleep(5);
                if (i % 20 == 0) GC.Collect();
            }
        }

        /// The program once more, in a context of its own: its methods are compiled, called, and unloaded.
        private static void LoadAndUnload(int i)
        {
            AwaitUnloading(50);
            Call();
            Interlocked.Increment(ref unloaded);
        }

        private static void Call()
        {
            var context = new AssemblyLoadContext("storm", true);
            Type type = context.LoadFromAssemblyPath(typeof(Storm).Assembly.Location).GetType("Live.Targets");
            Equal((int)type.GetMethod("First").Invoke(null, new object[] { 1 }), 2, "First of a collectible assembly");
            Equal((int)type.GetMethod("Second").Invoke(null, new object[] { 1 }), 3, "Second of a collectible assembly");
            Equal((int)type.GetMethod("Traced").Invoke(null, new object[] { 1 }), 5, "Traced of a collectible assembly");
            Equal((string)type.GetMethod("Generic").MakeGenericMethod(typeof(string)).Invoke(null, new object[] { "a" }), "a", "Generic of a collectible assembly");
            contexts.Enqueue(new WeakReference(context));
            context.Unload();
        }

        private static void Collect(int i)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.Sleep(20);
        }

        private static void Change(int i)
        {
            var random = new Random(i);
            var methods = new[] { "First", "Second", "Third", "Generic", "Traced", "Inner+Nested" }.Where(name => random.Next(2) == 0).ToArray();
            int result;
            switch (random.Next(4))
            {
                case 0:
                    lock (typeof(Storm)) Refresh.Write("extensions/Live.xml", Refresh.Points(methods));
                    result = Profiler.InstrumentationRefresh();
                    break;
                case 1:
                    Profiler.AddCustomInstrumentation("live" + random.Next(3) + ".xml", Refresh.Points(methods));
                    result = Profiler.ApplyCustomInstrumentation();
                    break;
                case 2: result = Profiler.ReloadConfiguration(); break;
                default: result = Profiler.InstrumentationRefresh(); break;
            }
            Equal(result, Profiler.Ok, "a refresh");
            Interlocked.Increment(ref refreshes);
            Thread.Sleep(random.Next(4));
        }

        private static void Sample(int i)
        {
            int result = Profiler.Profile(new List<Profiler.Stack>());
            Check(result == Profiler.Ok || result == Profiler.Fail, "a profile: 0x" + result.ToString("x"));
            Interlocked.Increment(ref samples);
            Thread.Sleep(20);
        }

        /// The process ends in the middle of everything.
        public static void Exit()
        {
            TimeSpan time = TimeSpan.FromMinutes(1);
            for (int i = 0; i < 3; i++)
            {
                Repeat(time, n => Change(n * 7919)).IsBackground = true;
                Repeat(time, n => Profiler.Profile(new List<Profiler.Stack>())).IsBackground = true;
                Repeat(time, n => Targets.CallAll()).IsBackground = true;
            }
            Repeat(time, n => Profiler.ShutdownThreadProfiler()).IsBackground = true;
            Thread.Sleep(100 + Environment.ProcessId % 10 * 20);
        }

        private static void Start(List<Thread> threads, int count, TimeSpan time, Action<int> work)
        {
            for (int i = 0; i < count; i++) threads.Add(Repeat(time, work));
        }

        private static string Report()
        {
            return $"{refreshes} refreshes, {compiled} methods compiled, {unloaded} assemblies unloaded, {samples} profiles, " +
                $"{Megabytes()} MB resident, {GC.GetTotalMemory(false) >> 20} MB of it objects";
        }

        /// Sixty-four threads at once; every minute a line says what they did and how much memory there is.
        public static void Run(TimeSpan time)
        {
            var threads = new List<Thread>();
            var watch = Stopwatch.StartNew();
            Start(threads, 23, time, n => { Targets.CallAll(); Thread.Sleep(n % 3); });
            Start(threads, 20, time, n => { Compile(n); Thread.Sleep(n % 5); });
            Start(threads, 10, time, LoadAndUnload);
            Start(threads, 8, time, n => Change(n * 7919));
            Start(threads, 2, time, Sample);
            Start(threads, 1, time, Collect);
            Thread.Sleep(time / 3);
            long before = Megabytes();
            int refreshesBefore = refreshes;
            for (TimeSpan next = time / 3; next < time; next += TimeSpan.FromMinutes(1))
            {
                while (watch.Elapsed < next) Thread.Sleep(100);
                Console.WriteLine($"{watch.Elapsed.TotalMinutes,6:F1} min: {Report()}");
            }
            foreach (Thread thread in threads) thread.Join();
            Console.WriteLine($"{threads.Count} threads: {Report()}");
            Check(refreshes > 10 && compiled > 10 && unloaded > 10 && samples > 5, "something was starved");
            // The CLR keeps what it compiles: a method or two of each refresh, a kilobyte or so each.
            long allowed = 40 + (refreshes - refreshesBefore) / 50;
            Check(Megabytes() - before < allowed, "memory grew by more than " + allowed + " MB");
        }
    }
}
