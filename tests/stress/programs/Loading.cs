// Code that comes late and goes again: collectible load contexts, the same assembly twice, dynamic
// assemblies and methods, proxies, plug-ins found by reflection.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using System.Threading.Tasks;

namespace Stress;

public interface IGreeter
{
    string Greet(string name, ref int count);

    string Default(int n) => $"default {n}";
}

internal static class Loading
{
    public static Task Run()
    {
        for (int i = 0; i < 4; i++) Collect(LoadAndRun(collectible: true));
        LoadAndRun(collectible: false);
        Console.WriteLine(AppDomain.CurrentDomain.GetAssemblies().Count(a => a.GetName().Name == "Stress"));
        Emit(AssemblyBuilderAccess.Run);
        Emit(AssemblyBuilderAccess.RunAndCollect);
        IGreeter proxy = DispatchProxy.Create<IGreeter, Proxy>();
        int count = 5;
        Console.WriteLine($"{proxy.Greet("x", ref count)} {count} {proxy.Default(1)}");
        Reflection();
        return Task.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndRun(bool collectible)
    {
        var context = new AssemblyLoadContext("again", collectible);
        Assembly again = context.LoadFromAssemblyPath(AppContext.BaseDirectory + "Stress.dll");
        Type type = again.GetType("Stress.Plugin");
        Console.WriteLine($"{type.GetMethod("Work").Invoke(Activator.CreateInstance(type), new object[] { 20 })} {type != typeof(Plugin)}");
        var reference = new WeakReference(context);
        if (collectible) context.Unload();
        return reference;
    }

    private static void Collect(WeakReference reference)
    {
        for (int i = 0; reference.IsAlive && i < 20; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static void Emit(AssemblyBuilderAccess access)
    {
        AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted"), access);
        TypeBuilder type = assembly.DefineDynamicModule("m").DefineType("T", TypeAttributes.Public);
        MethodBuilder method = type.DefineMethod("Twice", MethodAttributes.Public | MethodAttributes.Static, typeof(int), new[] { typeof(int) });
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Dup);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Ret);
        MethodInfo twice = type.CreateType().GetMethod("Twice");
        Console.WriteLine($"{twice.Invoke(null, new object[] { 21 })} {twice.CreateDelegate<Func<int, int>>()(4)}");
        var dynamic = new DynamicMethod("d", typeof(string), new[] { typeof(object) });
        il = dynamic.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Callvirt, typeof(object).GetMethod("ToString"));
        il.Emit(OpCodes.Ret);
        Console.WriteLine(dynamic.CreateDelegate<Func<object, string>>()(new Plugin()));
    }

    private static void Reflection()
    {
        object plugin = Activator.CreateInstance(typeof(Plugin));
        foreach (MethodInfo method in typeof(Plugin).GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            string parameters = string.Join(',', method.GetParameters().Select(p => p.ParameterType.Name));
            Console.WriteLine($"{method.Name}({parameters}) {method.GetMethodBody().LocalVariables.Count <= 20}");
        }
        object[] arguments = { "me", 1 };
        Console.WriteLine($"{typeof(IGreeter).GetMethod("Greet").Invoke(plugin, arguments)} {arguments[1]}");
    }
}

public class Proxy : DispatchProxy
{
    protected override object Invoke(MethodInfo method, object[] args)
    {
        if (method.Name == "Greet") args[1] = 7;
        return $"{method.Name} {string.Join('|', args)}";
    }
}

public class Plugin : IGreeter
{
    public string Greet(string name, ref int count)
    {
        count++;
        return $"hello {name}";
    }

    public string Work(int n)
    {
        var text = new StringBuilder();
        Func<int, int> square = Expression.Lambda<Func<int, int>>(Expression.Constant(n * n), Expression.Parameter(typeof(int))).Compile();
        foreach (Line line in Order.Sample(2).Lines.Where(l => l.Count > n)) text.Append(line.Count).Append(' ');
        return $"{text}{square(1)} {((IGreeter)this).Default(n)}";
    }

    public override string ToString() => "plugin";
}
