// What an instrumentation point says: overloads, versions, classes, factory, metric, flags.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Programs
{
    static class Overloads
    {
        internal static int One() => 0;
        internal static int One(int a) => 1;
        internal static int One(string a) => 2;
        internal static int One(int a, string b) => 3;

        internal static int None() => 0;
        internal static int None(int a) => 1;

        internal static int All() => 0;
        internal static int All(ref int a) => 1;
        internal static int All<T>(T a) => 2;

        internal static int Kinds(List<int> a, string[] b) => 0;
        internal static int Kinds(List<string> a, string[] b) => 1;
        internal static int Kinds(ref int a, string b) => 2;
        internal static int Kinds(int a, string b) => 3;
        internal static int Kinds(Point[,] a, int? b) => 4;
        internal static int Kinds<T>(T a, object b) => 5;
        internal static unsafe int Kinds(int* a) => 6;

        internal static async Task<int> Mixed(int a)
        {
            await Task.Yield();
            return a;
        }
        internal static int Mixed(string a) => a.Length;
    }

    static class FirstClass
    {
        internal static int Shared(int x) => x;
    }

    class SecondClass<T>
    {
        internal static int Shared(T x) => 2;
    }

    static class Ignored
    {
        internal static int Method(int x) => x;
    }

    static class Points
    {
        static int Factory(int x) => x;
        static int Metric(int x) => x;
        static int Flags(int x) => x;
        static int Disabled(int x) => x;
        static int MinimumReached(int x) => x;
        static int MinimumMissed(int x) => x;
        static int MaximumAbove(int x) => x;
        static int MaximumEqual(int x) => x;
        static int Between(int x) => x;
        static int TwoPoints(int x) => x;

        internal static unsafe void Run()
        {
            int number = 1;
            Expect.Same(Overloads.One() + Overloads.One(1) + Overloads.One("") + Overloads.One(1, ""), 6);
            Expect.Same(Overloads.None() + Overloads.None(1), 1);
            Expect.Same(Overloads.All() + Overloads.All(ref number) + Overloads.All("x"), 3);
            Expect.Same(Overloads.Kinds(new List<int>(), null), 0);
            Expect.Same(Overloads.Kinds(new List<string>(), null), 1);
            Expect.Same(Overloads.Kinds(ref number, "b"), 2);
            Expect.Same(Overloads.Kinds(number, "b"), 3);
            Expect.Same(Overloads.Kinds(new Point[0, 0], 5), 4);
            Expect.Same(Overloads.Kinds("a", new object()), 5);
            Expect.Same(Overloads.Kinds(&number), 6);
            Expect.Same(Overloads.Mixed(3).Result + Overloads.Mixed("four"), 7);
            Expect.Same(FirstClass.Shared(5), 5);
            Expect.Same(SecondClass<string>.Shared("x"), 2);
            Expect.Same(Ignored.Method(6), 6);
            Expect.Same(Factory(1) + Metric(2) + Flags(3) + Disabled(4), 10);
            Expect.Same(MinimumReached(1) + MinimumMissed(2) + MaximumAbove(3) + MaximumEqual(4) + Between(5), 15);
            Expect.Same(TwoPoints(7), 7);
        }
    }
}
