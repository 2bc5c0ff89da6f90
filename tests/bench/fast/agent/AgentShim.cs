// What an instrumented call costs without the work of an agent.
// SPDX-License-Identifier: Apache-2.0
using System;

namespace NewRelic.Agent.Core
{
    public static class AgentShim
    {
        private static readonly Action<object, Exception> Finish = static (_, _) => { };

        public static Action<object, Exception> GetFinishTracerDelegate(
            string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
            Type type, string typeName, string methodName, string argumentSignature,
            object invocationTarget, object[] args, ulong functionId) => Finish;

#if LEAN
        public static Action<object, Exception> GetFinishTracerWithoutArguments(
            string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
            Type type, string typeName, string methodName, string argumentSignature, ulong functionId) => Finish;
#endif
    }

    public static class AgentApi
    {
        public static int Add(int a, long b) => a + (int)b;
    }
}
