// Prints what a scenario computes, and whether it is what it should be.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Programs
{
    static class Expect
    {
        internal static int ExitStatus { get; private set; }

        internal static void Same<T>(T actual, T expected, [CallerArgumentExpression(nameof(actual))] string what = "")
        {
            bool same = EqualityComparer<T>.Default.Equals(actual, expected);
            Report(what, Show(actual), same ? null : Show(expected));
        }

        internal static TException Throws<TException>(Action action, [CallerArgumentExpression(nameof(action))] string what = "")
            where TException : Exception
        {
            try
            {
                action();
            }
            catch (TException e) when (e.GetType() == typeof(TException))
            {
                Report(what, "throws " + typeof(TException).Name + ": " + e.Message, null);
                return e;
            }
            catch (Exception e)
            {
                Report(what, "throws " + e, typeof(TException).Name);
                return null;
            }
            Report(what, "no exception", typeof(TException).Name);
            return null;
        }

        private static string Show<T>(T value) => FormattableString.Invariant($"{value}");

        private static void Report(string what, string actual, string expected)
        {
            Console.WriteLine(what + " = " + actual + (expected == null ? "" : " WRONG, expected " + expected));
            if (expected != null) ExitStatus = 1;
        }
    }
}
