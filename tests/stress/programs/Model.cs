// The data that both JSON workloads and the XML one carry around.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Serialization;

namespace Stress;

public enum Color { Red, Green, Blue }

public readonly record struct Money(decimal Amount, string Currency);

[JsonDerivedType(typeof(Circle), "circle")]
[JsonDerivedType(typeof(Square), "square")]
public abstract class Shape
{
    public Color Color { get; set; }
    public abstract double Area { get; }
}

public sealed class Circle : Shape
{
    public double Radius { get; set; }
    public override double Area => Math.Round(Radius * Radius * 3, 6);
}

public sealed class Square : Shape
{
    public double Side { get; set; }
    public override double Area => Side * Side;
}

public sealed class Line
{
    public string Product { get; set; }
    public int Count { get; set; }
    public Money Price { get; set; }
    public DayOfWeek? Delivery { get; set; }
}

public sealed class Order
{
    public Guid Id { get; set; }
    public DateTime Date { get; set; }
    public List<Line> Lines { get; set; } = new();
    public Dictionary<string, int[]> Tags { get; set; } = new();
    public (int, string) Pair;
    public byte[] Data { get; set; }
    public Order Next { get; set; }

    public static Order Sample(int seed)
    {
        var random = new Random(seed);
        return new Order
        {
            Id = new Guid(seed, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            Date = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddMinutes(seed * 1000),
            Lines = Enumerable.Range(0, 5).Select(i => new Line
            {
                Product = "Stück \"" + (char)('a' + random.Next(26)) + "\" \u2603\U0001F600",
                Count = random.Next(100),
                Price = new Money(random.Next(100000) / 100m, i % 2 == 0 ? "EUR" : null),
                Delivery = i % 3 == 0 ? null : (DayOfWeek)i,
            }).ToList(),
            Tags = { ["a"] = new[] { 1, 2, seed }, ["ß"] = Array.Empty<int>() },
            Pair = (seed, "pair"),
            Data = Enumerable.Range(0, 50).Select(i => (byte)(i * seed)).ToArray(),
            Next = seed > 0 ? Sample(seed - 1) : null,
        };
    }
}
