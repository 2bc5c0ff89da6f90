// Does by hand what the injected IL does around a method body, and checks on what was recorded.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NewRelic.Agent.Core;

namespace NewRelic.Agent.Tests;

/// <summary>Declarations that the agent looks up to learn what a method returns.</summary>
internal abstract class Declared
{
    public abstract void Sync();
    public abstract Task TaskAsync();
    public abstract Task<int> GenericTaskAsync();
    public abstract ValueTask ValueTaskAsync();
    public abstract ValueTask<int> GenericValueTaskAsync();
    public abstract object HidesTask();
    public abstract int Overloaded(int a);
    public abstract Task Overloaded(string a);
    public abstract Task Overloaded(List<int> a, int b);
    public abstract int Overloaded(int a, Dictionary<string, int[]> b);
}

internal static class Inject
{
    /// <summary>Starts a call of Declared.method; `scope` becomes the namespace and so tells apart
    /// the calls of different tests.</summary>
    public static Action<object?, Exception?> Enter(string scope, string method, string signature = "", Type? type = null) =>
        AgentShim.GetFinishTracerDelegate("factory", 0, "", "Tests", type ?? typeof(Declared), scope + ".Declared", method,
            signature, null, [], FunctionId(scope, method, signature));

    public static T Call<T>(string scope, string method, Func<T> body)
    {
        Action<object?, Exception?> finish = Enter(scope, method);
        T result;
        try
        {
            result = body();
        }
        catch (Exception e)
        {
            finish(null, e);
            throw;
        }
        finish(result, null);
        return result;
    }

    public static void Call(string scope, string method, Action body) => Call<object?>(scope, method, () =>
    {
        body();
        return null;
    });

    public static void Spin(double milliseconds)
    {
        long end = System.Diagnostics.Stopwatch.GetTimestamp() + (long)(milliseconds * System.Diagnostics.Stopwatch.Frequency / 1000);
        while (System.Diagnostics.Stopwatch.GetTimestamp() < end) Thread.SpinWait(20);
    }

    private static ulong FunctionId(string scope, string method, string signature) =>
        (ulong)(uint)HashCode.Combine(scope, method, signature);
}

internal static class Check
{
    public static void Equal<T>(T expected, T actual, string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw new Exception($"{what} expected <{expected}>, got <{actual}>");
    }

    public static void True(bool condition, string what)
    {
        if (!condition) throw new Exception(what);
    }

    public static void Between(double low, double high, double actual, string what) =>
        True(actual >= low && actual <= high, $"{what}: {actual} is not between {low} and {high}");

    /// <summary>Waits until all calls have ended: a task may wake those that await it before, or on
    /// another thread than, the agent.</summary>
    public static async Task Ended(string scope)
    {
        for (int i = 0; i < 500; i++)
        {
            long open = 0;
            void Add(PathTotals path)
            {
                if (path.Node.Method?.Type == scope + ".Declared") open += path.Open;
                path.Callees.ForEach(Add);
            }
            Add(new Snapshot().Root);
            if (open == 0) return;
            await Task.Delay(10);
        }
        throw new Exception("calls still running");
    }

    /// <summary>The recorded path that ends with the given methods, from the root.</summary>
    public static PathTotals Path(string scope, params string[] methods)
    {
        PathTotals at = new Snapshot().Root;
        foreach (string method in methods)
        {
            at = at.Callees.Find(c => c.Node.Method!.Name == method && c.Node.Method.Type == scope + ".Declared")
                ?? throw new Exception($"no {method} of {string.Join(" > ", methods)}; there: "
                    + string.Join(", ", at.Callees.Where(c => c.Node.Method?.Type == scope + ".Declared" || at.Node.Method != null).Select(c => c.Node.Method?.Name)));
        }
        return at;
    }

    public static MethodTotals Method(string scope, string method) =>
        new Snapshot().Methods.Single(m => m.Name.Split('(')[0] == $"{scope}.Declared.{method}");

    public static List<Event> Events(string scope) =>
        new Snapshot().Events.FindAll(e => CallTree.At(e.Node).Method!.Type == scope + ".Declared");

    /// <summary>Exceptions counted as thrown in a method and as passed on by it.</summary>
    public static (long Thrown, long Passed) Errors(string scope, string method, string type)
    {
        foreach (var (key, count) in Core.Errors.Counts)
            if (Core.Errors.NameOf(key.Type) == type && Methods.At(key.Method).Name == method && Methods.At(key.Method).Type == scope + ".Declared")
                return (count.Thrown, count.Passed);
        return (0, 0);
    }
}
