// Names of all kinds of functions in a thread profile.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using static Live.Program;

namespace Live
{
    public static class Names
    {
        private static string[] seen;

        [MethodImpl(MethodImplOptions.NoInlining)]
        public static void Take()
        {
            var stacks = new List<Profiler.Stack>();
            nuint self = Profiler.GetCurrentExecutionEngineThreadId();
            Equal(Profiler.Profile(stacks), Profiler.Ok, "a profile");
            seen = Profiler.Names(stacks.Single(stack => stack.Thread == self).Functions);
        }

        private class Outer<T>
        {
            internal class Inner
            {
                internal interface IDeep { void Run(); }

                internal struct Deep : IDeep
                {
                    [MethodImpl(MethodImplOptions.NoInlining)]
                    public void Run() { Take(); GC.KeepAlive(null); }
                }
            }

            [MethodImpl(MethodImplOptions.NoInlining)]
            internal static void Call<U>(Action<T, U> action) { action(default, default); GC.KeepAlive(action); }
        }

        private static void Expect(string name)
        {
            Check(seen.Contains(name), name + " in\n  " + string.Join("\n  ", seen));
        }

        private static void EmitCall(ILGenerator code)
        {
            code.Emit(OpCodes.Call, typeof(Names).GetMethod("Take"));
            code.Emit(OpCodes.Ldc_I4_7);
            code.Emit(OpCodes.Ret);
        }

        /// A type that is collected afterwards; its FunctionID may come back as another's.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void RunEmitted(int i)
        {
            TypeBuilder type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Emitted"), AssemblyBuilderAccess.RunAndCollect)
                .DefineDynamicModule("Emitted").DefineType("Emitted.Type" + i, TypeAttributes.Public);
            EmitCall(type.DefineMethod("Call", MethodAttributes.Public | MethodAttributes.Static, typeof(int), Type.EmptyTypes).GetILGenerator());
            Equal((int)type.CreateType().GetMethod("Call").Invoke(null, null), 7, "an emitted method");
        }

        public static void Run()
        {
            new Outer<int>.Inner.Deep().Run();
            Expect("Live.Names.Take");
            Expect("Live.Names+Outer`1+Inner+Deep.Run");
            Expect("Live.Program.Main");
            Outer<string>.Call<object>((a, b) => { Take(); GC.KeepAlive(a); });
            Expect("Live.Names+Outer`1.Call");
            Check(seen.Any(name => name.StartsWith("Live.Names+<>c.<Run>")), "a lambda in " + string.Join(" ", seen));
            ((Outer<int>.Inner.IDeep)new Outer<int>.Inner.Deep()).Run();
            Expect("Live.Names+Outer`1+Inner+Deep.Run");
            // The CLR leaves dynamic methods out of its stack walks, and the others in.
            var method = new DynamicMethod("Made by hand", typeof(int), Type.EmptyTypes);
            EmitCall(method.GetILGenerator());
            Equal(method.CreateDelegate<Func<int>>()(), 7, "a dynamic method");
            Expect("Live.Names.Take");
            Expect("Live.Names.Run");
            Expect("Live.Program.Main");
            for (int i = 0; i < 20; i++)
            {
                RunEmitted(i);
                Expect("Emitted.Type" + i + ".Call");
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            Profiler.ShutdownThreadProfiler();
            Take();
            Expect("Live.Names.Take");
        }
    }
}
