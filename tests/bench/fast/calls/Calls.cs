// Prints how many nanoseconds a call of Work takes, the loop around it included: the median of many
// rounds, once the code is at its highest tier. SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

static class Calls
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Work(int number, string text) => number + text.Length;

    private static double Round(int calls)
    {
        int sum = 0;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++) sum += Work(i, "abc");
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        return sum == 42 ? 0 : nanoseconds / calls;
    }

    private static void Main()
    {
        for (int i = 0; i < 60; i++)
        {
            Round(2000);
            Thread.Sleep(10);
        }
        var rounds = new double[41];
        for (int i = 0; i < rounds.Length; i++) rounds[i] = Round(5000);
        Array.Sort(rounds);
        Console.WriteLine(rounds[rounds.Length / 2]);
    }
}
