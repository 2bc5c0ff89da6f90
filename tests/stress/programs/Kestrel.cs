// A web application on Kestrel: hosting, routing, minimal APIs, middleware, dependency injection.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Stress;

internal static class Kestrel
{
    private sealed class Counter
    {
        public int Next { get; set; }
    }

    private interface IStore<T>
    {
        T Get(int id);
    }

    private sealed class Orders : IStore<Order>
    {
        public Order Get(int id) => id < 5 ? Order.Sample(id) : null;
    }

    public static async Task Run()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddScoped<Counter>().AddSingleton<IStore<Order>, Orders>();
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.WriteIndented = true);
        await using WebApplication application = builder.Build();
        application.Urls.Add("http://127.0.0.1:0");
        Map(application);
        await application.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.Single()) };
        await Ask(client);
        await application.StopAsync();
    }

    private static void Map(WebApplication application)
    {
        application.Use(async (context, next) =>
        {
            context.Response.Headers["X-Stress"] = $"{context.RequestServices.GetRequiredService<Counter>().Next++}";
            await next(context);
        });
        application.MapGet("/orders/{id:int}", (int id, IStore<Order> store) =>
            store.Get(id) is Order order ? Results.Ok(order) : Results.NotFound());
        application.MapPost("/lines", (Line line, Counter counter) => $"{line.Product} {line.Count} {counter.Next}");
        application.MapGet("/fail", string () => throw new InvalidOperationException("on purpose"));
        application.MapGroup("/group").MapGet("/{**rest}", (string rest, string q) => TypedResults.Text($"{rest} {q}"));
    }

    private static async Task Ask(HttpClient client)
    {
        foreach (string path in new[] { "/orders/1", "/orders/9", "/orders/x", "/group/a/b?q=%C3%A4", "/fail", "/none" })
        {
            using HttpResponseMessage response = await client.GetAsync(path);
            string counter = response.Headers.TryGetValues("X-Stress", out var values) ? values.First() : "-";
            Console.WriteLine($"{path} {(int)response.StatusCode} {counter} {(await response.Content.ReadAsStringAsync()).Length}");
        }
        using HttpResponseMessage posted = await client.PostAsJsonAsync("/lines", new Line { Product = "p", Count = 3 });
        Console.WriteLine(await posted.Content.ReadAsStringAsync());
        using HttpResponseMessage wrong = await client.PostAsync("/lines", new StringContent("{"));
        Console.WriteLine((int)wrong.StatusCode);
        string[] all = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => client.GetStringAsync($"/orders/{i % 5}")));
        Console.WriteLine(all.Sum(s => s.Length));
    }
}
