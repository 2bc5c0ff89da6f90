// The shop as a web service on a free port of this machine only.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Shop;

public sealed class ShopServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public Uri Address => new(_app.Urls.Single());
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    private ShopServer(WebApplication app) => _app = app;

    public static async Task<ShopServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<Database>().AddSingleton<CustomerRepository>().AddSingleton<ProductRepository>()
            .AddSingleton<OrderRepository>().AddSingleton<StockService>().AddSingleton<PriceCalculator>().AddSingleton<Catalog>()
            .AddSingleton<OrderService>();
        WebApplication app = builder.Build();
        app.Use(HandleErrorsAsync);
        MapEndpoints(app);
        await app.StartAsync();
        return new ShopServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.MapGet("/orders", (OrderService orders) => orders.LoadOrdersWithCustomersAsync());
        app.MapGet("/orders/{id:int}", (int id, OrderRepository orders) => orders.GetAsync(id));
        app.MapGet("/customers/{id:int}/orders", (int id, OrderService orders) => orders.OrdersOfAsync(id));
        app.MapPost("/orders", (NewOrder order, OrderService orders) => orders.PlaceOrderAsync(order));
        app.MapGet("/report", (OrderService orders) => orders.MonthlyReportAsync());
        app.MapGet("/products/{category}", (string category, Catalog catalog) => Catalog.Pages(catalog.ProductsIn(category), 4));
        app.MapGet("/cities", (CustomerRepository customers) => customers.CountByAsync(c => c.City));
        app.MapGet("/stock/{sku}", (string sku, StockService stock) => stock.Left(sku));
    }

    private static async Task HandleErrorsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (StatusOf(e) is { } status)
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsJsonAsync(new Problem(e.GetType().Name, e.Message));
        }
    }

    private static int? StatusOf(Exception e) => e switch
    {
        KeyNotFoundException => StatusCodes.Status404NotFound,
        OutOfStockException => StatusCodes.Status409Conflict,
        ArgumentException => StatusCodes.Status400BadRequest,
        _ => null,
    };
}
