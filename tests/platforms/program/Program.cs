// Calls, recursion, a generic method, an exception that is caught and one of the processor's.
// SPDX-License-Identifier: Apache-2.0
using System;

internal static class Program
{
    private static int Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);

    private static T Echo<T>(T value) => value;

    private static void Fail() => throw new InvalidOperationException("failed");

    private static int Divide(int a, int b) => a / b;

    private static string Try(Action action)
    {
        try
        {
            action();
            return "done";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    private static void Main()
    {
        Console.WriteLine($"{Fibonacci(15)} {Echo("text")} {Echo(4)} {Try(Fail)} {Try(() => Divide(1, 0))}");
    }
}
