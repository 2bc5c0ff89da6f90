// What instrumented methods call: counts entries and exits by method and metric.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;

namespace NewRelic.Agent.Core
{
    public static class AgentShim
    {
        public static readonly ConcurrentDictionary<string, int> Calls = new ConcurrentDictionary<string, int>();

        public static Action<object, Exception> GetFinishTracerDelegate(
            string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
            Type type, string typeName, string methodName, string argumentSignature,
            object invocationTarget, object[] args, ulong functionId)
        {
            Count(methodName + " " + metricName);
            return (result, exception) => Count("end of " + methodName);
        }

        private static void Count(string what)
        {
            Calls.AddOrUpdate(what, 1, (key, count) => count + 1);
        }
    }
}
