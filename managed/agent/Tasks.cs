// What can be learnt about a task without changing what the application sees of it.
// SPDX-License-Identifier: Apache-2.0
// Callable from any thread. A ValueTask may be consumed once only, so one that is backed by an
// IValueTaskSource is left alone: such a call is taken to end when it returns. One that wraps a Task
// is followed through that Task. Task.Exception is never read, since reading it marks the exception
// as observed and so hides it from TaskScheduler.UnobservedTaskException. Both need private fields;
// where a runtime does not have them, the answer is "unknown" and nothing else changes.
using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace NewRelic.Agent.Core;

internal static class Tasks
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.NonPublic;
    private const BindingFlags Declared = Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly;

    // Weak, so that types of unloadable assemblies are not kept.
    private static readonly ConditionalWeakTable<Type, FieldInfo?> s_valueTaskFields = new();
    private static readonly FieldInfo? s_properties = typeof(Task).GetField("m_contingentProperties", Instance);
    private static readonly FieldInfo? s_holder = s_properties?.FieldType.GetField("m_exceptionsHolder", Instance | BindingFlags.Public);
    private static readonly FieldInfo? s_faults = s_holder?.FieldType.GetField("m_faultExceptions", Instance);

    /// <summary>Whether the method is declared to return a Task, a ValueTask or their generic forms.
    /// Where overloads cannot be told apart, yes if any of them is: that costs a little, no more.</summary>
    public static bool IsReturnedBy(Type? type, string name, string signature)
    {
        try
        {
            if (type == null || name is ".ctor" or ".cctor") return false;
            List<MethodInfo> overloads = type.GetMember(name, MemberTypes.Method, Declared).Cast<MethodInfo>().ToList();
            if (overloads.Count > 1 && overloads.Any(Returns) && !overloads.All(Returns))
            {
                int count = Names.SplitArguments(signature).Count;
                overloads.RemoveAll(m => m.GetParameters().Length != count);
                if (overloads.Find(m => string.Join(",", m.GetParameters().Select(p => p.ParameterType)) == signature) is { } exact)
                    return Returns(exact);
            }
            return overloads.Any(Returns);
        }
        catch (Exception e)
        {
            AgentShim.Swallow(e);
            return false;
        }

        static bool Returns(MethodInfo m) => typeof(Task).IsAssignableFrom(m.ReturnType) || IsValueTask(m.ReturnType);
    }

    /// <summary>The task behind a result: the result itself, or what a ValueTask wraps, or null.</summary>
    public static Task? Of(object? result)
    {
        if (result is null or Task) return result as Task;
        if (!IsValueTask(result.GetType())) return null;
        FieldInfo? field = s_valueTaskFields.GetValue(result.GetType(), static type => type.GetField("_obj", Instance));
        return field?.GetValue(result) as Task;
    }

    /// <summary>Why a task failed; null if it did not, or if the runtime does not tell.</summary>
    public static Exception? FaultOf(Task task)
    {
        if (!task.IsFaulted || s_faults == null) return null;
        object? holder = s_properties!.GetValue(task) is { } properties ? s_holder!.GetValue(properties) : null;
        if (holder == null || s_faults.GetValue(holder) is not IList { Count: > 0 } faults) return null;
        return (faults[0] as ExceptionDispatchInfo)?.SourceException;
    }

    private static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));
}
