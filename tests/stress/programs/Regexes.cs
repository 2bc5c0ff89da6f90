// Regular expressions by each of the engines: interpreter, compiled, non-backtracking, generated.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Stress;

internal static partial class Regexes
{
    private static readonly string[] patterns =
    {
        @"\b\w+@\w+\.(com|org)\b", @"(?<year>\d{4})-(?<month>\d\d)", @"^\s*#.*$", @"(?i)STRASSE|straße",
        @"[^\x00-\x7F]+", @"(a|ab)(c|bcd)(d*)", @"x{2,4}?y?", @"\p{Lu}\p{Ll}+", @"(?:one|two|three)+$",
    };
    private static readonly string[] backtracking =
    {
        @"(\w)\1", @"(?<=\$)\d+(?!\d*%)", @"(?>a+)b", @"^(?:(?<open>\()|(?<-open>\))|[^()])*(?(open)(?!))$",
        @"(?<!\w)\w(?=\W)",
    };

    [GeneratedRegex(@"(?<key>\w+)\s*=\s*(?<value>""[^""]*""|\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();

    [GeneratedRegex(@"^(?:(?<open>\()|(?<-open>\))|[^()])*(?(open)(?!))$")]
    private static partial Regex Balanced();

    public static Task Run()
    {
        string text = Text();
        foreach (RegexOptions engine in new[] { RegexOptions.None, RegexOptions.Compiled, RegexOptions.NonBacktracking })
        {
            Console.WriteLine(engine);
            foreach (string pattern in patterns) Search(pattern, engine | RegexOptions.Multiline, text);
            if (engine == RegexOptions.NonBacktracking) continue;
            foreach (string pattern in backtracking) Search(pattern, engine, text);
            Search(@"\d+", engine | RegexOptions.RightToLeft, text);
        }
        foreach (Match match in Assignment().Matches("a = 1, bc=\"two words\" d=  x"))
        {
            Console.WriteLine($"{match.Groups["key"]} {match.Groups["value"]}");
        }
        Console.WriteLine($"{Balanced().IsMatch("(a(b)c)")} {Balanced().IsMatch("(a(b)c")}");
        Replacing();
        Errors();
        return Task.CompletedTask;
    }

    private static string Text()
    {
        var random = new Random(5);
        var text = new StringBuilder();
        for (int i = 0; i < 60; i++)
        {
            text.Append("joe").Append(i).Append("@site.").Append(i % 2 == 0 ? "com" : "net").Append(" 20")
                .Append(random.Next(10, 99)).Append("-0").Append(random.Next(9)).Append(" Straße xxxxy abcd $")
                .Append(random.Next(999)).Append(i % 5 == 0 ? "%\n# note\n" : " aab onetwo\n");
        }
        return text.ToString();
    }

    private static void Search(string pattern, RegexOptions options, string text)
    {
        var regex = new Regex(pattern, options);
        MatchCollection matches = regex.Matches(text);
        int sum = 17;
        foreach (Match match in matches)
        {
            foreach (Group group in match.Groups) sum = unchecked(sum * 31 + group.Index * 7 + group.Length);
        }
        int count = 0;
        foreach (ValueMatch match in regex.EnumerateMatches(text)) count += match.Length;
        Console.WriteLine($"{pattern} {matches.Count} {sum} {count} {regex.Split(text).Length}");
    }

    private static void Replacing()
    {
        Console.WriteLine(Regex.Replace("John Smith, Ann Lee", @"(\w+) (\w+)", "$2 $1 [$&$$$`]"));
        foreach (RegexOptions engine in new[] { RegexOptions.None, RegexOptions.Compiled, RegexOptions.NonBacktracking })
        {
            Console.WriteLine(Regex.Replace("a1b22c333", @"\d+", m => (int.Parse(m.Value) * 2).ToString(), engine));
        }
        Console.WriteLine(Regex.Escape("1+1=2 (*)") + Regex.Unescape(@"\x41\u0042\t"));
    }

    private static void Errors()
    {
        foreach (string wrong in new[] { "(", "[b-a]", "a**", @"\k<x>", "(?<n" })
        {
            try
            {
                new Regex(wrong);
            }
            catch (RegexParseException e)
            {
                Console.WriteLine($"{e.Error} {e.Offset} {e.Message}");
            }
        }
        try
        {
            new Regex("(a+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(1)).IsMatch(new string('a', 40) + "b");
        }
        catch (RegexMatchTimeoutException e)
        {
            Console.WriteLine(e.Pattern);
        }
    }
}
