// The entry point that the injected code calls at the start of every instrumented method.
// SPDX-License-Identifier: Apache-2.0
// Called on every thread of the application, at any moment, possibly while the runtime starts or
// ends, and also from methods that the agent itself calls. It never throws and writes nothing to the
// console.
using System;
using System.Threading;

namespace NewRelic.Agent.Core;

public static class AgentShim
{
    /// <summary>
    /// Records the start of a call. The delegate returned is to be called at most once, on the same
    /// thread, when the method is left: with its result (null for void) and null, or with null and
    /// the exception. The name, the parameters and their order are those that New Relic's profiler
    /// passes; the arguments of the call itself are not looked at.
    /// </summary>
    public static Action<object?, Exception?> GetFinishTracerDelegate(
        string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
        Type type, string typeName, string methodName, string argumentSignature,
        object? invocationTarget, object?[]? args, ulong functionId) =>
        Enter(functionId, assemblyName, type, typeName, methodName, argumentSignature);

    /// <summary>The same for nrprof's fast mode, which then makes no array and no boxes.</summary>
    public static Action<object?, Exception?> GetFinishTracerWithoutArguments(
        string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
        Type type, string typeName, string methodName, string argumentSignature, ulong functionId) =>
        Enter(functionId, assemblyName, type, typeName, methodName, argumentSignature);

    private static Action<object?, Exception?> Enter(
        ulong functionId, string assemblyName, Type type, string typeName, string methodName, string argumentSignature)
    {
        ThreadLog? log = null;
        try
        {
            log = ThreadLog.Claim();
            if (log == null) return NoOp.Finish;
            Method? method = Methods.Find(functionId, assemblyName, type, typeName, methodName, argumentSignature);
            return (method == null ? null : log.Enter(method)) ?? NoOp.Finish;
        }
        catch (Exception e)
        {
            Swallow(e);
            return NoOp.Finish;
        }
        finally
        {
            log?.Release();
        }
    }

    /// <summary>Drops an exception of the agent's own making; an interrupt meant for the
    /// application is raised again at its next wait.</summary>
    internal static void Swallow(Exception e)
    {
        if (e is ThreadInterruptedException) Thread.CurrentThread.Interrupt();
    }

    // A class of its own: AgentShim has no static constructor that could be entered twice.
    private static class NoOp
    {
        public static readonly Action<object?, Exception?> Finish = static (_, _) => { };
    }
}
