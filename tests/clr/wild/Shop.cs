// A small class library with a little of everything.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace Wild
{
    public class Item
    {
        public Item(string name, int price)
        {
            Name = name;
            Price = price;
        }

        public string Name { get; }

        public int Price { get; }

        public override string ToString() => Name;
    }

    public class Shop
    {
        private readonly List<(Item Item, int Count)> _items = new List<(Item, int)>();

        private readonly string _name;

        public Shop(string name) => _name = name;

        public void Add(Item item, int count)
        {
            if (item == null) throw new ArgumentException("no item");
            _items.Add((item, count));
        }

        public int Total()
        {
            int total = 0;
            foreach ((Item item, int count) in _items) total += Cost(item, count);
            return total;
        }

        private static int Cost(Item item, int count) => item.Price * count;

        public IEnumerable<string> Names()
        {
            foreach ((Item item, int _) in _items) yield return item.Name;
        }

        public Item Find(string name) => _items.Select(i => i.Item).FirstOrDefault(i => i.Name == name);

        public async Task<int> PriceAsync(string name, Task opened)
        {
            await opened;
            return Find(name).Price;
        }

        public override string ToString() => _name;
    }

    public static class Generic<T>
    {
        public static List<T> Twice(T value) => new List<T> { value, value };
    }

    public static class Loaded
    {
        public static string InContext(string name) => "in " + name;
    }
}
