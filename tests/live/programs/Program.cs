// Runs one scenario; the exit status says whether all that it checked was so.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;

namespace Live
{
    public static class Program
    {
        private static int failures;

        public static string Home => Environment.GetEnvironmentVariable("CORECLR_NEW_RELIC_HOME");

        public static void Check(bool ok, string what)
        {
            if (ok) return;
            if (Interlocked.Increment(ref failures) < 20) Console.WriteLine("not so: " + what);
        }

        public static void Equal<T>(T actual, T expected, string what)
        {
            Check(Equals(actual, expected), what + ": " + actual + ", not " + expected);
        }

        public static long Megabytes()
        {
            string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:"));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }

        /// Repeats work on a thread until time is up; what it throws fails the scenario.
        public static Thread Repeat(TimeSpan time, Action<int> work)
        {
            var thread = new Thread(() =>
            {
                var watch = Stopwatch.StartNew();
                try
                {
                    for (int i = 0; watch.Elapsed < time; i++) work(i);
                }
                catch (Exception exception)
                {
                    Check(false, exception.ToString());
                }
            });
            thread.Start();
            return thread;
        }

        public static int Main(string[] arguments)
        {
            var time = TimeSpan.FromSeconds(arguments.Length > 1 ? int.Parse(arguments[1]) : 10);
            switch (arguments[0])
            {
                case "absent": Exports.Absent(); break;
                case "refresh": Refresh.Run(); break;
                case "storm": Storm.Run(time); break;
                case "threads": Threads.Many(); break;
                case "deep": Threads.Deep(); break;
                case "memory": Memory.Run(); break;
                case "modules": Modules.Run(); break;
                case "exit": Storm.Exit(); break;
                case "names": Names.Run(); break;
                case "abort": Threads.Abort(time); break;
                default: Check(false, "no such scenario"); break;
            }
            return failures == 0 ? 0 : 1;
        }
    }
}
