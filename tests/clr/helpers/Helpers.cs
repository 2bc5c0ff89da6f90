// Calls the helpers that add_helpers.c has put into this assembly, and prints what they do.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Reflection;

public class Agent
{
    public static string Only(string text) => "Only " + text;
    public static string Many(int number) => "Many int " + number;
    public static string Many(string text) => "Many string " + text;
}

public static class Helpers
{
    static readonly string path = typeof(Helpers).Assembly.Location;
    static readonly Type helpers = typeof(Helpers).Assembly.GetType("System.CannotUnloadAppDomainException");

    static object Call(string name, params object[] arguments)
    {
        try
        {
            return helpers.GetMethod(name).Invoke(null, arguments);
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException.GetType().Name + ": " + e.InnerException.Message;
        }
    }

    static void Print(string what, object result) => Console.WriteLine(what + ": " + (result ?? "null"));

    static void Find()
    {
        Print("assembly", ((Assembly)Call("LoadAssemblyOrThrow", path)).GetName().Name);
        Print("type", Call("GetTypeViaReflectionOrThrow", path, "Agent"));
        Print("no type", Call("GetTypeViaReflectionOrThrow", path, "Missing"));
        Print("method", Call("GetMethodViaReflectionOrThrow", path, "Agent", "Only", null));
        Print("overload", Call("GetMethodViaReflectionOrThrow", path, "Agent", "Many", new[] { typeof(int) }));
        Print("no method", Call("GetMethodViaReflectionOrThrow", path, "Agent", "Missing", null));
        Print("no overload",
            Call("GetMethodViaReflectionOrThrow", path, "Agent", "Many", new[] { typeof(long[]) }));
    }

    static void Keep()
    {
        const string all = "GetMethodFromAppDomainStorageOrReflectionOrThrow";
        MethodInfo only = typeof(Agent).GetMethod("Only");
        Print("before", Call("GetMethodFromAppDomainStorage", "one"));
        Print("stored", Call("StoreMethodInAppDomainStorageOrThrow", only, "one"));
        Print("after", Call("GetMethodFromAppDomainStorage", "one"));
        Print("in the domain", AppDomain.CurrentDomain.GetData("one") == (object)only);
        object found = Call(all, "two", path, "Agent", "Many", new[] { typeof(string) });
        Print("found", ((MethodInfo)found).Invoke(null, new object[] { "text" }));
        Print("kept", ReferenceEquals(AppDomain.CurrentDomain.GetData("two"), found));
        Print("not looked for again", ReferenceEquals(Call(all, "two", "no file", "", "", null), found));
        Print("another key", Call(all, "three", path, "Missing", "", null));
        Print("not kept", AppDomain.CurrentDomain.GetData("three"));
        AppDomain.CurrentDomain.SetData("four", "no method");
        Print("something else there", Call("GetMethodFromAppDomainStorage", "four").ToString().Split(':')[0]);
    }

    public static void Main()
    {
        foreach (MethodInfo method in helpers.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            Console.WriteLine(method);
            foreach (CustomAttributeData attribute in method.CustomAttributes)
                Console.WriteLine("    " + attribute.AttributeType);
        }
        Find();
        Keep();
    }
}

namespace System
{
    // Stands for that of mscorlib. Methods can be added to the last type of a file only.
    public class CannotUnloadAppDomainException : Exception
    {
    }
}
