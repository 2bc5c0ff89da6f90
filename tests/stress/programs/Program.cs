// Runs one workload by name; without a name, lists them. "compiled" takes files. What a workload prints depends on nothing
// but its code: no clocks, no hash codes, no order of threads.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading.Tasks;

namespace Stress;

internal static class Program
{
    private static readonly Dictionary<string, Func<Task>> workloads = new()
    {
        ["json"] = SystemTextJson.Run,
        ["newtonsoft"] = NewtonsoftJson.Run,
        ["expressions"] = Expressions.Run,
        ["regex"] = Regexes.Run,
        ["concurrency"] = Concurrency.Run,
        ["xml"] = Xml.Run,
        ["http"] = Http.Run,
        ["kestrel"] = Kestrel.Run,
        ["libraries"] = Libraries.Run,
        ["loading"] = Loading.Run,
        ["failures"] = Failures.Run,
    };

    private static async Task<int> Main(string[] args)
    {
        if (args.Length > 0 && args[0] == "compiled")
        {
            Compiled.Run(args[1..]);
            return 3;
        }
        if (args.Length == 0)
        {
            foreach (string name in workloads.Keys) Console.WriteLine(name);
            return 0;
        }
        if (!workloads.TryGetValue(args[0], out Func<Task> run))
        {
            Console.Error.WriteLine($"no workload {args[0]}");
            return 2;
        }
        await run();
        return 3; // an exit status that is not there by chance
    }
}
