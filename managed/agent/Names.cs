// Names of methods as a reader wants them.
// SPDX-License-Identifier: Apache-2.0
// Pure functions on strings; used only while a report is written and when a method is first seen.
using System;
using System.Collections.Generic;
using System.Linq;

namespace NewRelic.Agent.Core;

internal static class Names
{
    /// <summary>A name for each method: Namespace.Type.Method, with its parameters if there are
    /// overloads, and its assembly if even that is not enough.</summary>
    public static string[] Of(IReadOnlyList<Method> methods)
    {
        string[] names = methods.Select(m => TypeName(m.Type) + "." + MethodName(m.Name)).ToArray();
        Distinguish(names, i => names[i] + "(" + ShortArguments(methods[i].Signature) + ")");
        Distinguish(names, i => "[" + methods[i].Assembly + "]" + names[i]);
        return names;
    }

    private static void Distinguish(string[] names, Func<int, string> longer)
    {
        foreach (IGrouping<string, int> same in Enumerable.Range(0, names.Length).ToLookup(i => names[i]))
        {
            if (same.Count() == 1) continue;
            foreach (int i in same) names[i] = longer(i);
        }
    }

    /// <summary>Shortens a name in its middle; its end, the method, says most.</summary>
    public static string Fit(string name, int width)
    {
        if (name.Length <= width) return name;
        if (width < 8) return name[^Math.Max(width, 1)..];
        int head = (width - 1) / 3;
        return name[..head] + "…" + name[^(width - 1 - head)..];
    }

    /// <summary>The arguments of a printed signature, split at the commas outside brackets.</summary>
    public static List<string> SplitArguments(string signature)
    {
        var arguments = new List<string>();
        int depth = 0, start = 0;
        for (int i = 0; i < signature.Length; i++)
        {
            if (signature[i] is '[' or '(' or '<') depth++;
            else if (signature[i] is ']' or ')' or '>') depth--;
            else if (signature[i] == ',' && depth == 0)
            {
                arguments.Add(signature[start..i]);
                start = i + 1;
            }
        }
        if (start < signature.Length) arguments.Add(signature[start..]);
        return arguments;
    }

    private static string ShortArguments(string signature) =>
        string.Join(", ", SplitArguments(signature).Select(ShortType));

    // System.Collections.Generic.Dictionary`2[System.String,System.Int32[]] → Dictionary<String,Int32[]>
    private static string ShortType(string type)
    {
        int bracket = type.IndexOf('[');
        string name = bracket < 0 ? type : type[..bracket], rest = bracket < 0 ? "" : type[bracket..];
        int arity = name.IndexOf('`');
        string shortName = (arity < 0 ? name : name[..arity]).Split('.', '+')[^1];
        if (arity < 0 || !rest.StartsWith('[')) return shortName + rest;
        int end = ClosingBracket(rest, '[', ']');
        if (end < 0) return shortName + rest;
        return shortName + "<" + string.Join(",", SplitArguments(rest[1..end]).Select(ShortType)) + ">" + rest[(end + 1)..];
    }

    // Shop.Repository`1+<>c__DisplayClass3_0 → Shop.Repository<T>
    private static string TypeName(string type)
    {
        IEnumerable<string> parts = type.Split('+').Where(p => !p.StartsWith("<>c", StringComparison.Ordinal)).Select(TypePart);
        string name = string.Join(".", parts);
        return name == "" ? type : name;
    }

    private static string TypePart(string part)
    {
        if (part.StartsWith('<')) return MethodName(part);
        int arity = part.IndexOf('`');
        if (arity < 0 || !int.TryParse(part[(arity + 1)..], out int count) || count is < 1 or > 16) return part;
        return part[..arity] + "<" + (count == 1 ? "T" : string.Join(",", Enumerable.Range(1, count).Select(i => "T" + i))) + ">";
    }

    // What compilers make of a method: <Main>$ → Main, <Run>g__Local|0_1 → Run.Local,
    // <Run>b__0_1 → Run.lambda0_1, and as a type of its own, <Run>d__7 → Run.
    private static string MethodName(string name)
    {
        int end = name.StartsWith('<') ? ClosingBracket(name, '<', '>') : -1;
        if (end <= 1) return name;
        string outer = MethodName(name[1..end]), tail = name[(end + 1)..];
        if (tail.StartsWith("g__", StringComparison.Ordinal)) return outer + "." + tail[3..].Split('|')[0];
        if (tail.StartsWith("b__", StringComparison.Ordinal)) return outer + ".lambda" + tail[3..];
        return outer;
    }

    private static int ClosingBracket(string text, char open, char close)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == open) depth++;
            else if (text[i] == close && --depth == 0) return i;
        }
        return -1;
    }
}
