// Calls small methods a known number of times; the agent must be told of each.
// SPDX-License-Identifier: Apache-2.0
//
// usage: Inlining called|loaded|late LIBRARY
using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Threading;

namespace System.Runtime.Versioning
{
    // The compilers know the core library's attribute by its name.
    sealed class NonVersionableAttribute : Attribute { }
}

namespace Inlining
{
    public static class Targets
    {
        public static int Same(int i) => i + 1;
        public static int InLoop(int i) => i + 1;
        public static T Generic<T>(T value) => value;
        [NonVersionable]
        public static int NonVersionable(int i) => i + 1;
        [NonVersionable]
        public static T NonVersionableGeneric<T>(T value) => value;
        [NonVersionable]
        public static int NonVersionableTwice(int i) => NonVersionable(NonVersionable(i));

        public static class Nested
        {
            public static int Inner(int i) => i + 1;
            public static T InnerGeneric<T>(T value) => value;
        }
    }

    public sealed class Box<T>
    {
        public T Value;
        public T Get() => Value;
        [NonVersionable]
        public T NonVersionable() => Value;

        public sealed class Lid
        {
            public T Value;
            public T Get() => Value;
            public U Other<U>(U value) => value;
        }
    }

    // (A struct with sequential layout is not instrumented.)
    [StructLayout(LayoutKind.Auto)]
    public struct Pair
    {
        public int First, Second;
        public int Sum() => First + Second;
    }

    // What gets a point while the program runs.
    public static class Late
    {
        public static int Same(int i) => i + 1;
        public static int InLoop(int i) => i + 1;
        public static T Generic<T>(T value) => value;
        [NonVersionable]
        public static int NonVersionable(int i) => i + 1;

        public static class Nested
        {
            public static int Inner(int i) => i + 1;
        }
    }

    public sealed class LateBox<T>
    {
        public T Value;
        public T Get() => Value;
    }

    // These get the methods above inlined.
    public static class Callers
    {
        public static int Same(int i) => Targets.Same(i);
        public static int ThroughCaller(int i) => Same(Same(i));
        public static int Nested(int i) => Targets.Nested.Inner(i);
        public static int OtherModule(int i) => Library.Small.Next(i);
        public static int OtherModuleTwice(int i) => Library.Small.NextButOne(i);
        public static int Generic(int i) => Targets.Generic(i) + Targets.Generic("x").Length;
        public static int NestedGeneric(int i) => Targets.Nested.InnerGeneric(i) + Targets.Nested.InnerGeneric("x").Length;
        public static int OfGenericType(int i) => new Box<int> { Value = i }.Get() + new Box<string> { Value = "x" }.Get().Length;
        public static int NestedInGenericType(int i) =>
            new Box<int>.Lid { Value = i }.Get() + new Box<string>.Lid { Value = "x" }.Get().Length +
            new Box<int>.Lid().Other(i) + new Box<string>.Lid().Other("x").Length;
        public static int OfStruct(int i) => new Pair { First = i, Second = 1 }.Sum();
        public static int NonVersionable(int i) => Targets.NonVersionable(i);
        public static int ThroughNonVersionable(int i) => Targets.NonVersionableTwice(i);
        public static int NonVersionableThroughCaller(int i) => NonVersionable(NonVersionable(i));
        public static int NonVersionableGeneric(int i) =>
            Targets.NonVersionableGeneric(i) + Targets.NonVersionableGeneric("x").Length +
            new Box<int> { Value = i }.NonVersionable() + new Box<string> { Value = "x" }.NonVersionable().Length;
        public static int NonVersionableOfOtherModule(int i) => Library.Small.NonVersionable(i);

        public static int Loop(int calls)
        {
            int sum = 0;
            for (int i = 0; i < calls; i++) sum += Targets.InLoop(i);
            return sum;
        }
    }

    public static class LateCallers
    {
        public static volatile bool Stop;

        public static int Same(int i) => Late.Same(i);
        public static int Nested(int i) => Late.Nested.Inner(i);
        public static int OtherModule(int i) => Library.Small.Late(i);
        public static int NonVersionable(int i) => Late.NonVersionable(i);
        public static int Generic(int i) => Late.Generic(i) + Late.Generic("x").Length;
        public static int OfGenericType(int i) => new LateBox<int> { Value = i }.Get() + new LateBox<string> { Value = "x" }.Get().Length;

        // Below 0: until it is stopped, with arguments that are not counted.
        public static int Loop(int calls)
        {
            int sum = 0;
            for (int i = 0; calls < 0 ? !Stop : i < calls; i++) sum += Late.InLoop(calls < 0 ? -1 : i);
            return sum;
        }
    }

    static class Program
    {
        // The JIT replaces a method that runs after some ten thousand rounds of a loop in it.
        private const int Calls = 1000, Rounds = 20000;

        private static void Main(string[] args)
        {
            if (args[0] == "loaded") Assembly.Load("Library");
            if (args[0] == "late") RunLate(args[1]);
            else RunAll();
        }

        private static void RunAll()
        {
            foreach (string name in new[]
            {
                "Same", "ThroughCaller", "Nested", "OtherModule", "OtherModuleTwice", "Generic", "NestedGeneric", "OfGenericType",
                "NestedInGenericType", "OfStruct", "NonVersionable", "ThroughNonVersionable", "NonVersionableThroughCaller",
                "NonVersionableGeneric", "NonVersionableOfOtherModule"
            })
            {
                Console.WriteLine(name + " " + Run(Method(typeof(Callers), name)));
            }
            Console.WriteLine("Loop " + Callers.Loop(Rounds));
            foreach (string name in new[] { "OtherModule", "NonVersionable" })
            {
                Console.WriteLine("Later " + Run(Method(Assembly.Load("Later").GetType("Later.Callers"), name)));
            }
        }

        private static Func<int, int> Method(Type type, string name) =>
            (Func<int, int>)Delegate.CreateDelegate(typeof(Func<int, int>), type.GetMethod(name));

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static long Run(Func<int, int> method)
        {
            long sum = 0;
            for (int i = 0; i < Calls; i++) sum += method(i);
            return sum;
        }

        // Often enough for the JIT to have inlined the methods at its highest tier; then the points come.
        private static void RunLate(string library)
        {
            var methods = new Func<int, int>[]
            {
                LateCallers.Same, LateCallers.Nested, LateCallers.OtherModule, LateCallers.Generic, LateCallers.OfGenericType,
                LateCallers.NonVersionable
            };
            long sum = 0;
            for (int i = 0; i < 50; i++)
            {
                foreach (var method in methods) sum += Run(method);
                Thread.Sleep(10);
            }
            var loop = new Thread(() => LateCallers.Loop(-1));
            loop.Start();
            Thread.Sleep(100);
            string extensions = Path.Combine(Environment.GetEnvironmentVariable("CORECLR_NEW_RELIC_HOME"), "extensions");
            File.Copy(Path.Combine(extensions, "Late.later"), Path.Combine(extensions, "Late.xml"), true);
            var refresh = Marshal.GetDelegateForFunctionPointer<Refresh>(
                NativeLibrary.GetExport(NativeLibrary.Load(library), "InstrumentationRefresh"));
            int result = refresh();
            LateCallers.Stop = true;
            loop.Join();
            foreach (var method in methods) sum += Run(method);
            sum += LateCallers.Loop(Calls);
            Console.WriteLine(sum + " " + result);
        }

        private delegate int Refresh();
    }
}
