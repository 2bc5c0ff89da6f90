// Stubs: what they do without a profiler. Like the real ones they are not to be inlined, since they are
// rewritten when they are first compiled.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace NewRelic.Api.Agent
{
    public static class NewRelic
    {
        public static int Calls;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void RecordMetric(string name, float value) => Calls++;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void NoticeError(Exception exception) => Calls++;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void NoticeError(string message, IDictionary<string, string> attributes) => Calls++;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static string Header() => "stub";

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static string Header(string nonce) => "stub " + nonce;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Add(int a, long b) => -1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static bool Not(bool value) => value;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static decimal Double(decimal value) => -1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int? Maybe(int? value) => -1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static KeyValuePair<string, long> Pair(string key, long value) => default;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static DayOfWeek Day(int number) => DayOfWeek.Sunday;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Returns(int value)
        {
            if (value < 0) return -1;
            if (value == 0) return -2;
            return -3;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Protected(int value)
        {
            try
            {
                return 100 / value;
            }
            catch (DivideByZeroException)
            {
                return -1;
            }
            finally
            {
                Calls++;
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Throws(int value) => value + 1;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int[] Numbers(int count) => Array.Empty<int>();

        // The agent has no method of this name.
        [MethodImpl(MethodImplOptions.NoInlining)]
        public static int Unknown(int value)
        {
            if (value < 0) throw new ArgumentOutOfRangeException(nameof(value));
            return value + 2;
        }
    }
}
