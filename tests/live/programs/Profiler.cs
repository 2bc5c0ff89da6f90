// The exports, as the managed agent declares them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Live
{
    public static unsafe class Profiler
    {
        public const int Ok = 0, False = 1, Fail = unchecked((int)0x80004005),
            Unexpected = unchecked((int)0x8000FFFF), Abort = unchecked((int)0x80004004),
            InvalidArgument = unchecked((int)0x80070057);

        private const string Library = "NewRelicProfiler";

        static Profiler()
        {
            NativeLibrary.SetDllImportResolver(typeof(Profiler).Assembly, (name, assembly, path) =>
                name == Library ? NativeLibrary.Load(Environment.GetEnvironmentVariable("NR_TEST_LIBRARY")) : IntPtr.Zero);
        }

        [DllImport(Library)] public static extern int InstrumentationRefresh();
        [DllImport(Library)] public static extern int ReloadConfiguration();
        [DllImport(Library)] public static extern int AddCustomInstrumentation([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string xml);
        [DllImport(Library)] public static extern int ApplyCustomInstrumentation();
        [DllImport(Library)] public static extern int RequestProfile(ThreadStack** stacks, int* length);
        [DllImport(Library)] public static extern int RequestFunctionNames(nuint* functions, int length, FunctionName** names);
        [DllImport(Library)] public static extern void ReleaseProfile();
        [DllImport(Library)] public static extern void ShutdownThreadProfiler();
        [DllImport(Library)] public static extern nuint GetCurrentExecutionEngineThreadId();
        [DllImport(Library)] public static extern long HeapInUse();

        public struct ThreadStack
        {
            public nuint Thread;
            public int Result, Length;
            public nuint* Functions;
        }

        public struct FunctionName
        {
            public nuint Function;
            public char* Type, Method;
        }

        public sealed class Stack
        {
            public nuint Thread;
            public int Result;
            public nuint[] Functions;
        }

        /// A profile in memory of our own; the profiler's is released.
        public static int Profile(List<Stack> stacks)
        {
            ThreadStack* data = null;
            int length = 0;
            int result = RequestProfile(&data, &length);
            if (result != Ok) return result;
            for (int i = 0; i < length; i++)
            {
                ThreadStack stack = data[i];
                stacks.Add(new Stack { Thread = stack.Thread, Result = stack.Result,
                    Functions = new ReadOnlySpan<nuint>(stack.Functions, stack.Length).ToArray() });
            }
            ReleaseProfile();
            return result;
        }

        public static string[] Names(nuint[] functions)
        {
            FunctionName* names = null;
            var texts = new string[functions.Length];
            if (functions.Length == 0) return texts;
            fixed (nuint* data = functions)
            {
                int result = RequestFunctionNames(data, functions.Length, &names);
                if (result != Ok) throw new InvalidOperationException("RequestFunctionNames: 0x" + result.ToString("x"));
            }
            for (int i = 0; i < texts.Length; i++)
            {
                if (names[i].Function != functions[i]) throw new InvalidOperationException("another function's name");
                texts[i] = new string(names[i].Type) + "." + new string(names[i].Method);
            }
            return texts;
        }
    }
}
