// Starts the shop, lets its customers in, checks what they got, and says so.
// SPDX-License-Identifier: Apache-2.0
// The output is the same on every run with the same options, and shows no times, so that a run under a
// profiler can be compared with one without. Exit status: 0, 1 if a check failed, 2 for wrong
// options, 143 when stopped by SIGTERM or Ctrl-C.
using System;
using System.Threading.Tasks;

namespace Shop;

public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (!Options.TryParse(args, out Options options))
        {
            Console.Error.WriteLine("usage: Shop [--requests N] [--threads N]");
            return 2;
        }
        var checks = new Checks();
        await using ShopServer server = await ShopServer.StartAsync();
        try
        {
            using var client = new ShopClient(server.Address, server.Stopping);
            await new Visit(client, options, checks).RunAsync();
            LanguageTour.Run(checks);
            await LanguageTour.RunAsync(checks);
        }
        catch (OperationCanceledException) when (server.Stopping.IsCancellationRequested)
        {
            return 143;
        }
        return checks.Summarize();
    }
}

public sealed record Options(int Requests, int Threads)
{
    public static bool TryParse(string[] args, out Options options)
    {
        options = new Options(Requests: 240, Threads: 4);
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !int.TryParse(args[i + 1], out int value) || value < 1) return false;
            switch (args[i])
            {
                case "--requests":
                    options = options with { Requests = value };
                    break;
                case "--threads":
                    options = options with { Threads = value };
                    break;
                default:
                    return false;
            }
        }
        return true;
    }
}
