// An assembly of which every method is instrumented.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Programs
{
    static class Wildcards
    {
        internal static void Run()
        {
            var shop = new Wild.Shop("corner");
            shop.Add(new Wild.Item("tea", 3), 2);
            shop.Add(new Wild.Item("cake", 5), 1);
            Expect.Same(shop.Total(), 11);
            Expect.Same(string.Join(" ", shop.Names()), "tea cake");
            Expect.Same(shop.Find("cake")?.Price, 5);
            Expect.Same(shop.Find("coffee"), null);
            Expect.Throws<ArgumentException>(() => shop.Add(null, 0));
            var opened = new TaskCompletionSource();
            Task<int> price = shop.PriceAsync("tea", opened.Task);
            opened.SetResult();
            Expect.Same(price.Result, 3);
            Expect.Same(Wild.Generic<int>.Twice(4).Count, 2);
            Expect.Same(Accessor.Read(shop), "corner");
        }
    }

    // The runtime makes the body of Name, so there is none to instrument.
    static class Accessor
    {
        internal static string Read(Wild.Shop shop) => Name(shop);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_name")]
        private static extern ref string Name(Wild.Shop shop);
    }
}
