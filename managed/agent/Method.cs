// The methods seen so far, each with a small number.
// SPDX-License-Identifier: Apache-2.0
// Methods.Find is on the path of every call: reads take no lock. Entries are never removed.
using System;
using System.Collections.Concurrent;
using System.Threading;

namespace NewRelic.Agent.Core;

internal sealed class Method(int id, string assembly, string type, string name, string signature)
{
    public readonly int Id = id;
    public readonly string Assembly = assembly, Type = type, Name = name, Signature = signature;
    /// <summary>Whether a call may end later than it returns. Found from the declared return type
    /// when the method is first seen, and corrected when a result turns out to be a Task.</summary>
    public volatile bool ReturnsTask;

    public bool Is(string typeName, string methodName, string argumentSignature) =>
        Same(Name, methodName) && Same(Type, typeName) && Same(Signature, argumentSignature);

    // The injected strings are literals: the same call site passes the same objects.
    private static bool Same(string a, string b) => ReferenceEquals(a, b) || a == b;
}

internal static class Methods
{
    private readonly record struct Identity(string Assembly, string Type, string Name, string Signature);

    private static readonly ConcurrentDictionary<ulong, Method> s_byFunction = new();
    private static readonly ConcurrentDictionary<Identity, Method> s_byIdentity = new();
    private static readonly Method?[] s_all = new Method?[Settings.MaxMethods];
    private static int s_count, s_functions;

    public static int Count => Volatile.Read(ref s_count);
    public static Method At(int id) => s_all[id]!;

    /// <summary>The method of a call, or null when there are too many methods already.</summary>
    public static Method? Find(ulong functionId, string assembly, Type? type, string typeName, string name, string signature)
    {
        if (s_byFunction.TryGetValue(functionId, out Method? method) && method.Is(typeName, name, signature)) return method;
        method = FindByIdentity(new Identity(assembly ?? "", typeName ?? "", name ?? "", signature ?? ""), type);
        if (method == null) Losses.Add(ref Losses.Methods);
        // One method has a function per instantiation; past the bound they take the slower way.
        else if (Volatile.Read(ref s_functions) < 4 * Settings.MaxMethods && s_byFunction.TryAdd(functionId, method))
            Interlocked.Increment(ref s_functions);
        return method;
    }

    private static Method? FindByIdentity(in Identity key, Type? type)
    {
        if (s_byIdentity.TryGetValue(key, out Method? method)) return method;
        bool returnsTask = Tasks.IsReturnedBy(type, key.Name, key.Signature);
        lock (s_byIdentity)
        {
            if (s_byIdentity.TryGetValue(key, out method)) return method;
            if (s_count == Settings.MaxMethods) return null;
            method = new Method(s_count, key.Assembly, key.Type, key.Name, key.Signature) { ReturnsTask = returnsTask };
            s_all[s_count] = method;
            Volatile.Write(ref s_count, s_count + 1);
            s_byIdentity[key] = method;
            return method;
        }
    }
}
