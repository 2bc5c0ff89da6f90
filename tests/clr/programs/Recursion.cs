// Ten thousand frames of an instrumented method.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Programs
{
    static class Recursion
    {
        private const int Depth = 10_000;

        // In compatible mode, as with New Relic's profiler, each frame that an exception leaves takes 16 KB of the stack.
        private static readonly int DepthOfThrow =
            Environment.GetEnvironmentVariable("NEW_RELIC_PROFILER_MODE") == "fast" ? 2_000 : 20;

        private static int _depth;

        static int Down() => _depth-- == 0 ? 7 : Math.Max(6, Down());

        static void DownAndThrow()
        {
            if (_depth-- == 0) throw new InvalidOperationException("from the bottom");
            DownAndThrow();
        }

        static bool Even(int x) => x == 0 || Odd(x - 1);

        static bool Odd(int x) => x != 0 && Even(x - 1);

        private static void RunDeep()
        {
            _depth = Depth;
            Expect.Same(Down(), 7);
            _depth = DepthOfThrow;
            Expect.Throws<InvalidOperationException>(DownAndThrow);
            Expect.Same(Even(10), true);
        }

        internal static void Run()
        {
            const int StackSize = 16 << 20;
            var thread = new Thread(RunDeep, StackSize);
            thread.Start();
            thread.Join();
        }
    }
}
