// Has the runtime compile every method of whole assemblies without calling one: all the framework's,
// or those whose file names are given. Prints how many it took and refused, by reason.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Stress;

internal static class Compiled
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static |
        BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static void Run(string[] files)
    {
        string core = typeof(object).Assembly.Location;
        if (files.Length == 0) files = Directory.GetFiles(Path.GetDirectoryName(core), "*.dll");
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            if (file == core || !IsManaged(file)) continue;
            var results = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (Type type in TypesOf(Assembly.LoadFrom(file)))
            {
                foreach (MethodBase method in MethodsOf(type))
                {
                    string result = Compile(type, method);
                    results[result] = results.GetValueOrDefault(result) + 1;
                }
            }
            Console.WriteLine($"{Path.GetFileName(file)}: {string.Join(", ", results.Select(r => $"{r.Value} {r.Key}"))}");
        }
    }

    private static bool IsManaged(string file)
    {
        try
        {
            AssemblyName.GetAssemblyName(file);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }

    private static IEnumerable<Type> TypesOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            return error.Types.Where(type => type != null);
        }
    }

    private static IEnumerable<MethodBase> MethodsOf(Type type)
    {
        try
        {
            return type.GetMembers(All).OfType<MethodBase>();
        }
        catch (TypeLoadException)
        {
            return [];
        }
    }

    // Generic ones for object everywhere; some have constraints that object does not meet.
    private static string Compile(Type type, MethodBase method)
    {
        try
        {
            if (method.GetMethodBody() == null) return "without a body";
            Type[] arguments = [.. type.GetGenericArguments(), .. method.IsGenericMethod ? method.GetGenericArguments() : []];
            if (arguments.Length == 0) RuntimeHelpers.PrepareMethod(method.MethodHandle);
            else RuntimeHelpers.PrepareMethod(method.MethodHandle, [.. arguments.Select(_ => typeof(object).TypeHandle)]);
            return "compiled";
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
    }
}
