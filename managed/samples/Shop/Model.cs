// What the shop deals in, as stored and as sent.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shop;

[JsonConverter(typeof(MoneyConverter))]
public readonly record struct Money(long Cents)
{
    public static Money operator +(Money a, Money b) => new(a.Cents + b.Cents);
    public static Money operator *(Money a, int n) => new(a.Cents * n);
    public Money Percent(int percent) => new(Cents * percent / 100);
    public override string ToString() => (Cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}

public sealed class MoneyConverter : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new((long)(reader.GetDecimal() * 100));
    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Cents / 100m);
}

public interface IEntity
{
    int Id { get; }
}

public sealed record Customer(int Id, string Name, string City) : IEntity;
public sealed record Product(int Id, string Sku, string Category, Money Price) : IEntity;
public sealed record OrderLine(string Sku, int Quantity);
public sealed record Order(int Id, int CustomerId, IReadOnlyList<OrderLine> Lines) : IEntity;

public sealed record OrderView(int Id, string Customer, Money Total);
public sealed record MonthReport(int Month, int Orders, Money Revenue);
public sealed record NewOrder(int CustomerId, IReadOnlyList<OrderLine> Lines);
public sealed record Receipt(int CustomerId, Money Total);
public sealed record Problem(string Error, string Detail);

public sealed class OutOfStockException(string sku) : Exception($"{sku} is out of stock")
{
    public string Sku { get; } = sku;
}
