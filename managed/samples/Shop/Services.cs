// What the shop does.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace Shop;

public sealed class OrderService(
    OrderRepository orders, CustomerRepository customers, ProductRepository products, StockService stock, PriceCalculator prices)
{
    /// <summary>The N+1 loop: one query for the orders, then one more for each of them.</summary>
    public async Task<List<OrderView>> LoadOrdersWithCustomersAsync()
    {
        var views = new List<OrderView>();
        foreach (Order order in await orders.ListAsync())
        {
            Customer customer = await customers.GetByIdAsync(order.CustomerId);
            views.Add(new OrderView(order.Id, customer.Name, prices.PriceOrder(order)));
        }
        return views;
    }

    public async Task<Receipt> PlaceOrderAsync(NewOrder order)
    {
        if (order.Lines.Count == 0) throw new ArgumentException("an order needs a line");
        Customer customer = await customers.GetByIdAsync(order.CustomerId);
        var total = default(Money);
        var reserved = new List<OrderLine>();
        try
        {
            foreach (OrderLine line in order.Lines)
            {
                Product product = await products.GetBySkuAsync(line.Sku);
                stock.Reserve(line.Sku, line.Quantity, out _);
                reserved.Add(line);
                total += product.Price * line.Quantity;
            }
            return new Receipt(customer.Id, total);
        }
        catch (OutOfStockException e) when (reserved.Count > 0 && reserved[^1].Sku != e.Sku)
        {
            foreach (OrderLine line in reserved) stock.Return(line.Sku, line.Quantity);
            throw;
        }
    }

    public async Task<List<MonthReport>> MonthlyReportAsync()
    {
        List<Order> all = await orders.FindSlowReportAsync();
        Money[] totals = prices.PriceAll(all);
        return all.Select((order, i) => (Month: order.Id % 12 + 1, Total: totals[i])).GroupBy(o => o.Month).OrderBy(g => g.Key)
            .Select(g => new MonthReport(g.Key, g.Count(), g.Aggregate(default(Money), (sum, o) => sum + o.Total))).ToList();
    }

    public async IAsyncEnumerable<Order> OrdersOfAsync(int customerId)
    {
        foreach (Order order in await orders.ListAsync())
        {
            if (order.CustomerId != customerId) continue;
            await Task.Yield();
            yield return order;
        }
    }
}

public sealed class PriceCalculator(Database database)
{
    private readonly Dictionary<string, Product> _bySku = database.Products.ToDictionary(p => p.Sku);

    public Money[] PriceAll(IReadOnlyList<Order> orders)
    {
        var totals = new Money[orders.Count];
        Parallel.For(0, orders.Count, i => totals[i] = PriceOrder(orders[i]));
        return totals;
    }

    public Money PriceOrder(Order order)
    {
        var total = default(Money);
        foreach (OrderLine line in order.Lines) total += PriceLine(line, out _);
        return total + Tax(total);
    }

    /// <summary>Three or more of a kind are cheaper.</summary>
    public Money PriceLine(OrderLine line, out Money discount)
    {
        Money full = _bySku[line.Sku].Price * line.Quantity;
        discount = full.Percent(line.Quantity >= 3 ? 10 : 0);
        return new Money(full.Cents - discount.Cents);
    }

    public static Money Tax(Money amount) => amount.Cents switch
    {
        < 1_000 => default,
        < 10_000 => amount.Percent(10),
        _ => amount.Percent(20),
    };
}

public sealed class StockService
{
    public const string ScarceSku = "books-003";
    public const int ScarceStock = 25;

    private readonly object _lock = new();
    private readonly Dictionary<string, int> _left;

    public StockService(Database database)
    {
        _left = database.Products.ToDictionary(p => p.Sku, _ => int.MaxValue);
        _left[ScarceSku] = ScarceStock;
    }

    public void Reserve(string sku, int quantity, out int left)
    {
        lock (_lock)
        {
            left = _left[sku] - quantity;
            if (left < 0) throw new OutOfStockException(sku);
            _left[sku] = left;
        }
    }

    public void Return(string sku, int quantity)
    {
        lock (_lock) _left[sku] += quantity;
    }

    public int Left(string sku)
    {
        lock (_lock) return _left[sku];
    }
}

public sealed class Catalog(Database database)
{
    public IEnumerable<Product> ProductsIn(string category)
    {
        foreach (Product product in database.Products)
            if (SkuParser.TryParse(product.Sku, out string found, out _) && found == category) yield return product;
    }

    public static IEnumerable<IReadOnlyList<T>> Pages<T>(IEnumerable<T> items, int size)
    {
        var page = new List<T>(size);
        foreach (T item in items)
        {
            page.Add(item);
            if (page.Count < size) continue;
            yield return page;
            page = new List<T>(size);
        }
        if (page.Count > 0) yield return page;
    }
}

public static class SkuParser
{
    /// <summary>A sku is a category, a dash and three digits.</summary>
    public static bool TryParse(ReadOnlySpan<char> sku, out string category, out int number)
    {
        int dash = sku.LastIndexOf('-');
        category = dash < 1 ? "" : sku[..dash].ToString();
        number = 0;
        return dash >= 1 && sku.Length == dash + 4 && int.TryParse(sku[(dash + 1)..], out number);
    }
}
