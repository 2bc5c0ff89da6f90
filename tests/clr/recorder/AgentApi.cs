// What the stubs of NewRelic.Api.Agent call: each says so in the record and answers differently from
// the stub's own body. SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace NewRelic.Agent.Core
{
    public static class AgentApi
    {
        private static void Called(string method, params object[] arguments) =>
            Record.Write(() => "api " + method + "(" + string.Join(", ", arguments.Select(Text.Value)) + ")");

        public static void RecordMetric(string name, float value) => Called("RecordMetric", name, value);

        public static void NoticeError(Exception exception) => Called("NoticeError", exception);

        public static void NoticeError(string message, IDictionary<string, string> attributes) =>
            Called("NoticeError", message, attributes);

        public static string Header()
        {
            Called("Header");
            return "agent";
        }

        public static string Header(string nonce)
        {
            Called("Header", nonce);
            return nonce == null ? null : "agent " + nonce;
        }

        public static int Add(int a, long b)
        {
            Called("Add", a, b);
            return (int)(a + b) + 1000;
        }

        public static bool Not(bool value)
        {
            Called("Not", value);
            return !value;
        }

        public static decimal Double(decimal value)
        {
            Called("Double", value);
            return value * 2;
        }

        public static int? Maybe(int? value)
        {
            Called("Maybe", value);
            return value + 1;
        }

        public static KeyValuePair<string, long> Pair(string key, long value)
        {
            Called("Pair", key, value);
            return new KeyValuePair<string, long>(key, value + 1);
        }

        public static DayOfWeek Day(int number)
        {
            Called("Day", number);
            return (DayOfWeek)(number + 1);
        }

        public static int Returns(int value)
        {
            Called("Returns", value);
            return value + 1000;
        }

        public static int Protected(int value)
        {
            Called("Protected", value);
            return value + 1000;
        }

        public static int Throws(int value)
        {
            Called("Throws", value);
            throw new InvalidOperationException("the agent failed");
        }

        public static int[] Numbers(int count)
        {
            Called("Numbers", count);
            return new int[count];
        }
    }
}
