// Methods that points of the scenarios name.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using NewRelic.Api.Agent;

namespace Live
{
    public static class Targets
    {
        [MethodImpl(MethodImplOptions.NoInlining)] public static int First(int a) { return a + 1; }
        [MethodImpl(MethodImplOptions.NoInlining)] public static int Second(int a) { return a + 2; }
        [MethodImpl(MethodImplOptions.NoInlining)] public static int Third(int a) { if (a < 0) return 0; return a + 3; }
        [MethodImpl(MethodImplOptions.NoInlining)] public static T Generic<T>(T a) { return a; }
        [Trace, MethodImpl(MethodImplOptions.NoInlining)] public static int Traced(int a) { return a + 4; }

        public static class Inner
        {
            [MethodImpl(MethodImplOptions.NoInlining)] public static int Nested(int a) { return a + 5; }
        }

        public static void CallAll()
        {
            Program.Equal(First(1), 2, "First");
            Program.Equal(Second(1), 3, "Second");
            Program.Equal(Third(1), 4, "Third");
            Program.Equal(Generic(1), 1, "Generic of int");
            Program.Equal(Generic("a"), "a", "Generic of string");
            Program.Equal(Traced(1), 5, "Traced");
            Program.Equal(Inner.Nested(1), 6, "Nested");
        }

        private static ConcurrentDictionary<string, int> calls;

        /// How many calls of a method the agent counted, by any metric; after Instrumented.
        public static int Count(string method)
        {
            return calls.Where(call => call.Key.StartsWith(method + " ")).Sum(call => call.Value);
        }

        /// What the agent counted: "First  , Second metric" for methods whose calls all arrived.
        public static string Instrumented()
        {
            calls?.Clear();
            for (int i = 0; i < 10; i++) CallAll();
            if (calls == null)
            {
                Assembly agent = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == "NewRelic.Agent.Core");
                if (agent == null) return "";
                calls = (ConcurrentDictionary<string, int>)agent.GetType("NewRelic.Agent.Core.AgentShim").GetField("Calls").GetValue(null);
            }
            return string.Join(",", calls.Where(call => !call.Key.StartsWith("end of ") && call.Value >= 10 &&
                calls["end of " + call.Key.Split(' ')[0]] == call.Value).Select(call => call.Key.Trim()).Order());
        }
    }
}
