// Values, references, generics and exceptions in an application that carries its own framework.
// SPDX-License-Identifier: Apache-2.0
using System;

namespace Publishing
{
    public struct Pair
    {
        public int Left, Right;

        public override string ToString() => $"{Left}:{Right}";
    }

    public static class Program
    {
        private static int Add(int left, string right) => left + int.Parse(right);

        private static Pair Swap(Pair pair, ref int calls)
        {
            calls++;
            return new Pair { Left = pair.Right, Right = pair.Left };
        }

        private static T Same<T>(T value) => value;

        private static void Throw(double value) => throw new InvalidOperationException($"not {value}");

        public static void Main()
        {
            int calls = 0;
            Console.WriteLine(Add(1, "2") + Add(3, "4"));
            Console.WriteLine($"{Swap(new Pair { Left = 1, Right = 2 }, ref calls)} {calls}");
            Console.WriteLine($"{Same(5)} {Same("five")}");
            try
            {
                Throw(1.5);
            }
            catch (InvalidOperationException error)
            {
                Console.WriteLine(error.Message);
            }
        }
    }
}
