// Compares what came out with what has to come out.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace Shop;

public sealed class Checks
{
    private readonly object _lock = new();
    private int _passed, _failed;

    public void Equal<T>(T expected, T actual, string what) =>
        That(EqualityComparer<T>.Default.Equals(expected, actual), $"{what}: expected {expected}, got {actual}");

    public void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what) =>
        That(expected.SequenceEqual(actual), $"{what}: expected {string.Join(" ", expected)}, got {string.Join(" ", actual)}");

    public void Throws<TException>(Action action, string what, params string[] stack) where TException : Exception
    {
        try
        {
            action();
            That(false, $"{what}: no {typeof(TException).Name}");
        }
        catch (TException e)
        {
            Stack(e, what, stack);
        }
    }

    /// <summary>The methods have to be on the stack trace, in that order, innermost first.</summary>
    public void Stack(Exception e, string what, params string[] methods)
    {
        string trace = e.StackTrace ?? "";
        int at = 0;
        foreach (string method in methods)
        {
            int found = trace.IndexOf(method, at, StringComparison.Ordinal);
            That(found >= 0, $"{what}: {method} is not where it belongs in\n{trace}");
            at = found < 0 ? at : found + method.Length;
        }
        That(true, what);
    }

    public void That(bool condition, string failure)
    {
        lock (_lock)
        {
            if (condition)
            {
                _passed++;
                return;
            }
            _failed++;
            Console.Error.WriteLine("WRONG " + failure);
        }
    }

    public int Summarize()
    {
        Console.WriteLine(_failed == 0 ? $"all {_passed} checks passed" : $"{_failed} of {_passed + _failed} checks failed");
        return _failed == 0 ? 0 : 1;
    }
}
