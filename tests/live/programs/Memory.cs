// Refreshes of all kinds with a copy of the library that counts the memory it holds (../heap.c).
// SPDX-License-Identifier: Apache-2.0
using System;
using static Live.Program;

namespace Live
{
    public static class Memory
    {
        private static void Measure(string what, Action<int> refresh)
        {
            const int rounds = 300;
            for (int i = 0; i < 50; i++) refresh(i);
            long held = Profiler.HeapInUse();
            for (int i = 0; i < rounds; i++) refresh(i);
            held = Profiler.HeapInUse() - held;
            Check(held < rounds, $"the library keeps {held} bytes of {rounds} refreshes: {what}");
        }

        private static void To(params string[] methods)
        {
            Refresh.Write("extensions/Live.xml", Refresh.Points(methods));
            Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "a refresh");
            for (int i = 0; i < 3; i++) Targets.CallAll();
        }

        private static void To(bool some, params string[] methods)
        {
            To(some ? methods : Array.Empty<string>());
        }

        public static void Run()
        {
            Targets.Instrumented();
            Measure("nothing changes", i => To("First"));
            Measure("a method comes and goes", i => To(i % 2 == 0, "First"));
            Measure("a metric has another name", i => To("First metric" + i % 2));
            Measure("a generic method comes and goes", i => To(i % 2 == 0, "Generic"));
            Measure("five methods come and go", i => To(i % 2 == 0, "First", "Second", "Third", "Traced", "Inner+Nested"));
        }
    }
}
