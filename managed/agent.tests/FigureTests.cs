// Percentiles, names, units, tracks: the parts that need no recording.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using NewRelic.Agent.Core;

namespace NewRelic.Agent.Tests;

internal static class FigureTests
{
    public static void BucketsCoverAllValuesWithoutGaps()
    {
        int last = -1;
        for (long value = 0; value < 1 << 20; value++)
        {
            int bucket = Histogram.BucketOf(value);
            Check.True(bucket == last || bucket == last + 1, $"gap at {value}");
            last = bucket;
            Check.Between(-0.032, 0.032, value == 0 ? 0 : Histogram.ValueOf(bucket) / value - 1, $"value of the bucket of {value}");
        }
        Check.Equal(Histogram.Count - 1, Histogram.BucketOf(long.MaxValue));
        Check.Equal(0, Histogram.BucketOf(-5));
    }

    public static void PercentilesAgreeWithExactOnes()
    {
        var random = new Random(7);
        Func<double>[] shapes = [() => random.NextDouble() * 1e6, () => Math.Exp(random.NextDouble() * 20), () => random.Next(10) == 0 ? 5e8 : 1200];
        foreach (Func<double> shape in shapes)
        {
            var sums = new MethodSums();
            long[] exact = Enumerable.Range(0, 50_001).Select(_ => (long)shape()).ToArray();
            foreach (long value in exact) sums.Add(value);
            Array.Sort(exact);
            Check.Equal(exact[^1], sums.Max);
            Check.Equal(exact.Sum(), sums.Sum);
            foreach (double share in new[] { 0.01, 0.5, 0.95, 0.99, 1 })
            {
                long rank = Math.Max(1, (long)Math.Ceiling(share * exact.Length));
                Check.Between(0.968, 1.032, Histogram.Percentile(sums.Buckets, share, sums.Max) / exact[rank - 1], $"p{100 * share}");
            }
        }
    }

    public static void PercentilesOfFewCallsAreExact()
    {
        var sums = new MethodSums();
        sums.Add(5_296_123_456);
        Check.Equal(5_296_123_456, Histogram.Percentile(sums.Buckets, 0.5, sums.Max));
        sums.Add(1000);
        Check.Equal(5_296_123_456, Histogram.Percentile(sums.Buckets, 0.95, sums.Max));
        Check.Between(970, 1030, Histogram.Percentile(sums.Buckets, 0.5, sums.Max), "p50");
    }

    public static void NamesReadAsTheSourceDoes()
    {
        string[] Of(params (string Type, string Name, string Signature)[] methods) =>
            Names.Of(methods.Select((m, i) => new Method(i, "A", m.Type, m.Name, m.Signature)).ToList());
        Check.Equal("Shop.Repository<T>.Find", Of(("Shop.Repository`1", "Find", "!0"))[0]);
        Check.Equal("Shop.Map<T1,T2>.Entry.Get", Of(("Shop.Map`2+Entry", "Get", ""))[0]);
        Check.Equal("Program.Main", Of(("Program", "<Main>$", "System.String[]"))[0]);
        Check.Equal("Program.Main.Inner", Of(("Program", "<<Main>$>g__Inner|0_1", ""))[0]);
        Check.Equal("Shop.Cart.Sum.lambda3_0", Of(("Shop.Cart+<>c__DisplayClass3_0", "<Sum>b__0", ""), ("Shop.Cart+<>c", "<Sum>b__3_0", ""))[1]);
        Check.Equal("Shop.Cart.LoadAsync.MoveNext", Of(("Shop.Cart+<LoadAsync>d__4", "MoveNext", ""))[0]);
        string[] overloads = Of(("A.B", "F", "System.Int32"), ("A.B", "F", "System.Collections.Generic.Dictionary`2[System.String,System.Int32[]],!!0&"), ("A.B", "G", ""));
        Check.Equal("A.B.F(Int32)|A.B.F(Dictionary<String,Int32[]>, !!0&)|A.B.G", string.Join("|", overloads));
        Check.Equal("0123…stuvwxyz", Names.Fit("0123456789abcdefghijklmnopqrstuvwxyz", 13));
        Check.True(Names.Fit(new string('x', 500), 60).Length == 60, "length");
    }

    public static void TimesHaveThreeFiguresAndAUnit()
    {
        (double Value, string Text)[] cases =
        [
            (0, "0"), (0.6, "1 ns"), (35, "35 ns"), (999.4, "999 ns"), (999.6, "1.00 µs"), (1234, "1.23 µs"), (12345, "12.3 µs"),
            (99_960, "100 µs"), (999_600, "1.00 ms"), (150e6, "150 ms"), (2.5e9, "2.50 s"), (599e9, "599 s"), (600e9, "10.0 min"), (4e13, "11.1 h"),
        ];
        foreach ((double value, string text) in cases) Check.Equal(text, ReportWriter.Time(value));
    }

    public static void CallsOnAnAsyncTrackNest()
    {
        var random = new Random(3);
        var tracks = new AsyncTracks();
        var placed = new List<(int Track, long Start, long End)>();
        long start = 0;
        for (int id = 1; id <= 20_000; id++)
        {
            start += random.Next(0, 4);
            var e = new Event { Id = id, Outer = random.Next(Math.Max(0, id - 30), id), Start = start, Duration = random.Next(0, 200) };
            placed.Add((tracks.Place(e), e.Start, e.Start + e.Duration));
        }
        Nesting.Check(placed);
        Check.True(tracks.Count < 400, $"{tracks.Count} tracks");
    }
}

/// <summary>No two calls on a track may overlap in part.</summary>
internal static class Nesting
{
    public static void Check(IEnumerable<(int Track, long Start, long End)> calls)
    {
        foreach (var track in calls.GroupBy(c => c.Track))
        {
            var open = new Stack<long>();
            foreach (var (_, start, end) in track.OrderBy(c => c.Start).ThenByDescending(c => c.End))
            {
                while (open.TryPeek(out long top) && top <= start) open.Pop();
                Tests.Check.True(!open.TryPeek(out long around) || end <= around, $"track {track.Key}: {start}..{end} leaves {open.FirstOrDefault()}");
                open.Push(end);
            }
        }
    }
}
