// The agent of the stress runs: counts calls and methods, looks at the arguments of each method's first
// call, and writes what it saw at the end of the process.
// SPDX-License-Identifier: Apache-2.0
// Called on every thread of the application, at any moment. It uses nothing outside the core library,
// the one assembly that is never instrumented here, so it cannot end up calling itself.
using System;
using System.IO;
using System.Threading;

namespace NewRelic.Agent.Core;

public static class AgentShim
{
    // An open hash table of FunctionIDs that only grows, so that no lock is taken.
    private const int SlotBits = 18, Slots = 1 << SlotBits;
    private static readonly long[] functions = new long[Slots];
    private static readonly Action<object, Exception> finish = Finish;
    private static long calls, finished;
    private static int methods;
    private static string wrong = "";

    static AgentShim() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Write();

    public static Action<object, Exception> GetFinishTracerDelegate(
        string tracerFactoryName, uint tracerArguments, string metricName, string assemblyName,
        Type type, string typeName, string methodName, string argumentSignature,
        object invocationTarget, object[] args, ulong functionId)
    {
        Interlocked.Increment(ref calls);
        if (Add((long)functionId) && !(IsTypeOf(type, typeName, invocationTarget) && args.Length == Count(argumentSignature)))
        {
            wrong = $"{assemblyName} {typeName} {methodName}({argumentSignature}) was called for {type} on " +
                $"{invocationTarget?.GetType()} with {args.Length} arguments";
        }
        return finish;
    }

    private static void Finish(object result, Exception exception) => Interlocked.Increment(ref finished);

    // True for the first to come.
    private static bool Add(long function)
    {
        int slot = (int)((ulong)(function * -7046029254386353131) >> (64 - SlotBits));
        while (true)
        {
            long there = Volatile.Read(ref functions[slot]);
            if (there == 0) there = Interlocked.CompareExchange(ref functions[slot], function, 0);
            if (there == function) return false;
            if (there == 0)
            {
                Interlocked.Increment(ref methods);
                return true;
            }
            slot = (slot + 1) % Slots;
        }
    }

    private static bool IsTypeOf(Type type, string name, object target)
    {
        if (type.FullName.Replace("\\", "") != name) return false;
        if (target == null || type.IsInterface) return true;
        for (Type t = target.GetType(); t != null; t = t.BaseType)
        {
            if ((t.IsGenericType ? t.GetGenericTypeDefinition() : t) == type) return true;
        }
        return false;
    }

    // Parameters in a printed signature: the commas of generic types and of arrays do not count.
    private static int Count(string signature)
    {
        int depth = 0, count = signature.Length > 0 ? 1 : 0;
        foreach (char c in signature)
        {
            if (c == '[') depth++;
            if (c == ']') depth--;
            if (c == ',' && depth == 0) count++;
        }
        return count;
    }

    private static void Write()
    {
        string file = Environment.GetEnvironmentVariable("NR_STRESS_OUT");
        if (file != null) File.WriteAllText(file, $"{methods} {calls} {finished} {wrong}\n");
    }
}
