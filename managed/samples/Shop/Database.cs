// Tables in memory behind queries that take the time of a network and a disk.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace Shop;

public sealed class Database
{
    public const int CustomerCount = 12, ProductCount = 30, OrderCount = 40;
    private static readonly string[] s_categories = ["books", "tools", "toys"];

    public IReadOnlyList<Customer> Customers { get; } =
        Rows(CustomerCount, id => new Customer(id, $"Customer {id}", id % 2 == 0 ? "Oslo" : "Lima"));

    public IReadOnlyList<Product> Products { get; } =
        Rows(ProductCount, id => new Product(id, $"{s_categories[id % 3]}-{id:000}", s_categories[id % 3], new Money(199 + 100 * id)));

    public IReadOnlyList<Order> Orders { get; }

    public Database() => Orders = Rows(OrderCount, id => new Order(id, id * 7 % CustomerCount + 1,
        Rows(1 + id % 3, line => new OrderLine(Products[(id * 5 + line * 11) % ProductCount].Sku, 1 + (id + line) % 4))));

    public async Task<List<T>> QueryAsync<T>(IEnumerable<T> table, Func<T, bool> where, int milliseconds)
    {
        await Task.Delay(milliseconds);
        return table.Where(where).ToList();
    }

    private static List<T> Rows<T>(int count, Func<int, T> make) => Enumerable.Range(1, count).Select(make).ToList();
}
