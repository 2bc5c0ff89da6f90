// Newtonsoft.Json: objects, LINQ to JSON, paths, dynamic objects, converters, BSON-like streams, errors.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Linq;
using Newtonsoft.Json.Serialization;

namespace Stress;

internal static class NewtonsoftJson
{
    private static readonly JsonSerializerSettings settings = new()
    {
        Formatting = Formatting.Indented,
        TypeNameHandling = TypeNameHandling.Auto,
        PreserveReferencesHandling = PreserveReferencesHandling.Objects,
        ContractResolver = new CamelCasePropertyNamesContractResolver(),
        Converters = { new StringEnumConverter(), new MoneyConverter() },
        NullValueHandling = NullValueHandling.Ignore,
        DateTimeZoneHandling = DateTimeZoneHandling.Utc,
    };

    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money ReadJson(JsonReader reader, Type type, Money existing, bool has, JsonSerializer serializer)
        {
            JArray parts = JArray.Load(reader);
            return new Money((decimal)parts[0], (string)parts[1]);
        }

        public override void WriteJson(JsonWriter writer, Money value, JsonSerializer serializer) =>
            new JArray(value.Amount, value.Currency).WriteTo(writer);
    }

    public static async Task Run()
    {
        RoundTrips();
        Linq();
        Dynamic();
        Errors();
        await Async();
    }

    private static void RoundTrips()
    {
        for (int i = 0; i < 8; i++)
        {
            string text = JsonConvert.SerializeObject(Order.Sample(i), settings);
            string again = JsonConvert.SerializeObject(JsonConvert.DeserializeObject<Order>(text, settings), settings);
            Console.WriteLine($"{text.Length} {text == again}");
        }
        Console.WriteLine(JsonConvert.SerializeObject(Order.Sample(1), settings));
        var shapes = new List<Shape> { new Circle { Radius = 1.5, Color = Color.Blue }, new Square { Side = 1e-7 } };
        shapes.Add(shapes[0]);
        List<Shape> read = JsonConvert.DeserializeObject<List<Shape>>(JsonConvert.SerializeObject(shapes, settings), settings);
        Console.WriteLine(string.Join(' ', read.Select(s => $"{s.GetType().Name} {s.Color} {s.Area}")));
        Console.WriteLine(ReferenceEquals(read[0], read[2]));
        Console.WriteLine(JsonConvert.DeserializeXmlNode("""{"r":{"@a":"1","b":["x","y"]}}""").OuterXml);
        var target = new Line { Product = "p", Count = 1 };
        JsonConvert.PopulateObject("""{"count":7}""", target);
        Console.WriteLine($"{target.Product} {target.Count}");
    }

    private static void Linq()
    {
        JObject root = JObject.FromObject(Order.Sample(4));
        Console.WriteLine(root.SelectTokens("$..Lines[?(@.Count > 50)].Product").Count());
        Console.WriteLine(root.SelectToken("Next.Next.Lines[1].Price"));
        Console.WriteLine(root.DescendantsAndSelf().OfType<JProperty>().GroupBy(p => p.Name)
            .OrderBy(g => g.Key, StringComparer.Ordinal).Aggregate("", (s, g) => $"{s}{g.Key}={g.Count()} "));
        root["Next"]["Lines"].Children().First().Replace(new JValue("gone"));
        root.Merge(JObject.Parse("""{"Tags":{"a":[9]}}"""), new JsonMergeSettings { MergeArrayHandling = MergeArrayHandling.Union });
        Console.WriteLine($"{root["Tags"]["a"]} {JToken.DeepEquals(root, root.DeepClone())}");
    }

    private static void Dynamic()
    {
        dynamic value = JObject.Parse("""{"name":"x","list":[1,2,3],"inner":{"n":4.5}}""");
        value.added = 5;
        int sum = 0;
        foreach (dynamic item in value.list) sum += (int)item;
        Console.WriteLine($"{value.name} {sum} {value.inner.n + 1} {value.added} {value.none == null}");
    }

    private static void Errors()
    {
        foreach (string wrong in new[] { "{", "[1,]", "{\"lines\":5}", "{\"lines\":[{\"price\":[]}]}", "nul" })
        {
            try
            {
                JsonConvert.DeserializeObject<Order>(wrong, settings);
                Console.WriteLine("no error");
            }
            catch (Exception e) when (e is JsonException or ArgumentException)
            {
                Console.WriteLine($"{e.GetType().Name}: {e.Message}");
            }
        }
    }

    private static async Task Async()
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var writer = new JsonTextWriter(text))
        {
            await JToken.FromObject(Order.Sample(2)).WriteToAsync(writer);
        }
        using var reader = new JsonTextReader(new StringReader(text.ToString()));
        JToken read = await JToken.ReadFromAsync(reader);
        Console.WriteLine(read.ToString(Formatting.None).Length);
    }
}
