// Processes that end from within an instrumented method.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Programs
{
    static class Endings
    {
        static int Exits(int status)
        {
            Environment.Exit(status);
            return status;
        }

        static void Fails(int depth)
        {
            if (depth == 0) throw new InvalidOperationException("nobody catches this");
            Fails(depth - 1);
        }

        static void Waits(ManualResetEventSlim inside)
        {
            inside.Set();
            Thread.Sleep(Timeout.Infinite);
        }

        private static void InBackground()
        {
            using var inside = new ManualResetEventSlim();
            new Thread(() => Waits(inside)) { IsBackground = true }.Start();
            inside.Wait();
        }

        internal static void Exit()
        {
            InBackground();
            Exits(7);
        }

        // Neither inlined nor left by a tail call: the stack trace names it.
        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static void Unhandled()
        {
            Fails(2);
            Console.WriteLine("never printed");
        }

        // Ends while a thread is in an instrumented method.
        internal static void Background() => InBackground();
    }
}
