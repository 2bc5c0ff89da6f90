// Code made while the program runs, and calls that are not in the IL: reflection, expression trees,
// dynamic, Reflection.Emit, assemblies loaded from elsewhere.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Linq.Expressions;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Programs
{
    static class DynamicCode
    {
        internal static int Target(int x) => x + 1;

        internal static int Thrower(int x) => throw new ArgumentException("target");

        static int ByDynamic(dynamic value, int x) => value.Length + x;

        static Func<int, int> Compile(Expression<Func<int, int>> expression) => expression.Compile();

        private static MethodInfo Method(string name) =>
            typeof(DynamicCode).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic);

        private static Func<int, int> Emit()
        {
            var method = new DynamicMethod("Emitted", typeof(int), new[] { typeof(int) }, typeof(DynamicCode).Module, true);
            ILGenerator il = method.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Call, Method(nameof(Target)));
            il.Emit(OpCodes.Ret);
            return method.CreateDelegate<Func<int, int>>();
        }

        private static object EmitType(AssemblyBuilderAccess access)
        {
            AssemblyBuilder assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted"), access);
            TypeBuilder type = assembly.DefineDynamicModule("Emitted").DefineType("Emitted.Class", TypeAttributes.Public);
            MethodBuilder method = type.DefineMethod("Method", MethodAttributes.Public | MethodAttributes.Static,
                                                     typeof(int), new[] { typeof(int) });
            ILGenerator il = method.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4_2);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Ret);
            return type.CreateType().GetMethod("Method").Invoke(null, new object[] { 4 });
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static object LoadInContext(string name, bool collectible)
        {
            var context = new AssemblyLoadContext(name, collectible);
            Assembly assembly = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Wild.dll"));
            object result = assembly.GetType("Wild.Loaded").GetMethod("InContext").Invoke(null, new object[] { name });
            if (collectible) context.Unload();
            return result;
        }

        private static object LoadFromBytes()
        {
            Assembly assembly = Assembly.Load(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Wild.dll")));
            return assembly.GetType("Wild.Loaded").GetMethod("InContext").Invoke(null, new object[] { "bytes" });
        }

        internal static void Run()
        {
            Expect.Same(Method(nameof(Target)).Invoke(null, new object[] { 1 }), 2);
            Exception e = Expect.Throws<TargetInvocationException>(() => Method(nameof(Thrower)).Invoke(null, new object[] { 1 }));
            Expect.Same(e.InnerException.Message, "target");
            Expect.Same(ByDynamic("four", 1), 5);
            Expect.Same(Compile(x => Target(x) * 2)(4), 10);
            Expect.Same(Emit()(6), 7);
            Expect.Same(EmitType(AssemblyBuilderAccess.Run), 8);
            Expect.Same(EmitType(AssemblyBuilderAccess.RunAndCollect), 8);
            Expect.Same(LoadInContext("first", false), "in first");
            Expect.Same(LoadInContext("collectible", true), "in collectible");
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Expect.Same(LoadFromBytes(), "in bytes");
        }
    }
}
