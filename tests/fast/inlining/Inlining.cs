// Calls small methods a known number of times; the agent must be told of each.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Inlining
{
    public static class Targets
    {
        public static int Same(int i) => i + 1;
        public static T Generic<T>(T value) => value;
        public static int Late(int i) => i + 1;

        public static class Nested
        {
            public static int Inner(int i) => i + 1;
        }
    }

    public sealed class Box<T>
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
        public static int OfGenericType(int i) => new Box<int> { Value = i }.Get() + new Box<string> { Value = "x" }.Get().Length;
        public static int Late(int i) => Targets.Late(i);
    }

    static class Program
    {
        private const int Calls = 1000;

        private static void Main(string[] args)
        {
            // A module whose methods are all inlined is not loaded for them.
            if (args[0].StartsWith("OtherModule")) System.Reflection.Assembly.Load("Library");
            if (args[0] == "late") Late(args[1]);
            else Console.WriteLine(Run(Method(args[0])));
        }

        private static Func<int, int> Method(string name) =>
            (Func<int, int>)Delegate.CreateDelegate(typeof(Func<int, int>), typeof(Callers).GetMethod(name));

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static long Run(Func<int, int> method)
        {
            long sum = 0;
            for (int i = 0; i < Calls; i++) sum += method(i);
            return sum;
        }

        // Long enough for the JIT to have inlined the method at its highest tier; then the point comes.
        private static void Late(string library)
        {
            var method = Method("Late");
            long sum = 0;
            for (int i = 0; i < 50; i++)
            {
                sum += Run(method);
                Thread.Sleep(10);
            }
            string extensions = Path.Combine(Environment.GetEnvironmentVariable("CORECLR_NEW_RELIC_HOME"), "extensions");
            File.Copy(Path.Combine(extensions, "Late.later"), Path.Combine(extensions, "Late.xml"), true);
            var refresh = Marshal.GetDelegateForFunctionPointer<Refresh>(
                NativeLibrary.GetExport(NativeLibrary.Load(library), "InstrumentationRefresh"));
            int result = refresh();
            sum += Run(method);
            Console.WriteLine(sum + " " + result);
        }

        private delegate int Refresh();
    }
}
