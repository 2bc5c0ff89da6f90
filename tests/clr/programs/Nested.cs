// Nested types: private ones, deep ones, generic ones in generic ones. Their methods are small, so that
// the JIT would rather inline them.
// SPDX-License-Identifier: Apache-2.0
using System;

namespace Programs
{
    class Outer
    {
        internal static int CallHidden(int x) => Hidden.Twice(x) + new Hidden { Value = x }.Get();

        internal enum Kind
        {
            None,
            Some,
        }

        internal static Kind Describe(Kind kind, Inner inner, Inner.Deep deep) => kind + 1;

        internal class Inner
        {
            internal int Add(int x) => x + 1;

            internal class Deep
            {
                internal static int Static(int x) => x + 2;

                internal class Deeper
                {
                    internal string Name(string prefix) => prefix + "deeper";
                }
            }
        }

        private class Hidden
        {
            internal int Value;

            internal int Get() => Value;

            internal static int Twice(int x) => x * 2;
        }
    }

    class Outer<T>
    {
        internal class Inner
        {
            internal T First(T value) => value;
        }

        internal class Inner<TOther>
        {
            internal string Both(T first, TOther second) => first + " " + second;

            internal static TThird All<TThird>(T first, TOther second, TThird third) => third;
        }
    }

    static class Nested
    {
        internal static void Run()
        {
            for (int i = 0; i < 2; i++)
            {
                Expect.Same(Outer.CallHidden(5), 15);
                Expect.Same(Outer.Describe(Outer.Kind.None, new Outer.Inner(), null), Outer.Kind.Some);
                Expect.Same(new Outer.Inner().Add(1), 2);
                Expect.Same(Outer.Inner.Deep.Static(1), 3);
                Expect.Same(new Outer.Inner.Deep.Deeper().Name("x"), "xdeeper");
                Expect.Same(new Outer<int>.Inner().First(5), 5);
                Expect.Same(new Outer<string>.Inner().First("s"), "s");
                Expect.Same(new Outer<string>.Inner<int>().Both("a", 1), "a 1");
                Expect.Same(Outer<int>.Inner<string>.All(1, "b", 2.5), 2.5);
            }
        }
    }
}
