// Mistakes of many kinds in bodies whose declarations are right, for the C# compiler to complain about.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Threading.Tasks;

namespace Stress
{
    internal abstract class Broken<T> where T : struct
    {
        private readonly int number = "text";
        private string unused;

        public int Property { get; } = 5L;

        public override string ToString() => number;

        private static int Missing(int n)
        {
            if (n > 0) return 1;
        }

        private static async Task Wait(int n)
        {
            await n;
            int n = undefined + Enumerable.Range(0).Select(i => i.Nothing);
            switch (n)
            {
                case 1: Console.WriteLine();
                case 1: break;
            }
            lock (5) { }
            goto nowhere;
        }

        private void Assign()
        {
            int fresh;
            number = fresh;
            T value = null;
            Func<int, int> f = (a, b) => a + b;
            foreach (var item in 5) item.Go();
            var (x, y) = (1, 2, 3);
            return value;
        }
    }

    internal sealed class Derived : Broken<int>
    {
        private Derived(out int n) : base(1) => Console.WriteLine(n is string s ? s : n switch { 1 => null });
    }
}
