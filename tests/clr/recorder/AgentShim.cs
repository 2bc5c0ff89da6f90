// What instrumented methods call: one line when a method is entered, one when it is left.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Threading;

namespace NewRelic.Agent.Core
{
    public static class AgentShim
    {
        // How the agent fails: "type" (its initializer throws), "throws", "null", "finish throws"; unset for not at all.
        private static readonly string Failure = Environment.GetEnvironmentVariable("NR_TEST_FAILURE");

        static AgentShim()
        {
            if (Failure == "type") throw new InvalidOperationException("no type");
        }

        private const string DefaultFactory = "NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory";

        public static Action<object, Exception> GetFinishTracerDelegate(
            string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
            Type type, string typeName, string methodName, string argumentSignature,
            object invocationTarget, object[] args, ulong functionId)
        {
            if (Failure == "throws") throw new InvalidOperationException("no tracer");
            if (Failure == "null") return null;
            if (Failure == "finish throws") return (result, exception) => throw new InvalidOperationException("no finish");

            string method = typeName + "." + methodName + "(" + argumentSignature + ")";
            Record.Write(() =>
                "enter " + method +
                " factory=" + (tracerFactoryName == DefaultFactory ? "default" : Text.Name(tracerFactoryName)) +
                " flags=0x" + tracerArguments.ToString("x") +
                " metric=" + Text.Name(metricName) +
                " asm=" + Text.Name(assemblyName) +
                " this=" + Text.Value(invocationTarget) +
                " args=" + (args == null ? "null" : "[" + string.Join(", ", args.Select(Text.Value)) + "]") +
                (type?.FullName == typeName ? "" : " type=" + (type?.FullName ?? "null")) +
                (functionId == 0 ? " no function id" : ""));

            int thread = Environment.CurrentManagedThreadId;
            int calls = 0;
            return (result, exception) =>
            {
                bool again = Interlocked.Increment(ref calls) > 1;
                Record.Write(() =>
                    "leave " + method +
                    (exception == null ? " result=" + Text.Value(result)
                                       : " exception=" + exception.GetType().FullName) +
                    (exception != null && result != null ? " and result=" + Text.Value(result) : "") +
                    (Environment.CurrentManagedThreadId == thread ? "" : " on another thread") +
                    (again ? " once more" : ""));
            };
        }

#if LEAN
        public static Action<object, Exception> GetFinishTracerWithoutArguments(
            string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
            Type type, string typeName, string methodName, string argumentSignature, ulong functionId) =>
            GetFinishTracerDelegate(tracerFactoryName, tracerArguments, metricName, assemblyName,
                type, typeName, methodName, argumentSignature, null, null, functionId);
#elif HIDDEN
        private static Action<object, Exception> GetFinishTracerWithoutArguments(
            string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
            Type type, string typeName, string methodName, string argumentSignature, ulong functionId) => null;
#elif OTHER_SHAPE
        public static Action<object, Exception> GetFinishTracerWithoutArguments(string methodName) => null;
#endif
    }
}
