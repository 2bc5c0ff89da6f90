// A tour of the libraries whose code the other workloads do not reach: LINQ, immutable and frozen
// collections, big numbers, tables, metadata, type converters, cryptography, archives, URIs.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.ComponentModel;
using System.Data;
using System.Diagnostics;
using System.Drawing;
using System.Formats.Asn1;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Net;
using System.Numerics;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;

namespace Stress;

internal static class Libraries
{
    public static Task Run()
    {
        Linq();
        Immutable();
        Numbers();
        Tables();
        Metadata();
        Converters();
        Cryptography();
        Archives();
        Addresses();
        Diagnostics();
        return Task.CompletedTask;
    }

    private static void Linq()
    {
        int[] numbers = Enumerable.Range(1, 200).Select(i => i * 37 % 101).ToArray();
        Console.WriteLine(string.Join(' ', numbers.Order().Distinct().Chunk(9).Select(c => c.Sum())));
        Console.WriteLine(string.Join(' ', numbers.GroupJoin(new[] { 3, 5 }, n => n % 7, k => k, (n, k) => n + k.Sum()).Take(10)));
        Console.WriteLine(numbers.Zip(numbers.Skip(1), (a, b) => a < b).Count(b => b));
        Console.WriteLine(numbers.ToLookup(n => n % 3)[2].Average());
        Console.WriteLine(string.Join(' ', numbers.Except(Enumerable.Range(0, 90)).Union(new[] { 1, 2 }).Append(3).Prepend(4)));
        Console.WriteLine(numbers.MaxBy(n => n % 50) + numbers.MinBy(n => -n) + numbers.Last(n => n < 50));
        Console.WriteLine(string.Concat("one two three".Split(' ').SelectMany(w => w.Reverse()).Cast<object>().OfType<char>()));
    }

    private static void Immutable()
    {
        var list = ImmutableList<int>.Empty;
        var map = ImmutableSortedDictionary<string, int>.Empty.ToBuilder();
        for (int i = 0; i < 100; i++)
        {
            list = list.Insert(list.Count / 2, i);
            map[$"k{i * 7 % 31}"] = i;
        }
        Console.WriteLine($"{list[49]} {list.IndexOf(7)} {map.ToImmutable().Count} {list.RemoveAll(i => i % 2 == 0).Count}");
        ImmutableArray<string> array = ImmutableArray.Create("x", "y").Add("z").Sort((a, b) => string.CompareOrdinal(b, a));
        Console.WriteLine(string.Join(',', array) + ImmutableStack.Create(1, 2).Pop().Peek());
        FrozenDictionary<string, int> frozen = Enumerable.Range(0, 50).ToFrozenDictionary(i => $"key{i}", i => i);
        Console.WriteLine(frozen["key33"] + frozen.Count(p => p.Value > 40));
        Console.WriteLine(Enumerable.Range(0, 99).ToFrozenSet().IsSupersetOf(new[] { 1, 98 }));
        var observed = new ObservableCollection<int>();
        int changes = 0;
        ((INotifyCollectionChanged)observed).CollectionChanged += (_, e) => changes += (int)e.Action + 1;
        observed.Add(1);
        observed.Insert(0, 2);
        observed.Move(0, 1);
        observed.Clear();
        Console.WriteLine(changes);
    }

    private static void Numbers()
    {
        BigInteger factorial = Enumerable.Range(1, 120).Aggregate(BigInteger.One, (a, b) => a * b);
        Console.WriteLine(factorial);
        Console.WriteLine(BigInteger.ModPow(3, factorial, BigInteger.Parse("1000000000000000000000007")));
        Console.WriteLine(BigInteger.Parse("-123456789012345678901234567890") / 987654321987654321 + (factorial >> 600));
        Console.WriteLine($"{BigInteger.GreatestCommonDivisor(factorial, 1 << 30):X} {(double)factorial:E5}");
        Console.WriteLine($"{Complex.Pow(new Complex(1, 2), 3).Magnitude:F6} {Complex.Sqrt(-4).Imaginary:F3}");
    }

    private static void Tables()
    {
        var table = new DataTable("t");
        table.Columns.Add("id", typeof(int));
        table.Columns.Add("name", typeof(string));
        table.Columns.Add("twice", typeof(int), "id * 2 + LEN(name)");
        table.PrimaryKey = new[] { table.Columns[0] };
        for (int i = 0; i < 40; i++) table.Rows.Add(i, new string('n', i % 5));
        Console.WriteLine(table.Select("twice > 50 AND name LIKE 'nn*'", "name DESC, id").Length);
        Console.WriteLine(table.Compute("SUM(twice)", "id < 10"));
        var set = new DataSet { Tables = { table } };
        var text = new StringWriter();
        set.WriteXml(text);
        Console.WriteLine(text.ToString().Length);
        try
        {
            table.Rows.Add(1, "again");
        }
        catch (ConstraintException e)
        {
            Console.WriteLine(e.Message);
        }
    }

    private static void Metadata()
    {
        using var file = new PEReader(File.OpenRead(typeof(Libraries).Assembly.Location));
        MetadataReader reader = file.GetMetadataReader();
        int bytes = 0, named = 0;
        foreach (MethodDefinitionHandle handle in reader.MethodDefinitions)
        {
            MethodDefinition method = reader.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress != 0) bytes += file.GetMethodBody(method.RelativeVirtualAddress).GetILBytes().Length;
            if (reader.GetString(method.Name).StartsWith('M')) named++;
        }
        Console.WriteLine($"{bytes > 1000} {named > 5} {reader.GetString(reader.GetAssemblyDefinition().Name)}");
    }

    private static void Converters()
    {
        foreach ((Type type, string text) in new[]
        {
            (typeof(int), " 12"), (typeof(Color), "Blue"), (typeof(TimeSpan), "1:02:03"), (typeof(Point), "3, 4"),
            (typeof(Guid), "00000001-0002-0003-0405-060708090a0b"), (typeof(bool?), ""), (typeof(int), "x"),
        })
        {
            try
            {
                Console.WriteLine(TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text) ?? "null");
            }
            catch (ArgumentException e)
            {
                Console.WriteLine(e.Message);
            }
        }
        Console.WriteLine(string.Join(' ', TypeDescriptor.GetProperties(new Line()).Cast<PropertyDescriptor>().Select(p => p.Name)));
    }

    private static void Cryptography()
    {
        byte[] data = Encoding.UTF8.GetBytes("some text to be hashed"), key = SHA256.HashData(data);
        Console.WriteLine(Convert.ToHexString(HMACSHA512.HashData(key, data)));
        Console.WriteLine(Convert.ToHexString(Rfc2898DeriveBytes.Pbkdf2("password", data, 10, HashAlgorithmName.SHA256, 16)));
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] hidden = aes.EncryptCbc(data, new byte[16]);
        Console.WriteLine($"{Convert.ToBase64String(hidden)} {Encoding.UTF8.GetString(aes.DecryptCbc(hidden, new byte[16]))}");
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(BigInteger.Pow(7, 50));
            writer.WriteObjectIdentifier("1.2.840.113549");
        }
        AsnReader sequence = new AsnReader(writer.Encode(), AsnEncodingRules.DER).ReadSequence();
        Console.WriteLine($"{sequence.ReadInteger()} {sequence.ReadObjectIdentifier()}");
    }

    private static void Archives()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, true))
        {
            for (int i = 0; i < 5; i++)
            {
                using var entry = new StreamWriter(zip.CreateEntry($"folder/{i}.txt").Open());
                for (int k = 0; k < 200; k++) entry.WriteLine($"line {k * i}");
            }
        }
        using var read = new ZipArchive(stream, ZipArchiveMode.Read);
        Console.WriteLine(string.Join(' ', read.Entries.Select(e => new StreamReader(e.Open()).ReadToEnd().Length)));
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, true)) brotli.Write(new byte[9999]);
        packed.Position = 0;
        using var unpacked = new BrotliStream(packed, CompressionMode.Decompress);
        Console.WriteLine(unpacked.Read(new byte[20000], 0, 5000));
    }

    private static void Addresses()
    {
        foreach (string text in new[] { "http://user@host:81/a/../b?q=ä#f", "file:///tmp/x y", "mailto:a@b", "//x", "http://[::1]/%41" })
        {
            Console.WriteLine(Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri uri) && uri.IsAbsoluteUri ? uri.AbsoluteUri : text);
        }
        Console.WriteLine(new Uri(new Uri("http://a/b/c/d;p?q"), "../g;x=1/./y"));
        Console.WriteLine($"{IPAddress.Parse("fe80::1%2")} {IPNetwork.Parse("10.0.0.0/9").Contains(IPAddress.Parse("10.127.0.1"))}");
        Console.WriteLine(WebUtility.HtmlDecode("&lt;&#228;&amp;&nbsp;") + WebUtility.UrlEncode("ä b"));
    }

    private static void Diagnostics()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a => Console.WriteLine($"{a.OperationName} {a.Tags.Count()} {a.Parent?.OperationName}"),
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("stress");
        using Activity outer = source.StartActivity("outer")?.AddTag("k", "v");
        using (source.StartActivity("inner")) { }
        var switches = new StringWriter();
        using var trace = new TextWriterTraceListener(switches);
        trace.WriteLine("traced");
        trace.Flush();
        Console.WriteLine(switches.ToString().Trim());
        StackTrace stack = new(0, true);
        Console.WriteLine(stack.GetFrames().First().GetMethod().Name);
    }
}
