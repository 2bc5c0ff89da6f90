// A process that the library does not profile: every export answers with an error.
// SPDX-License-Identifier: Apache-2.0
using static Live.Program;

namespace Live
{
    public static unsafe class Exports
    {
        public static void Absent()
        {
            Profiler.ThreadStack* stacks = null;
            Profiler.FunctionName* names = null;
            int length = 0;
            nuint function = 1;
            for (int i = 0; i < 3; i++)
            {
                Equal(Profiler.InstrumentationRefresh(), Profiler.Fail, "InstrumentationRefresh");
                Equal(Profiler.ReloadConfiguration(), Profiler.Fail, "ReloadConfiguration");
                Equal(Profiler.AddCustomInstrumentation("a.xml", "<a/>"), Profiler.Fail, "AddCustomInstrumentation");
                Equal(Profiler.AddCustomInstrumentation(null, null), Profiler.Fail, "AddCustomInstrumentation of nothing");
                Equal(Profiler.ApplyCustomInstrumentation(), Profiler.Fail, "ApplyCustomInstrumentation");
                Equal(Profiler.RequestProfile(&stacks, &length), Profiler.Unexpected, "RequestProfile");
                Equal(Profiler.RequestProfile(null, null), Profiler.Unexpected, "RequestProfile of nothing");
                Equal(Profiler.RequestFunctionNames(&function, 1, &names), Profiler.Unexpected, "RequestFunctionNames");
                Profiler.ReleaseProfile();
                Profiler.ShutdownThreadProfiler();
                Equal(Profiler.GetCurrentExecutionEngineThreadId(), (nuint)0, "GetCurrentExecutionEngineThreadId");
            }
        }
    }
}
