// What goes wrong and how it shows: stack traces, filters, finalizers, deep recursion that is caught in
// time, and in the end an exit from deep inside.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

namespace Stress;

internal static class Failures
{
    public static async Task Run()
    {
        Traces();
        await AsyncTraces();
        Filters();
        Finalizers();
        Console.WriteLine(Depth(0) > 500);
        DeepRegex();
        DeepExpression();
        DeepJson();
        Threads();
        Leave(20);
    }

    private static void Traces()
    {
        Action[] actions =
        {
            () => new Generic<int>().Throw(new List<string>()),
            () => Enumerable.Range(0, 3).Select(n => 10 / (n - 1)).ToList(),
            () => Wrap(() => ((object)"x").GetHashCode().CompareTo("y")),
            () => _ = new Thrower(1).Value,
            () => Parallel.Invoke(() => throw new InvalidOperationException("in parallel")),
            () => typeof(Failures).GetMethod(nameof(Rethrow), System.Reflection.BindingFlags.NonPublic |
                System.Reflection.BindingFlags.Static).Invoke(null, null),
        };
        foreach (Action action in actions)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                Console.WriteLine(Methods(e));
            }
        }
    }

    // Every frame of our own, in order: all others differ with inlining.
    private static string Methods(Exception e)
    {
        var frames = e.ToString().Split('\n').Where(l => l.Contains(" at Stress.") || !l.StartsWith("   at "));
        return string.Join('\n', frames.Select(l => l.Trim()).Where(l => !l.StartsWith("---")));
    }

    private sealed class Generic<T>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Throw<U>(U value) => throw new ArgumentException($"{typeof(T)} {typeof(U)} {value}");
    }

    private readonly struct Thrower
    {
        private readonly int value;

        public Thrower(int value) => this.value = value;

        public int Value
        {
            [MethodImpl(MethodImplOptions.NoInlining)]
            get => throw new NotSupportedException($"{value}");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wrap(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            throw new IOException("wrapped", e);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rethrow()
    {
        try
        {
            Leaf();
        }
        catch (FormatException)
        {
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Leaf() => throw new FormatException("leaf");

    private static async Task AsyncTraces()
    {
        try
        {
            await Outer(3);
        }
        catch (Exception e)
        {
            Console.WriteLine(Methods(e));
        }
    }

    private static async Task<int> Outer(int n)
    {
        await Task.Yield();
        return n > 0 ? await Outer(n - 1) : await Task.FromException<int>(new TimeoutException("inner"));
    }

    // Filter and finally are in one method: the rethrow in an instrumented method between them would have
    // the inner finally run before the outer filter.
    private static void Filters()
    {
        var log = new List<string>();
        try
        {
            try
            {
                try
                {
                    Leaf();
                }
                finally
                {
                    log.Add("finally");
                }
            }
            catch (FormatException) when (Log(log, "filter") && false)
            {
            }
        }
        catch (Exception e) when (Log(log, e.Message))
        {
            log.Add("caught");
        }
        Console.WriteLine(string.Join(' ', log));
    }

    private static bool Log(List<string> log, string text)
    {
        log.Add(text);
        return true;
    }

    private sealed class Resource
    {
        public static int Finalized;

        ~Resource() => Interlocked.Increment(ref Finalized);
    }

    private static void Finalizers()
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Allocate()
        {
            for (int i = 0; i < 100; i++) GC.KeepAlive(new Resource());
        }
        Allocate();
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Console.WriteLine(Resource.Finalized > 90);
    }

    private static int Depth(int depth)
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return Depth(depth + 1);
        }
        catch (InsufficientExecutionStackException)
        {
            return depth;
        }
    }

    private static void DeepRegex()
    {
        const int deep = 3000;
        var regex = new Regex(new string('(', deep) + "a" + new string(')', deep));
        Console.WriteLine(regex.IsMatch("bab"));
    }

    private static void DeepExpression()
    {
        Expression sum = Expression.Constant(0);
        for (int i = 0; i < 3000; i++) sum = Expression.Add(Expression.Negate(sum), Expression.Constant(i));
        foreach (bool interpret in new[] { false, true })
        {
            Console.WriteLine(Expression.Lambda<Func<int>>(sum).Compile(interpret)());
        }
    }

    private static void DeepJson()
    {
        const int deep = 900;
        string text = new string('[', deep) + new string(']', deep);
        var options = new JsonSerializerOptions { MaxDepth = 1000 };
        object value = JsonSerializer.Deserialize<object[]>(text, options);
        Console.WriteLine(JsonSerializer.Serialize(value, options) == text);
        try
        {
            JsonSerializer.Deserialize<JsonElement>("[" + text + "]", new JsonSerializerOptions { MaxDepth = deep });
        }
        catch (JsonException)
        {
            Console.WriteLine("too deep");
        }
    }

    private static void Threads()
    {
        int depth = 0;
        var thread = new Thread(() => depth = Depth(0), 256 * 1024);
        thread.Start();
        thread.Join();
        Console.WriteLine(depth > 0);
    }

    private static void Leave(int depth)
    {
        if (depth == 0)
        {
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.WriteLine("exit");
            Environment.Exit(3);
        }
        Leave(depth - 1);
    }
}
