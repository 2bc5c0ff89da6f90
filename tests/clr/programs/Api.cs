// The public API: without a profiler the stubs answer, with one the agent does. What differs between
// the two is not printed, but checked by the record.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using NewRelicApi = NewRelic.Api.Agent.NewRelic;

namespace Programs
{
    static class Api
    {
        private static readonly bool Profiled = Environment.GetEnvironmentVariable("CORECLR_ENABLE_PROFILING") == "1";

        private static void Either<T>(string what, T actual, T agents, T stubs)
        {
            bool right = EqualityComparer<T>.Default.Equals(actual, Profiled ? agents : stubs);
            Expect.Same(right, true, what);
        }

        internal static void Run()
        {
            NewRelicApi.RecordMetric("metric", 1.5f);
            NewRelicApi.NoticeError(new TimeoutException("late"));
            NewRelicApi.NoticeError("message", new Dictionary<string, string>());
            Either("calls of the stubs", NewRelicApi.Calls, 0, 3);
            Either("Header", NewRelicApi.Header(), "agent", "stub");
            Either("Header(nonce)", NewRelicApi.Header("n"), "agent n", "stub n");
            Either("Header(null)", NewRelicApi.Header(null), null, "stub ");
            Either("Add", NewRelicApi.Add(1, 2), 1003, -1);
            Either("Not", NewRelicApi.Not(true), false, true);
            Either("Double", NewRelicApi.Double(1.5m), 3.0m, -1m);
            Either("Maybe", NewRelicApi.Maybe(4), 5, -1);
            Either("Maybe(null)", NewRelicApi.Maybe(null), null, -1);
            Either("Pair", NewRelicApi.Pair("k", 1), new KeyValuePair<string, long>("k", 2), default);
            Either("Day", NewRelicApi.Day(2), DayOfWeek.Wednesday, DayOfWeek.Sunday);
            Either("Returns(-1)", NewRelicApi.Returns(-1), 999, -1);
            Either("Returns(0)", NewRelicApi.Returns(0), 1000, -2);
            Either("Returns(1)", NewRelicApi.Returns(1), 1001, -3);
            Either("Protected(0)", NewRelicApi.Protected(0), 1000, -1);
            Either("Protected(5)", NewRelicApi.Protected(5), 1005, 20);
            Either("Numbers", NewRelicApi.Numbers(3).Length, 3, 0);
            Expect.Same(NewRelicApi.Throws(1), 2);
            Expect.Same(NewRelicApi.Unknown(1), 3);
            Expect.Throws<ArgumentOutOfRangeException>(() => NewRelicApi.Unknown(-1));
        }
    }
}
