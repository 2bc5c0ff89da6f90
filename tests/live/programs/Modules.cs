// The lives of modules: one assembly in several contexts, unloading, emitted and satellite assemblies,
// code that was compiled before.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using static Live.Program;

namespace Live
{
    public static class Modules
    {
        private static string Location => typeof(Modules).Assembly.Location;

        /// Calls a method of Targets in another copy of this assembly; how many of ten calls arrived at the agent.
        private static int Arrived(Type targets, string method)
        {
            int before = Targets.Count(method);
            for (int i = 0; i < 10; i++) targets.GetMethod(method).Invoke(null, new object[] { 1 });
            return Targets.Count(method) - before;
        }

        private static Type LoadAgain(AssemblyLoadContext context)
        {
            Type type = context.LoadFromAssemblyPath(Location).GetType("Live.Targets");
            Check(type != typeof(Targets), "another copy of the assembly");
            return type;
        }

        private static void InTwoContexts()
        {
            Type one = LoadAgain(new AssemblyLoadContext("one")), two = LoadAgain(new AssemblyLoadContext("two"));
            foreach (Type type in new[] { typeof(Targets), one, two })
            {
                Equal(Arrived(type, "First"), 10, "calls of First");
                Equal(Arrived(type, "Second"), 0, "calls of Second");
                Equal(Arrived(type, "Traced"), 10, "calls of Traced");
            }
            Refresh.Write("extensions/Live.xml", Refresh.Points("Second"));
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh with two contexts");
            foreach (Type type in new[] { typeof(Targets), one, two, LoadAgain(new AssemblyLoadContext("three")) })
            {
                Equal(Arrived(type, "First"), 0, "calls of First after a refresh");
                Equal(Arrived(type, "Second"), 10, "calls of Second after a refresh");
                Equal(Arrived(type, "Traced"), 10, "calls of Traced after a refresh");
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static WeakReference InUnloadable()
        {
            var context = new AssemblyLoadContext("unloadable", true);
            Type type = LoadAgain(context);
            Equal(Arrived(type, "Second"), 0, "calls in an assembly that can be unloaded");
            Equal(Arrived(type, "Traced"), 0, "calls with an attribute in an assembly that can be unloaded");
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh with such an assembly");
            Refresh.Write("extensions/Live.xml", Refresh.Points("First", "Second"));
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh that would change it");
            Equal(Arrived(type, "First"), 0, "calls in it after that");
            context.Unload();
            return new WeakReference(context);
        }

        private static void AwaitUnloading(WeakReference context)
        {
            for (int i = 0; i < 100 && context.IsAlive; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            Check(!context.IsAlive, "the profiler keeps nothing loaded");
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh after the unloading");
        }

        /// The method stays, but this code of it goes with the assembly of its type argument: the CLR leaves it alone.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static WeakReference OverUnloadable()
        {
            var context = new AssemblyLoadContext("argument", true);
            Type type = LoadAgain(context).Assembly.GetType("Live.Profiler+ThreadStack");
            MethodInfo method = typeof(Targets).GetMethod("Generic").MakeGenericMethod(type);
            int before = Targets.Count("Generic");
            for (int i = 0; i < 10; i++)
            {
                Refresh.Write("extensions/Live.xml", Refresh.Points("First", i % 2 == 0 ? "Generic" : "Second"));
                Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh of an instantiation that can be unloaded");
                object value = Activator.CreateInstance(type);
                Equal(method.Invoke(null, new[] { value }), value, "such an instantiation");
                Equal(Targets.Generic(i), i, "another instantiation");
            }
            Equal(Targets.Count("Generic") - before, 5, "calls of Generic, but for those");
            context.Unload();
            return new WeakReference(context);
        }

        /// An assembly with the name that the points have.
        private static void Emitted(AssemblyBuilderAccess access)
        {
            TypeBuilder type = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Live"), access)
                .DefineDynamicModule("Live").DefineType("Live.Targets", TypeAttributes.Public);
            foreach (string name in new[] { "First", "Second" })
            {
                ILGenerator code = type.DefineMethod(name, MethodAttributes.Public | MethodAttributes.Static, typeof(int),
                    new[] { typeof(int) }).GetILGenerator();
                code.Emit(OpCodes.Ldarg_0);
                code.Emit(OpCodes.Ret);
            }
            Type made = type.CreateType();
            Equal((int)made.GetMethod("First").Invoke(null, new object[] { 7 }), 7, "an emitted method");
            Equal(Arrived(made, "Second"), 0, "calls in an emitted assembly");
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh with an emitted assembly");
            Equal(Arrived(made, "First"), 0, "calls in it after a refresh");
        }

        /// It has a name, metadata and no methods.
        private static void Satellite()
        {
            Assembly satellite = Assembly.LoadFrom(Path.Combine(Path.GetDirectoryName(Location), "de", "Live.resources.dll"));
            Equal(satellite.GetManifestResourceNames().Single(), "Live.Texts.de.resources", "the resource of the satellite");
            Equal(satellite.GetTypes().Length, 0, "types of the satellite");
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh with a satellite");
        }

        // Two, since code that was compiled before a refresh may have the method in it.
        [MethodImpl(MethodImplOptions.NoInlining)] private static string Escape() { return Regex.Escape("."); }
        [MethodImpl(MethodImplOptions.NoInlining)] private static string EscapeLater() { return Regex.Escape("."); }

        /// The native code that came with it must not be used.
        private static void CompiledBefore()
        {
            Refresh.Write("extensions/Live.xml", Refresh.Points("First").Replace("<instrumentation>", "<instrumentation>" +
                "<tracerFactory><match assemblyName=\"System.Text.RegularExpressions\" className=\"System.Text.RegularExpressions.Regex\">" +
                "<exactMethodMatcher methodName=\"Escape\"/></match></tracerFactory>" +
                "<tracerFactory><match assemblyName=\"Live.resources\" className=\"Live.Texts\"><exactMethodMatcher methodName=\"Any\"/></match></tracerFactory>"));
            Equal(Escape(), "\\.", "Escape before the refresh");
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh for an assembly of .NET");
            int before = Targets.Count("Escape");
            for (int i = 0; i < 10; i++) Equal(EscapeLater(), "\\.", "Escape");
            Equal(Targets.Count("Escape") - before, 10, "calls of Escape");
        }

        public static void Run()
        {
            Targets.Instrumented();
            Targets.Instrumented();
            InTwoContexts();
            AwaitUnloading(InUnloadable());
            AwaitUnloading(OverUnloadable());
            Emitted(AssemblyBuilderAccess.Run);
            Emitted(AssemblyBuilderAccess.RunAndCollect);
            Satellite();
            CompiledBefore();
        }
    }
}
