// Runs every test, or with "bench" the measurements, or one scenario in a process of its own.
// SPDX-License-Identifier: Apache-2.0
// A test is a public static method of a class named …Tests: void or Task, failing by an exception.
// Tests share the agent of this process, so each uses method names of its own.
using System;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;

namespace NewRelic.Agent.Tests;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // The agent of this process writes nothing, unless told where to.
        if (Environment.GetEnvironmentVariable("NRPROF_OUTPUT") == null) Environment.SetEnvironmentVariable("NRPROF_OUTPUT", "/dev/null/none");
        switch (args)
        {
            case ["bench"]:
                Bench.Run();
                return 0;
            case ["scenario", var name, .. var rest]:
                return await Scenarios.Run(name, rest);
            default:
                return await RunTests(args.FirstOrDefault() ?? "");
        }
    }

    private static async Task<int> RunTests(string filter)
    {
        int passed = 0, failed = 0;
        foreach (MethodInfo test in typeof(Program).Assembly.GetTypes().Where(t => t.Name.EndsWith("Tests"))
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)))
        {
            string name = $"{test.DeclaringType!.Name}.{test.Name}";
            if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase)) continue;
            var clock = Stopwatch.StartNew();
            try
            {
                if (test.Invoke(null, null) is Task task) await task;
                passed++;
                Console.WriteLine($"ok    {name} ({clock.ElapsedMilliseconds} ms)");
            }
            catch (Exception e)
            {
                failed++;
                Console.WriteLine($"FAIL  {name}\n{(e as TargetInvocationException)?.InnerException ?? e}");
            }
        }
        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
