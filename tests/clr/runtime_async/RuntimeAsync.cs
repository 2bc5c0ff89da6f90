// Runtime-async methods of every kind of result, beside one that is not async.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading.Tasks;

namespace RuntimeAsync
{
    public static class Program
    {
        private static int Twice(int value) => value * 2;

        private static async Task<int> Number(int value)
        {
            await Task.Delay(1);
            return Twice(value);
        }

        private static async Task<string> Text(int value)
        {
            await Task.Yield();
            return $"text {value}";
        }

        private static async ValueTask<long> Wide(long value)
        {
            await Task.Yield();
            return value + 1;
        }

        private static async Task Nothing(int value)
        {
            await Task.Yield();
            if (value < 0) throw new InvalidOperationException("negative");
        }

        public static async Task Main()
        {
            Console.WriteLine($"{await Number(3)} {await Text(4)} {await Wide(5)}");
            await Nothing(1);
            try
            {
                await Nothing(-1);
            }
            catch (InvalidOperationException error)
            {
                Console.WriteLine(error.Message);
            }
        }
    }
}
