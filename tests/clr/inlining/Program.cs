// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Inlining
{
    public static class Program
    {
        private const string Library = "NewRelicProfiler", Name = "plain";

        private static int round = -1, ended = -1, next = -1;
        private static volatile bool stop;

        [DllImport(Library)] private static extern int AddCustomInstrumentation([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string xml);
        [DllImport(Library)] private static extern int ApplyCustomInstrumentation();

        public static void Main(string[] args)
        {
            if (args[0] == "generics") Generics();
            else Refreshes();
        }

        /// One thread compiles a generic method, after which its ReJIT is requested, the other what inlines it; a
        /// little sooner or later in each round.
        private static void Generics()
        {
            var compiler = new Thread(() =>
            {
                for (int i = 0; i < Rounds.All.Length; i++)
                {
                    while (Volatile.Read(ref round) < i) { }
                    Rounds.All[i].CallInlined();
                    Volatile.Write(ref ended, i);
                }
            });
            compiler.Start();
            var random = new Random(1);
            for (int i = 0; i < Rounds.All.Length; i++)
            {
                Volatile.Write(ref round, i);
                Thread.SpinWait(random.Next(60000));
                Rounds.All[i].Call();
                while (Volatile.Read(ref ended) < i) { }
            }
            compiler.Join();
            Console.WriteLine("compiled");
        }

        /// Two threads compile what inlines methods, while points on these come and go.
        private static void Refreshes()
        {
            NativeLibrary.SetDllImportResolver(typeof(Program).Assembly, (name, assembly, path) =>
                name == Library ? NativeLibrary.Load(Environment.GetEnvironmentVariable("CORECLR_PROFILER_PATH")) : IntPtr.Zero);
            int refreshes = 0;
            var refresher = new Thread(() => { for (; !stop; refreshes++) Refresh(refreshes % 2 == 0); });
            refresher.Start();
            MethodInfo[] callers = typeof(Callers).GetMethods(BindingFlags.Static | BindingFlags.NonPublic);
            Thread[] compilers = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                for (int i; (i = Interlocked.Increment(ref next)) < callers.Length;) RuntimeHelpers.PrepareMethod(callers[i].MethodHandle);
            })).ToArray();
            foreach (Thread compiler in compilers) compiler.Start();
            foreach (Thread compiler in compilers) compiler.Join();
            stop = true;
            refresher.Join();
            Console.WriteLine(refreshes > 1 ? "compiled" : "compiled during one refresh");
        }

        private static void Refresh(bool points)
        {
            if (points) Must(AddCustomInstrumentation(Name,
                "<extension xmlns='urn:newrelic-extension'><instrumentation><tracerFactory><match assemblyName='Inlining' " +
                "className='Inlining.Small'><exactMethodMatcher methodName='Plain*'/></match></tracerFactory></instrumentation></extension>"));
            Must(ApplyCustomInstrumentation());
        }

        private static void Must(int result)
        {
            if (result != 0) Console.WriteLine("0x{0:x}", result);
        }
    }
}
