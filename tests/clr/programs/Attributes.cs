// Methods with [Transaction] and [Trace], most of them small enough to be inlined.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;
using NewRelic.Api.Agent;

namespace Programs
{
    class Traced
    {
        internal class Nested
        {
            [Trace]
            internal int Method(int x) => x + 1;
        }

        [Trace]
        internal int Instance(int x) => x + 2;
    }

    static class Attributes
    {
        [Transaction]
        static int Other(int x) => x;

        [Transaction(Web = true)]
        static int Web(int x) => x + 1;

        [Transaction(Web = false)]
        static int NotWeb(int x) => x + 2;

        [Trace]
        static int Trace(int x) => x + 3;

        [Trace, Transaction]
        static int Both(string x) => x.Length;

        [Trace]
        static T Generic<T>(T x) => x;

        [Transaction(Web = true)]
        static async Task<int> Async(int x)
        {
            await Task.Yield();
            return x;
        }

        [Trace]
        static int Throws(int x)
        {
            if (x == 0) throw new InvalidOperationException("zero");
            return x;
        }

        [Trace]
        static int WithPoint(int x) => x + 4;

        [Trace]
        static int OneOverload(int x) => x;

        static int OneOverload(string x) => x.Length;

        [Obsolete("another attribute")]
        static int NotTraced(int x) => x + 5;

        internal static void Run()
        {
            for (int i = 1; i < 3; i++)
            {
                Expect.Same(Other(i), i);
                Expect.Same(Web(i), i + 1);
                Expect.Same(NotWeb(i), i + 2);
                Expect.Same(Trace(i), i + 3);
            }
            Expect.Same(Both("both"), 4);
            Expect.Same(Generic("g"), "g");
            Expect.Same(Generic(5), 5);
            Expect.Same(Async(6).Result, 6);
            Expect.Same(Throws(7), 7);
            Expect.Throws<InvalidOperationException>(() => Throws(0));
            Expect.Same(WithPoint(8), 12);
            Expect.Same(OneOverload(9) + OneOverload("ten"), 12);
#pragma warning disable CS0618
            Expect.Same(NotTraced(10), 15);
#pragma warning restore CS0618
            Expect.Same(new Traced().Instance(1), 3);
            Expect.Same(new Traced.Nested().Method(1), 2);
        }
    }
}
