// Iterators, asynchronous ones, lambdas and closures, and the classes that the compiler makes of them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Programs
{
    static class Iterators
    {
        private static int _disposed;

        static IEnumerable<int> Count(int n)
        {
            try
            {
                for (int i = 0; i < n; i++)
                {
                    if (i == 3) yield break;
                    yield return i;
                }
            }
            finally
            {
                _disposed++;
            }
        }

        static IEnumerator<T> Repeat<T>(T value)
        {
            while (true) yield return value;
        }

        static IEnumerable<int> Throws(int n)
        {
            yield return n;
            throw new InvalidOperationException("second item");
        }

        static async IAsyncEnumerable<int> CountAsync(int n, [EnumeratorCancellation] CancellationToken token = default)
        {
            for (int i = 0; i < n; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }

        static Func<int, int> Adder(int x)
        {
            int calls = 0;
            return y => x + y + calls++;
        }

        static int LocalFunctions(int x)
        {
            int Square(int y) => y * y;
            static int Cube(int y) => y * y * y;
            int Captured() => x + 1;
            return Square(x) + Cube(x) + Captured();
        }

        static int[] Query(int[] numbers, int least) =>
            (from number in numbers
             let twice = number * 2
             where twice > least
             orderby -twice
             select twice).ToArray();

        private static async Task<int> SumAsync()
        {
            int sum = 0;
            await foreach (int item in CountAsync(4)) sum += item;
            return sum;
        }

        internal static void Run()
        {
            Expect.Same(string.Join(",", Count(2)), "0,1");
            Expect.Same(Count(10).Sum(), 3);
            Expect.Same(Count(5).First() + _disposed, 3);
            IEnumerator<string> repeat = Repeat("r");
            Expect.Same(repeat.MoveNext() && repeat.MoveNext(), true);
            Expect.Same(repeat.Current, "r");
            Expect.Throws<InvalidOperationException>(() => Throws(1).ToList());
            Expect.Same(SumAsync().Result, 6);
            Func<int, int> add = Adder(10);
            Expect.Same(add(1) + add(1), 23);
            Expect.Same(LocalFunctions(3), 40);
            Expect.Same(string.Join(",", Query(new[] { 1, 2, 3 }, 3)), "6,4");
        }
    }
}
