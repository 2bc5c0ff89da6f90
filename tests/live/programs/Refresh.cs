// Points come and go while the process runs; the calls that arrive at the agent show which are there.
// SPDX-License-Identifier: Apache-2.0
using System.IO;
using System.Linq;
using static Live.Program;

namespace Live
{
    public static class Refresh
    {
        public static string Points(params string[] methods)
        {
            return "<?xml version=\"1.0\" encoding=\"utf-8\"?><extension xmlns=\"urn:newrelic-extension\"><instrumentation>" +
                string.Concat(methods.Select(Point)) + "</instrumentation></extension>";
        }

        // "Method", "Method metric" or "Inner+Method"
        private static string Point(string text)
        {
            string[] parts = text.Split(' ');
            bool nested = parts[0].StartsWith("Inner+");
            return "<tracerFactory" + (parts.Length > 1 ? " metricName=\"" + parts[1] + "\"" : "") + "><match assemblyName=\"Live\" className=\"Live.Targets" +
                (nested ? "+Inner" : "") + "\"><exactMethodMatcher methodName=\"" + parts[0].Replace("Inner+", "") + "\"/></match></tracerFactory>";
        }

        public static void Write(string name, string text)
        {
            string file = Path.Combine(Home, name);
            File.WriteAllText(file + ".new", text);
            File.Move(file + ".new", file, true);
        }

        private static void Step(int result, int expected, string instrumented, string what)
        {
            Equal(result, expected, what);
            Equal(Targets.Instrumented(), instrumented, "methods instrumented after " + what);
        }

        public static void Run()
        {
            const string live = "extensions/Live.xml";
            string config = File.ReadAllText(Path.Combine(Home, "newrelic.config"));
            Targets.Instrumented();
            Step(0, 0, "First,Traced", "start");
            Write(live, Points("First", "Second", "Generic", "Inner+Nested"));
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "First,Generic,Nested,Second,Traced", "four points");
            Write(live, Points("Second", "Traced"));
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "Second,Traced", "two points");
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "Second,Traced", "no change");
            Write(live, Points("Second metric", "First"));
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "First,Second metric,Traced", "another metric, and an attribute without its point");

            Write("extensions/Broken.xml", "<extension><broken");
            Write(live, Points("Third"));
            Step(Profiler.InstrumentationRefresh(), Profiler.False, "First,Second metric,Traced", "a broken file");
            Write("extensions/Broken.xml", new string(' ', 17 << 20));
            Step(Profiler.InstrumentationRefresh(), Profiler.False, "First,Second metric,Traced", "a file that is too large");
            File.Delete(Path.Combine(Home, "extensions/Broken.xml"));
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "Third,Traced", "no broken file any more");

            Step(Profiler.ApplyCustomInstrumentation(), Profiler.Ok, "Third,Traced", "nothing applied");
            Equal(Profiler.AddCustomInstrumentation(null, "<a/>"), Profiler.InvalidArgument, "no name");
            Equal(Profiler.AddCustomInstrumentation("a", null), Profiler.InvalidArgument, "no text");
            Equal(Profiler.AddCustomInstrumentation("lébendig.xml", Points("Traced")), Profiler.Ok, "a file to be replaced");
            Equal(Profiler.AddCustomInstrumentation("lébendig.xml", Points("First")), Profiler.Ok, "a live file");
            Equal(Profiler.AddCustomInstrumentation("b.xml", Points("Second")), Profiler.Ok, "another live file");
            Step(0, 0, "Third,Traced", "files added and not applied");
            Step(Profiler.ApplyCustomInstrumentation(), Profiler.Ok, "First,Second,Third,Traced", "live files");
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "First,Second,Third,Traced", "a refresh with live files");
            Profiler.AddCustomInstrumentation("b.xml", "no XML");
            Step(Profiler.ApplyCustomInstrumentation(), Profiler.False, "First,Second,Third,Traced", "a broken live file");
            Step(Profiler.ApplyCustomInstrumentation(), Profiler.Ok, "Third,Traced", "no live files any more");

            Write("newrelic.config", config.Replace("<rules>", "<rules><ignore assemblyName=\"live\" className=\"live.TARGETS\"/>"));
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "Third,Traced", "an ignore list that was not read");
            Step(Profiler.ReloadConfiguration(), Profiler.Ok, "Traced", "an ignore list");
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "Traced", "a refresh with the ignore list");
            Write("newrelic.config", "<configuration");
            Step(Profiler.ReloadConfiguration(), Profiler.Fail, "Traced", "a broken configuration");
            Write("newrelic.config", config);
            Step(Profiler.ReloadConfiguration(), Profiler.Ok, "Third,Traced", "no ignore list");

            long before = 0;
            for (int i = 0; i < 3000; i++)
            {
                if (i == 500) before = Megabytes();
                Equal(Profiler.InstrumentationRefresh(), Profiler.Ok, "one of many refreshes");
            }
            Check(Megabytes() - before < 5, "memory grew from " + before + " to " + Megabytes() + " MB in 2500 refreshes");
            File.Delete(Path.Combine(Home, live));
            Step(Profiler.InstrumentationRefresh(), Profiler.Ok, "Traced", "no points");
        }
    }
}
