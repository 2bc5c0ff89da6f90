// XML: readers, writers, LINQ, paths, transformations, schemas, both serializers.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Linq;
using System.Runtime.Serialization;
using System.Text;
using System.Threading.Tasks;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using System.Xml.Serialization;
using System.Xml.XPath;
using System.Xml.Xsl;

namespace Stress;

public sealed class Invoice
{
    [XmlAttribute] public int Number { get; set; }
    [XmlArrayItem("item")] public Item[] Items { get; set; }
    public DateTime? Paid { get; set; }
    public Color Color { get; set; }
}

[XmlInclude(typeof(Special))]
public class Item
{
    [XmlText] public string Text { get; set; }
}

public sealed class Special : Item
{
    [XmlAttribute] public double Factor { get; set; }
}

internal static class Xml
{
    private const string Transformation = """
        <xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
          <xsl:output method="xml" omit-xml-declaration="yes"/>
          <xsl:key name="k" match="item" use="@group"/>
          <xsl:template match="/"><sum total="{sum(//item)}"><xsl:apply-templates select="//item">
            <xsl:sort select="." data-type="number" order="descending"/></xsl:apply-templates></sum></xsl:template>
          <xsl:template match="item[position() &lt; 4]"><top n="{.}" same="{count(key('k', @group))}"/></xsl:template>
          <xsl:template match="item"><xsl:if test="contains(@group, '1')"><xsl:value-of select="concat(., ';')"/></xsl:if></xsl:template>
        </xsl:stylesheet>
        """;
    private const string Schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="list"><xs:complexType><xs:sequence>
          <xs:element name="item" maxOccurs="unbounded"><xs:complexType><xs:simpleContent><xs:extension base="xs:int">
            <xs:attribute name="group" use="required" type="xs:string"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
        </xs:sequence></xs:complexType></xs:element></xs:schema>
        """;

    public static async Task Run()
    {
        XElement list = new("list", Enumerable.Range(0, 40).Select(i =>
            new XElement("item", new XAttribute("group", $"g{i % 7}"), i * 13 % 41)));
        Paths(list);
        Transform(list);
        Validate(list);
        Serializers();
        Errors();
        await Async(list);
    }

    private static void Paths(XElement list)
    {
        Console.WriteLine(list.XPathEvaluate("count(item[@group='g3'])"));
        Console.WriteLine(list.XPathSelectElements("item[. > 30][position() mod 2 = 0]").Count());
        var document = new XmlDocument();
        document.LoadXml(list.ToString());
        document.DocumentElement.AppendChild(document.CreateComment("c"));
        Console.WriteLine(document.SelectNodes("//item[last()]/@group")[0].Value);
        foreach (var group in list.Elements().GroupBy(e => (string)e.Attribute("group")).Take(2))
        {
            Console.WriteLine($"{group.Key} {group.Sum(e => (int)e)}");
        }
    }

    private static void Transform(XElement list)
    {
        var transform = new XslCompiledTransform();
        transform.Load(XmlReader.Create(new StringReader(Transformation)));
        var text = new StringBuilder();
        using (XmlWriter writer = XmlWriter.Create(text, transform.OutputSettings)) transform.Transform(list.CreateReader(), writer);
        Console.WriteLine(text);
    }

    private static void Validate(XElement list)
    {
        var schemas = new XmlSchemaSet();
        schemas.Add("", XmlReader.Create(new StringReader(Schema)));
        int errors = 0;
        new XDocument(list).Validate(schemas, (_, _) => errors++);
        var wrong = new XDocument(new XElement("list", new XElement("item", "x"), new XElement("other")));
        wrong.Validate(schemas, (_, e) => Console.WriteLine(e.Message));
        Console.WriteLine(errors);
    }

    private static void Serializers()
    {
        var invoice = new Invoice
        {
            Number = 5,
            Items = new Item[] { new() { Text = "a<b" }, new Special { Text = "s", Factor = 0.1 } },
            Color = Color.Green,
        };
        var serializer = new XmlSerializer(typeof(Invoice));
        var text = new StringWriter();
        serializer.Serialize(text, invoice);
        Console.WriteLine(text);
        var read = (Invoice)serializer.Deserialize(new StringReader(text.ToString()));
        Console.WriteLine($"{read.Items[1].GetType().Name} {((Special)read.Items[1]).Factor} {read.Paid == null}");
        var contracts = new DataContractSerializer(typeof(Order));
        var stream = new MemoryStream();
        contracts.WriteObject(stream, Order.Sample(3));
        stream.Position = 0;
        Console.WriteLine($"{stream.Length} {((Order)contracts.ReadObject(stream)).Next.Lines[2].Product}");
    }

    private static void Errors()
    {
        foreach (string wrong in new[] { "", "<a>", "<a b=1/>", "<a></b>", "<a>&x;</a>", "<a xmlns:p=''/>" })
        {
            try
            {
                XDocument.Parse(wrong);
            }
            catch (XmlException e)
            {
                Console.WriteLine(e.Message);
            }
        }
    }

    private static async Task Async(XElement list)
    {
        var stream = new MemoryStream();
        await using (XmlWriter writer = XmlWriter.Create(stream, new XmlWriterSettings { Async = true, Indent = true }))
        {
            await list.WriteToAsync(writer, default);
        }
        stream.Position = 0;
        using XmlReader reader = XmlReader.Create(stream, new XmlReaderSettings { Async = true });
        int nodes = 0;
        while (await reader.ReadAsync()) nodes++;
        Console.WriteLine(nodes);
    }
}
