// How the services get at the tables.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace Shop;

public class Repository<T>(Database database, IReadOnlyList<T> table) where T : class, IEntity
{
    protected Database Database { get; } = database;

    public Task<List<T>> ListAsync() => Database.QueryAsync(table, _ => true, 2);

    public async Task<T> GetAsync(int id)
    {
        List<T> found = await Database.QueryAsync(table, row => row.Id == id, 1);
        return found.SingleOrDefault() ?? throw new KeyNotFoundException($"no {typeof(T).Name} {id}");
    }

    public async Task<Dictionary<TKey, int>> CountByAsync<TKey>(Func<T, TKey> key) where TKey : notnull
    {
        List<T> rows = await ListAsync();
        return rows.GroupBy(key).ToDictionary(g => g.Key, g => g.Count());
    }
}

public sealed class CustomerRepository(Database database) : Repository<Customer>(database, database.Customers)
{
    public async Task<Customer> GetByIdAsync(int id) => await GetAsync(id);
}

public sealed class ProductRepository(Database database) : Repository<Product>(database, database.Products)
{
    private readonly ConcurrentDictionary<string, Product> _cache = new();

    /// <summary>Asks the database for each product once.</summary>
    public ValueTask<Product> GetBySkuAsync(string sku) =>
        _cache.TryGetValue(sku, out Product? product) ? new ValueTask<Product>(product) : LoadAsync(sku);

    private async ValueTask<Product> LoadAsync(string sku)
    {
        List<Product> found = await Database.QueryAsync(Database.Products, p => p.Sku == sku, 1);
        return _cache.GetOrAdd(sku, found.Count == 1 ? found[0] : throw new KeyNotFoundException($"no product {sku}"));
    }
}

public sealed class OrderRepository(Database database) : Repository<Order>(database, database.Orders)
{
    /// <summary>The slow query: reads every order, with no index to help.</summary>
    public async Task<List<Order>> FindSlowReportAsync()
    {
        return await Database.QueryAsync(Database.Orders, _ => true, 150);
    }
}
