// Shapes of methods that the shop itself has no use for, each with a result that is known.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace Shop;

public static class LanguageTour
{
    private static readonly AsyncLocal<string?> s_visitor = new();

    public static void Run(Checks checks)
    {
        checks.Equal(610, Fibonacci(15), "recursion");
        checks.Equal("odd", IsEven(101) ? "even" : "odd", "mutual recursion");
        checks.Equal(5050, ParallelSum(100), "parallel sum");
        checks.Equal("Int32:7 String:x", Describe(7) + " " + Describe("x"), "generic method");
        checks.Equal("b", new Pair<int, string>(1, "b").Swap().First, "generic class");
        checks.Equal(8, new Box<int> { Value = 8 }.Unbox(), "generic struct");

        int number = 1;
        string text = Change(ref number, 20, out long twice);
        checks.Equal("21 42 changed", $"{number} {twice} {text}", "ref, in and out");
        int[] numbers = [3, 1, 2];
        Largest(numbers) = 9;
        checks.Same([9, 1, 2], numbers, "ref return");
        checks.Equal(6, SumOf([1, 2, 3]), "span");
        checks.Same([1, 2, 4, 8], PowersOfTwo().TakeWhile(n => n < 10), "iterator");
        checks.Equal("zero few many many", string.Join(" ", new[] { 0, 2, 9, 1000 }.Select(Word)), "switch");
        checks.Equal("RunsInFinally", CurrentName(), "current method");

        checks.Equal("caught inner, filter saw 1, finally 2", Unwind(), "filter and finally");
        checks.Throws<InvalidOperationException>(() => Throw(3), "deep throw", "Shop.LanguageTour.Throw", "Shop.LanguageTour.Throw", "Shop.Checks.Throws");
        checks.Throws<TargetInvocationException>(() => typeof(LanguageTour).GetMethod(nameof(Divide))!.Invoke(null, [1, 0]), "reflection");
        checks.Throws<DivideByZeroException>(() => Divide(1, 0), "hardware exception", "Shop.LanguageTour.Divide");
        checks.Throws<NullReferenceException>(() => LengthOf(null!), "null reference", "Shop.LanguageTour.LengthOf");
        checks.Throws<OutOfStockException>(() => new StockService(new Database()).Reserve(StockService.ScarceSku, 26, out _), "throw under lock");
    }

    public static async Task RunAsync(Checks checks)
    {
        s_visitor.Value = "outside";
        checks.Equal("outside inside", await VisitorsAsync(), "async local inside");
        checks.Equal("outside", s_visitor.Value, "async local outside");
        checks.Equal(3, await RetryAsync(attempt => attempt < 3 ? throw new TimeoutException() : Task.FromResult(attempt), 5), "retry");
        checks.Equal(6, await CountSlowlyAsync(3).AsTask(), "value task");
        await CheckFaultAsync(checks);
        await CheckCancellationAsync(checks);
        int[] squares = await Task.WhenAll(Enumerable.Range(1, 5).Select(SquareAsync));
        checks.Same([1, 4, 9, 16, 25], squares, "when all");
        var seen = new List<int>();
        await foreach (int n in CountdownAsync(4)) seen.Add(n);
        checks.Same([4, 3, 2, 1], seen, "async iterator");
    }

    public static long Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);
    public static bool IsEven(int n) => n == 0 || IsOdd(n - 1);
    public static bool IsOdd(int n) => n != 0 && IsEven(n - 1);

    public static int ParallelSum(int count)
    {
        int sum = 0;
        Parallel.For(1, count + 1, n => Interlocked.Add(ref sum, n));
        return sum;
    }

    public static string Describe<T>(T value) => $"{typeof(T).Name}:{value}";

    public static string Change(ref int number, in int add, out long twice)
    {
        number += add;
        twice = 2L * number;
        return "changed";
    }

    public static ref int Largest(int[] numbers)
    {
        int at = 0;
        for (int i = 1; i < numbers.Length; i++)
            if (numbers[i] > numbers[at]) at = i;
        return ref numbers[at];
    }

    public static int SumOf(ReadOnlySpan<int> numbers)
    {
        int sum = 0;
        foreach (int n in numbers) sum += n;
        return sum;
    }

    public static IEnumerable<int> PowersOfTwo()
    {
        for (int n = 1; ; n *= 2) yield return n;
    }

    public static string Word(int n)
    {
        switch (n)
        {
            case 0: return "zero";
            case 1: return "one";
            case 2:
            case 3:
            case 4: return "few";
            default: return "many";
        }
    }

    public static string Unwind()
    {
        int order = 0;
        string said = "";
        try
        {
            try
            {
                Throw(0);
            }
            finally
            {
                said += $", finally {++order}";
            }
        }
        catch (InvalidOperationException e) when ((said += $", filter saw {++order}") != "" && e.Message == "inner")
        {
            return "caught " + e.Message + said;
        }
        return "not caught";
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Throw(int depth)
    {
        if (depth == 0) throw new InvalidOperationException("inner");
        Throw(depth - 1);
        GC.KeepAlive(depth);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Divide(int a, int b) => a / b;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int LengthOf(string text) => text.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string CurrentName()
    {
        string name = "";
        try
        {
            name = "RunsIn";
        }
        finally
        {
            name += "Finally";
        }
        return new StackFrame().GetMethod()?.Name == nameof(CurrentName) ? name : "another name";
    }

    private static async Task<string> VisitorsAsync()
    {
        string? before = s_visitor.Value;
        s_visitor.Value = "inside";
        await Task.Delay(1);
        return before + " " + s_visitor.Value;
    }

    private static async Task<T> RetryAsync<T>(Func<int, Task<T>> action, int attempts)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await action(attempt);
            }
            catch (TimeoutException) when (attempt < attempts)
            {
                await Task.Delay(1);
            }
        }
    }

    private static async ValueTask<int> CountSlowlyAsync(int n)
    {
        if (n == 0) return 0;
        await Task.Yield();
        return n + await CountSlowlyAsync(n - 1);
    }

    private static async Task<int> SquareAsync(int n)
    {
        await Task.Delay(n);
        return n * n;
    }

    private static async IAsyncEnumerable<int> CountdownAsync(int n)
    {
        for (; n > 0; n--)
        {
            await Task.Yield();
            yield return n;
        }
    }

    private static async Task CheckFaultAsync(Checks checks)
    {
        try
        {
            await FailLaterAsync();
            checks.That(false, "no exception");
        }
        catch (InvalidOperationException e)
        {
            checks.Stack(e, "async fault", "Shop.LanguageTour.Throw", "Shop.LanguageTour.FailLaterAsync", "Shop.LanguageTour.CheckFaultAsync");
        }
    }

    private static async Task FailLaterAsync()
    {
        await Task.Delay(1);
        Throw(1);
    }

    private static async Task CheckCancellationAsync(Checks checks)
    {
        using var source = new CancellationTokenSource();
        Task waiting = Task.Delay(Timeout.Infinite, source.Token);
        source.Cancel();
        try
        {
            await waiting;
            checks.That(false, "not canceled");
        }
        catch (TaskCanceledException e)
        {
            checks.Equal(source.Token, e.CancellationToken, "token");
        }
    }
}

public sealed record Pair<TFirst, TSecond>(TFirst First, TSecond Second)
{
    public Pair<TSecond, TFirst> Swap() => new(Second, First);
}

public struct Box<T>
{
    public T Value { get; set; }
    public readonly T Unbox() => Value;
}
