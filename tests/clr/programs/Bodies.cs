// Control flow: branches, switches, loops, returns, locals.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Programs
{
    static class Bodies
    {
        private static int _side;

        static void Empty() { }

        static void OneCall(int x) => _side += x;

        static int Branches(int x) => x > 10 ? x * 2 : x < 0 ? -x : x + 1;

        static int Returns(int x)
        {
            if (x == 0) return 10;
            if (x == 1) return 11;
            if (x == 2) return 12;
            return 13;
        }

        static void VoidReturns(int x)
        {
            if (x == 0) return;
            _side += 100;
            if (x == 1) return;
            _side += 1000;
        }

        static string SmallSwitch(int x)
        {
            switch (x)
            {
                case 0: return "zero";
                case 1: return "one";
                case 2: return "two";
                case 3: return "three";
                default: return null;
            }
        }

        static int SparseSwitch(int x) => x switch
        {
            -1000 => 1,
            7 => 2,
            100 or 101 or 102 => 3,
            int.MaxValue => 4,
            _ => 0,
        };

        static int StringSwitch(string name)
        {
            switch (name)
            {
                case "alpha": return 1;
                case "beta": return 2;
                case "gamma": return 3;
                case "delta": return 4;
                case "epsilon": return 5;
                case "zeta": return 6;
                case "eta": return 7;
                case "theta": return 8;
                case null: return -1;
                default: return 0;
            }
        }

        static int PatternSwitch(object value) => value switch
        {
            null => 0,
            int i when i > 100 => i,
            int => 1,
            string { Length: > 3 } s => s.Length,
            string => 2,
            IEnumerable<int> numbers => Sum(numbers),
            _ => -1,
        };

        static int Sum(IEnumerable<int> numbers)
        {
            int sum = 0;
            foreach (int number in numbers)
            {
                if (number < 0) break;
                if (number == 3) continue;
                sum += number;
            }
            return sum;
        }

        static int NestedLoops(int n)
        {
            int found = 0;
            for (int i = 2; i < n; i++)
            {
                int k = 2;
                while (k < i)
                {
                    if (i % k == 0) goto next;
                    k++;
                }
                found++;
            next:;
            }
            return found;
        }

        static int EndlessLoop(int n)
        {
            while (true)
            {
                if (n > 100) return n;
                if (n < 0) return -1;
                n = n * 2 + 1;
            }
        }

        static int ThrowAtEnd(int x)
        {
            if (x > 0) return x * 3;
            if (x == 0) return 1;
            throw new ArgumentOutOfRangeException(nameof(x), "below zero");
        }

        static int AlwaysThrows(int x) => throw new NotSupportedException("number " + x);

        static void LoopUntilThrow(int n)
        {
            while (true)
            {
                if (n-- == 0) throw new TimeoutException();
            }
        }

        static long Locals(int n)
        {
            int a = n, b = a + 1;
            long c = b * 2L;
            double d = c / 4.0;
            string e = "e" + d;
            int[] f = { a, b };
            (int X, string Y) g = (a, e);
            decimal h = 1.5m;
            Span<int> i = stackalloc int[4];
            i[2] = a;
            f[0] += g.X;
            return a + b + c + (long)d + e.Length + f[0] + g.Y.Length + (long)h + i[2];
        }

        [SkipLocalsInit]
        static unsafe int NoInitLocals(int n)
        {
            int* numbers = stackalloc int[8];
            for (int i = 0; i < 8; i++) numbers[i] = i * n;
            if (n < 0) return -1;
            return numbers[7];
        }

        static int Lock(object gate, int x)
        {
            lock (gate)
            {
                if (x > 5) return x;
                _side += x;
            }
            return -x;
        }

        static int ModifiesArguments(int x, string text)
        {
            x += text.Length;
            text = null;
            return x + (text == null ? 100 : 0);
        }

        static int Checked(int x) => checked(x * 1_000_000);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static int Inlined(int x) => x + 1;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static int Optimized(int x) => x + 2;

        [MethodImpl(MethodImplOptions.NoOptimization)]
        static int Unoptimized(int x) => x + 3;

        [MethodImpl(MethodImplOptions.Synchronized)]
        static int Synchronized(int x) => x + 4;

        static int CallsInlined(int x) => Inlined(Inlined(x));

        internal static void Run()
        {
            Empty();
            OneCall(5);
            Expect.Same(_side, 5);
            Expect.Same(Branches(20), 40);
            Expect.Same(Branches(-3), 3);
            Expect.Same(Branches(3), 4);
            for (int i = 0; i < 4; i++) Expect.Same(Returns(i), 10 + i);
            for (int i = 0; i < 3; i++) VoidReturns(i);
            Expect.Same(_side, 1205);
            Expect.Same(SmallSwitch(0), "zero");
            Expect.Same(SmallSwitch(3), "three");
            Expect.Same(SmallSwitch(4), null);
            Expect.Same(SparseSwitch(-1000), 1);
            Expect.Same(SparseSwitch(101), 3);
            Expect.Same(SparseSwitch(0), 0);
            Expect.Same(StringSwitch("zeta"), 6);
            Expect.Same(StringSwitch(null), -1);
            Expect.Same(StringSwitch("omega"), 0);
            Expect.Same(PatternSwitch(200), 200);
            Expect.Same(PatternSwitch("word"), 4);
            Expect.Same(PatternSwitch(new[] { 1, 2, 3, 4, -1, 9 }), 7);
            Expect.Same(PatternSwitch(1.5), -1);
            Expect.Same(NestedLoops(20), 8);
            Expect.Same(EndlessLoop(1), 127);
            Expect.Same(EndlessLoop(-5), -1);
            Expect.Same(ThrowAtEnd(4), 12);
            Expect.Same(ThrowAtEnd(0), 1);
            Expect.Throws<ArgumentOutOfRangeException>(() => ThrowAtEnd(-1));
            Expect.Throws<NotSupportedException>(() => AlwaysThrows(3));
            Expect.Throws<TimeoutException>(() => LoopUntilThrow(3));
            Expect.Same(Locals(10), 87);
            Expect.Same(NoInitLocals(3), 21);
            Expect.Same(NoInitLocals(-1), -1);
            Expect.Same(Lock("gate", 6), 6);
            Expect.Same(Lock("gate", 5), -5);
            Expect.Same(ModifiesArguments(1, "abc"), 104);
            Expect.Throws<OverflowException>(() => Checked(3000));
            Expect.Same(CallsInlined(5), 7);
            Expect.Same(Optimized(5), 7);
            Expect.Same(Unoptimized(5), 8);
            Expect.Same(Synchronized(5), 9);
        }
    }
}
