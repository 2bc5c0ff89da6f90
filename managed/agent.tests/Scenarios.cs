// Small programs for OutputTests: each runs in a process of its own and ends in its own way.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using NewRelic.Agent.Core;

namespace NewRelic.Agent.Tests;

internal static class Scenarios
{
    public static async Task<int> Run(string name, string[] args)
    {
        switch (name)
        {
            case "nothing":
                return AgentApi.WriteReport() == null ? 3 : 1;

            case "orders":
                await Orders(20);
                return 3;

            case "many-calls":
                Inject.Call("Many", "Outer", () =>
                {
                    for (int i = 0; i < 5000; i++) Inject.Call("Many", "Inner", () => { });
                });
                return 0;

            case "many-methods":
                for (int i = 0; i < Settings.MaxMethods + 100; i++) Inject.Enter("Many", "M" + i)(null, null);
                return 0;

            case "many-paths":
                Paths(30);
                return 0;

            case "deep":
                var open = new Stack<Action<object?, Exception?>>();
                Inject.Call("Deep", "Outer", () =>
                {
                    for (int i = 0; i < Settings.MaxDepth + 500; i++) open.Push(Inject.Enter("Deep", "Inner"));
                    while (open.TryPop(out Action<object?, Exception?>? finish)) finish(null, null);
                });
                return 0;

            case "many-threads":
                using (var gate = new ManualResetEventSlim())
                {
                    Thread[] threads = Enumerable.Range(0, Settings.MaxThreads + 20).Select(_ => new Thread(() =>
                    {
                        Inject.Call("Many", "Work", () => gate.Wait());
                    }, 64 * 1024)).ToArray();
                    foreach (Thread t in threads) t.Start();
                    gate.Set();
                    foreach (Thread t in threads) t.Join();
                }
                return 0;

            case "throw":
                Inject.Call("Dies", "Work", () => throw new InvalidOperationException("on purpose"));
                return 0;

            case "exit-inside":
                Inject.Call("Exits", "Work", () => Environment.Exit(7));
                return 0;

            case "wait":
                Inject.Call("Waits", "Work", () =>
                {
                    Console.WriteLine("ready");
                    Thread.Sleep(Timeout.Infinite);
                });
                return 0;

            case "api":
                AgentApi.RecordMetric("Custom/Size", 2.5f);
                AgentApi.RecordMetric("Custom/Size", 4);
                AgentApi.IncrementCounter("Custom/Hits");
                AgentApi.RecordResponseTimeMetric("Custom/Time", 40);
                AgentApi.NoticeError(new FormatException());
                AgentApi.NoticeError("message", (IDictionary<string, string>?)null);
                return 0;

            default:
                return 1;
        }
    }

    /// <summary>A loop of calls, one of them slow, some of which throw, with a name that needs escaping.</summary>
    private static Task Orders(int count) => Inject.Call("Shop", "TaskAsync", async () =>
    {
        for (int i = 0; i < count; i++)
        {
            await Inject.Call("Shop", "ValueTaskAsync", async () =>
            {
                await Task.Delay(1);
                Inject.Call("Shop", "Parse\"\\\u0001\ud800", () => { });
            });
        }
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Inject.Call("Shop", "GenericTaskAsync", async () =>
        {
            await Task.Delay(30);
            return 0;
        })));
        try { Inject.Call("Shop", "Check", () => throw new FormatException()); }
        catch (FormatException) { }
    });

    // Every order of calls is a path: far more of them than nodes.
    private static void Paths(int methods)
    {
        var random = new Random(1);
        for (int run = 0; run < 6000; run++)
        {
            var open = new Stack<Action<object?, Exception?>>();
            foreach (int m in Enumerable.Range(0, methods).OrderBy(_ => random.Next()).Take(12)) open.Push(Inject.Enter("Paths", "M" + m));
            while (open.TryPop(out Action<object?, Exception?>? finish)) finish(null, null);
        }
    }
}
