// The customers' visit: requests of every kind, from several clients at once.
// SPDX-License-Identifier: Apache-2.0
// Which client makes which request does not matter: every expected value is computed here from
// the number of requests and the contents of the tables alone.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Shop;

public sealed class Visit(ShopClient client, Options options, Checks checks)
{
    private readonly Database _tables = new();
    private int _next, _accepted, _refused;

    public async Task RunAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, options.Threads).Select(_ => Task.Run(ShopAsync)));

        int orders = Enumerable.Range(0, options.Requests).Count(n => n % 6 == 1);
        int accepted = Math.Min(orders, StockService.ScarceStock);
        checks.Equal(accepted, _accepted, "orders accepted");
        checks.Equal(orders - accepted, _refused, "orders refused");
        checks.Equal(StockService.ScarceStock - accepted, await client.GetStockAsync(StockService.ScarceSku), "stock left");
        await CheckErrorsAsync();

        Console.WriteLine($"{options.Requests} requests by {options.Threads} clients");
        Console.WriteLine($"{accepted} orders accepted, {orders - accepted} out of stock");
        Console.WriteLine($"revenue {TotalOf(_tables.Orders)} of {_tables.Orders.Count} orders");
    }

    private async Task ShopAsync()
    {
        for (int n; (n = Interlocked.Increment(ref _next) - 1) < options.Requests;)
        {
            await (n % 24 == 8 ? CheckReportAsync() : (n % 6) switch
            {
                0 => CheckOrdersAsync(),
                1 => PlaceScarceOrderAsync(n),
                2 => CheckOrderAsync(n % Database.OrderCount + 1),
                3 => CheckProductsAsync(),
                4 => CheckCitiesAsync(),
                _ => CheckOrdersOfAsync(n % Database.CustomerCount + 1),
            });
        }
    }

    private async Task CheckOrdersAsync()
    {
        List<OrderView> orders = await client.GetOrdersAsync();
        checks.Same(_tables.Orders.Select(o => new OrderView(o.Id, $"Customer {o.CustomerId}", TotalOf([o]))), orders, "orders");
    }

    private async Task CheckOrderAsync(int id)
    {
        Order order = await client.GetOrderAsync(id), expected = _tables.Orders[id - 1];
        checks.Equal(expected.CustomerId, order.CustomerId, "customer of an order");
        checks.Same(expected.Lines, order.Lines, "lines of an order");
    }

    private async Task CheckOrdersOfAsync(int customer)
    {
        List<Order> orders = await client.GetOrdersOfAsync(customer);
        checks.Same(_tables.Orders.Where(o => o.CustomerId == customer).Select(o => o.Id), orders.Select(o => o.Id), "orders of a customer");
    }

    private async Task PlaceScarceOrderAsync(int n)
    {
        string plenty = _tables.Products[^1].Sku;
        try
        {
            Receipt receipt = await client.PlaceOrderAsync(new NewOrder(n % Database.CustomerCount + 1,
                [new OrderLine(plenty, 2), new OrderLine(StockService.ScarceSku, 1)]));
            checks.Equal(new Receipt(n % Database.CustomerCount + 1, new Money(2 * 3199 + 499)), receipt, "receipt");
            Interlocked.Increment(ref _accepted);
        }
        catch (ShopException e) when (e.Status == 409)
        {
            checks.Equal("OutOfStockException books-003 is out of stock", $"{e.Error} {e.Message}", "refusal");
            Interlocked.Increment(ref _refused);
        }
    }

    private async Task CheckReportAsync()
    {
        List<MonthReport> report = await client.GetReportAsync();
        checks.Equal(12, report.Count, "months");
        checks.Equal(Database.OrderCount, report.Sum(m => m.Orders), "orders of the report");
        checks.Equal(TotalOf(_tables.Orders).Cents, report.Sum(m => m.Revenue.Cents), "revenue of the report");
    }

    private async Task CheckProductsAsync()
    {
        List<List<Product>> pages = await client.GetProductPagesAsync("tools");
        checks.Same([4, 4, 2], pages.Select(p => p.Count), "pages");
        checks.Same(_tables.Products.Where(p => p.Category == "tools"), pages.SelectMany(p => p), "products");
    }

    private async Task CheckCitiesAsync()
    {
        Dictionary<string, int> cities = await client.GetCitiesAsync();
        checks.Equal("Lima 6, Oslo 6", string.Join(", ", cities.OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}")), "cities");
    }

    private async Task CheckErrorsAsync()
    {
        await CheckErrorAsync(404, "KeyNotFoundException", client.GetOrderAsync(4711));
        await CheckErrorAsync(400, "ArgumentException", client.PlaceOrderAsync(new NewOrder(1, [])));
        await CheckErrorAsync(404, "KeyNotFoundException", client.PlaceOrderAsync(new NewOrder(99, [new OrderLine("toys-002", 1)])));
    }

    private async Task CheckErrorAsync(int status, string error, Task request)
    {
        try
        {
            await request;
            checks.That(false, $"no {error}");
        }
        catch (ShopException e)
        {
            checks.Equal($"{status} {error}", $"{e.Status} {e.Error}", "error");
            checks.Stack(e, "error", "Shop.ShopClient.ReadAsync", "Shop.Visit.CheckErrorAsync");
        }
    }

    // The prices once more, without the shop's own calculator.
    private Money TotalOf(IEnumerable<Order> orders) => new(orders.Sum(order =>
    {
        long net = order.Lines.Sum(line =>
        {
            long full = _tables.Products.Single(p => p.Sku == line.Sku).Price.Cents * line.Quantity;
            return line.Quantity >= 3 ? full - full / 10 : full;
        });
        return net + (net < 1_000 ? 0 : net < 10_000 ? net / 10 : net / 5);
    }));
}
