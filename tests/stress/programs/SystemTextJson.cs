// System.Text.Json: by reflection, by generated code, by document, node, reader and writer, by stream.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Threading.Tasks;

namespace Stress;

[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(List<Shape>))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class Generated : JsonSerializerContext { }

internal static class SystemTextJson
{
    private static readonly JsonSerializerOptions options = new()
    {
        IncludeFields = true,
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(), new MoneyConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            string[] parts = reader.GetString().Split(' ');
            return new Money(decimal.Parse(parts[0]), parts[1].Length == 0 ? null : parts[1]);
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options) =>
            writer.WriteStringValue($"{value.Amount} {value.Currency}");
    }

    public static async Task Run()
    {
        RoundTrips();
        Documents();
        ReaderAndWriter();
        Errors();
        await Streams();
    }

    private static void RoundTrips()
    {
        for (int i = 0; i < 8; i++)
        {
            string text = JsonSerializer.Serialize(Order.Sample(i), options);
            string again = JsonSerializer.Serialize(JsonSerializer.Deserialize<Order>(text, options), options);
            Console.WriteLine($"{text.Length} {text == again}");
            string generated = JsonSerializer.Serialize(Order.Sample(i), Generated.Default.Order);
            Order order = JsonSerializer.Deserialize(generated, Generated.Default.Order);
            Console.WriteLine(generated == JsonSerializer.Serialize(order, Generated.Default.Order));
        }
        Console.WriteLine(JsonSerializer.Serialize(Order.Sample(1), options));
        var shapes = new List<Shape> { new Circle { Radius = 1.5, Color = Color.Blue }, new Square { Side = 1e-7 } };
        Console.WriteLine(JsonSerializer.Serialize(shapes, Generated.Default.ListShape));
        foreach (Shape shape in JsonSerializer.Deserialize<List<Shape>>(JsonSerializer.Serialize(shapes)))
        {
            Console.WriteLine($"{shape.GetType().Name} {shape.Color} {shape.Area}");
        }
    }

    private static void Documents()
    {
        using JsonDocument document = JsonDocument.Parse(JsonSerializer.Serialize(Order.Sample(3), options));
        Console.WriteLine(Depth(document.RootElement));
        JsonNode node = JsonNode.Parse("""{"a":[1,2.5,null,{"b":"\u00e4"}],"c":true}""");
        node["a"][3]["b"] = new JsonArray(1, "x", new JsonObject { ["y"] = 1e100 });
        Console.WriteLine(node.ToJsonString());
        Console.WriteLine(JsonNode.DeepEquals(node, node.DeepClone()));
    }

    private static int Depth(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => 1 + element.EnumerateObject().Select(p => Depth(p.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + element.EnumerateArray().Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static void ReaderAndWriter()
    {
        var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            for (int i = -50; i < 50; i++)
            {
                writer.WriteNumberValue(i * 1e17);
                writer.WriteStringValue(new string((char)(i + 80), 3));
                writer.WriteBooleanValue(i % 2 == 0);
            }
            writer.WriteEndArray();
        }
        var reader = new Utf8JsonReader(stream.ToArray());
        double sum = 0;
        var text = new StringBuilder();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number) sum += reader.GetDouble();
            if (reader.TokenType == JsonTokenType.String) text.Append(reader.GetString());
        }
        Console.WriteLine($"{sum} {text}");
    }

    private static void Errors()
    {
        foreach (string wrong in new[] { "", "{", "[1,]", "{\"id\":1}", "{\"lines\":[{\"price\":\"x y\"}]}", "nul" })
        {
            try
            {
                JsonSerializer.Deserialize<Order>(wrong, options);
                Console.WriteLine("no error");
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            }
        }
    }

    private static async Task Streams()
    {
        var stream = new MemoryStream();
        await JsonSerializer.SerializeAsync(stream, Enumerable.Range(0, 300).Select(i => new Line { Count = i }));
        stream.Position = 0;
        int sum = 0;
        await foreach (Line line in JsonSerializer.DeserializeAsyncEnumerable<Line>(stream)) sum += line.Count;
        Console.WriteLine(sum);
    }
}
