// Sixty-four threads that meet at methods nobody has called before, while others collect garbage.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Programs
{
    static class Threads
    {
        private const int ThreadCount = 64, Calls = 20;

        static int Same(int x) => x + 1;

        static T Generic<T>(T value)
        {
            if (value == null) throw new ArgumentNullException(nameof(value));
            return value;
        }

        static int Throws(int x)
        {
            if (x > 0) throw new InvalidOperationException();
            return x;
        }

        static byte[] Allocates(int size)
        {
            if (size == 0) return null;
            return new byte[size];
        }

        private static int Work(Barrier start)
        {
            start.SignalAndWait();
            int right = 0;
            for (int i = 0; i < Calls; i++)
            {
                if (Same(41) == 42) right++;
                if (Generic("text") == "text" && Generic(5) == 5) right++;
                if (Allocates(10_000).Length == 10_000) right++;
                try
                {
                    Throws(1);
                }
                catch (InvalidOperationException)
                {
                    right++;
                }
            }
            return right;
        }

        internal static void Run()
        {
            using var start = new Barrier(ThreadCount);
            var results = new int[ThreadCount];
            Thread[] threads = Enumerable.Range(0, ThreadCount)
                .Select(i => new Thread(() => results[i] = Work(start))).ToArray();
            foreach (Thread thread in threads) thread.Start();
            for (int i = 0; i < 20; i++)
            {
                GC.Collect(i % 3);
                Thread.Sleep(1);
            }
            foreach (Thread thread in threads) thread.Join();
            Expect.Same(results.Sum(), ThreadCount * Calls * 4);

            int sum = 0;
            Parallel.For(0, 500, i => Interlocked.Add(ref sum, Same(0)));
            Expect.Same(sum, 500);
        }
    }
}
