// Every kind of argument and result that can be boxed.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Programs
{
    enum Color : byte { Red, Green = 7 }

    enum Wide : long { Small = 1, Large = long.MaxValue }

    struct Point
    {
        internal int X, Y;
        internal Point(int x, int y) => (X, Y) = (x, y);
        public override string ToString() => "(" + X + "; " + Y + ")";
    }

    struct Big
    {
        internal long A, B, C, D, E;
        public override string ToString() => A + "-" + E;
    }

    struct Empty
    {
    }

    [InlineArray(3)]
    struct Three
    {
        private int _first;
        public override string ToString() => string.Join("-", ((ReadOnlySpan<int>)this).ToArray());
    }

    [StructLayout(LayoutKind.Explicit)]
    struct Union
    {
        [FieldOffset(0)] internal int Number;
        [FieldOffset(0)] internal byte Low;
        public override string ToString() => "low " + Low;
    }

    struct WithReference
    {
        internal string Text;
        internal Point Point;
        public override string ToString() => Text + Point;
    }

    record Person(string Name, int Age);

    record struct Pixel(byte R, byte G);

    struct Box<T>
    {
        internal T Value;
        public override string ToString() => "box of " + Value;
    }

    static class Values
    {
        static string Primitives(bool a, char b, sbyte c, byte d, short e, ushort f, int g, uint h, long i, ulong j,
                                 float k, double l, nint m, nuint n) =>
            string.Join(" ", a, b, c, d, e, f, g, h, i, j, k, l, m, n);

        static bool Not(bool value) => !value;
        static char Next(char value) => (char)(value + 1);
        static sbyte Int8(sbyte value) => value;
        static byte UInt8(byte value) => value;
        static short Int16(short value) => value;
        static ushort UInt16(ushort value) => value;
        static int Int32(int value) => value;
        static uint UInt32(uint value) => value;
        static long Int64(long value) => value;
        static ulong UInt64(ulong value) => value;
        static float Single(float value) => value;
        static double Double(double value) => value;
        static nint IntPtr(nint value) => value;
        static nuint UIntPtr(nuint value) => value;
        static decimal Decimal(decimal value) => value;
        static string String(string value) => value;
        static object Object(object value) => value;
        static Color Enum(Color value) => value;
        static Wide WideEnum(Wide value) => value;
        static DayOfWeek ForeignEnum(DayOfWeek value) => value + 1;
        static DateTime Date(DateTime value, TimeSpan add) => value + add;
        static Guid Guid(Guid value) => value;
        static Point Struct(Point value) => new Point(value.Y, value.X);
        static Big BigStruct(Big value, int e)
        {
            if (e == 0) return value;
            value.E = e;
            return value;
        }
        static Empty EmptyStruct(Empty value) => value;
        static Three InlineArray(Three value, int last)
        {
            value[2] = last;
            return value;
        }
        static Union Explicit(Union value) => value;
        static WithReference Referring(WithReference value) => value;
        static Person Record(Person value) => value with { Age = value.Age + 1 };
        static Pixel RecordStruct(Pixel value) => value with { G = 9 };
        static int? Nullable(int? value, Point? point) => value + point?.X;
        static Point? NullablePoint(bool some) => some ? new Point(1, 2) : null;
        static (int Number, string Text) Tuple((long, Point) value) => ((int)value.Item1, value.Item2.ToString());
        static (int, int, int, int, int, int, int, int, int) LongTuple(int n) => (n, n, n, n, n, n, n, n, n);
        static KeyValuePair<string, Color> Pair(string key, Color value) => new(key, value);
        static List<int> GenericClass(Dictionary<string, List<Point[]>> value) => value.Values.Select(v => v.Count).ToList();
        static Box<Box<int>> GenericStruct(Box<string> value) => new() { Value = new() { Value = value.Value.Length } };
        static int[] Array(string[] value) => value.Select(v => v.Length).ToArray();
        static Point[][] Jagged(int[][] value) => value.Select(v => v.Select(x => new Point(x, x)).ToArray()).ToArray();
        static int[,] Matrix(Point[,,] value) => new int[value.GetLength(0), value.GetLength(2)];
        static int Params(string first, params object[] rest) => rest.Length;
        static string Optional(int x = 3, string y = "y") => x + y;
        static Func<int, int> Delegate(Func<int, int> value, Action action)
        {
            action();
            return x => value(x) + 1;
        }
        static Type TypeOf(Type value) => value.GetElementType();
        static dynamic Dynamic(dynamic value) => value + 1;
        static Memory<byte> Memory(Memory<byte> value) => value.Slice(1);
        static CancellationToken Token(CancellationToken value) => value;
        static IEnumerable<char> Interface(IComparable<string> value) => (string)value;
        static Half Half(Half value) => value;
        static Int128 Int128(Int128 value) => value * 2;
        static Index IndexValue(Index index, Range range) => range.End;
        static void Nothing() { }

        internal static void Run()
        {
            Expect.Same(Primitives(true, 'x', -1, 200, -300, 60000, -70000, 4000000000, -5000000000, 10000000000000000000, 1.5f, 2.25, -3, 4),
                        "True x -1 200 -300 60000 -70000 4000000000 -5000000000 10000000000000000000 1.5 2.25 -3 4");
            Expect.Same(Not(true), false);
            Expect.Same(Next('a'), 'b');
            Expect.Same(Int8(-128), sbyte.MinValue);
            Expect.Same(UInt8(255), byte.MaxValue);
            Expect.Same(Int16(-32768), short.MinValue);
            Expect.Same(UInt16(65535), ushort.MaxValue);
            Expect.Same(Int32(int.MinValue), int.MinValue);
            Expect.Same(UInt32(uint.MaxValue), uint.MaxValue);
            Expect.Same(Int64(long.MinValue), long.MinValue);
            Expect.Same(UInt64(ulong.MaxValue), ulong.MaxValue);
            Expect.Same(Single(float.NaN), float.NaN);
            Expect.Same(Double(double.Epsilon), double.Epsilon);
            Expect.Same(IntPtr(-5), -5);
            Expect.Same(UIntPtr(5), 5u);
            Expect.Same(Decimal(-1.50m), -1.50m);
            Expect.Same(String("a \"quoted\" é\n"), "a \"quoted\" é\n");
            Expect.Same(String(null), null);
            Expect.Same(Object(5), 5);
            Expect.Same(Object(null), null);
            Expect.Same(Enum(Color.Green), Color.Green);
            Expect.Same(WideEnum(Wide.Large), Wide.Large);
            Expect.Same(ForeignEnum(DayOfWeek.Monday), DayOfWeek.Tuesday);
            Expect.Same(Date(new DateTime(2024, 2, 28), TimeSpan.FromDays(1)), new DateTime(2024, 2, 29));
            Expect.Same(Guid(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)), new Guid("00000001-0002-0003-0405-060708090a0b"));
            Expect.Same(Struct(new Point(1, 2)), new Point(2, 1));
            Expect.Same(BigStruct(new Big { A = 1, E = 2 }, 0).E, 2);
            Expect.Same(BigStruct(new Big { A = 1, E = 2 }, 3).E, 3);
            Expect.Same(EmptyStruct(default), default);
            Expect.Same(InlineArray(default, 5).ToString(), "0-0-5");
            Expect.Same(Explicit(new Union { Number = 0x1234 }).Low, 0x34);
            Expect.Same(Referring(new WithReference { Text = "t", Point = new Point(3, 4) }).ToString(), "t(3; 4)");
            Expect.Same(Record(new Person("Ann", 41)), new Person("Ann", 42));
            Expect.Same(RecordStruct(new Pixel(1, 2)), new Pixel(1, 9));
            Expect.Same(Nullable(3, new Point(4, 5)), 7);
            Expect.Same(Nullable(3, null), null);
            Expect.Same(NullablePoint(true), new Point(1, 2));
            Expect.Same(NullablePoint(false), null);
            Expect.Same(Tuple((5, new Point(6, 7))), (5, "(6; 7)"));
            Expect.Same(LongTuple(2), (2, 2, 2, 2, 2, 2, 2, 2, 2));
            Expect.Same(Pair("k", Color.Red).Key, "k");
            Expect.Same(GenericClass(new() { ["a"] = new() { null, null } })[0], 2);
            Expect.Same(GenericStruct(new Box<string> { Value = "abc" }).Value.Value, 3);
            Expect.Same(Array(new[] { "a", "bc" })[1], 2);
            Expect.Same(Jagged(new[] { new[] { 1, 2 }, new int[0] })[0][1], new Point(2, 2));
            Expect.Same(Matrix(new Point[2, 3, 4]).Length, 8);
            Expect.Same(Params("f", 1, "two", null), 3);
            Expect.Same(Optional(y: "z"), "3z");
            int calls = 0;
            Expect.Same(Delegate(x => x * 2, () => calls++)(5) + calls, 12);
            Expect.Same(TypeOf(typeof(int[])), typeof(int));
            Expect.Same((int)Dynamic(4), 5);
            Expect.Same(Memory(new byte[3]).Length, 2);
            Expect.Same(Token(default).CanBeCanceled, false);
            Expect.Same(Interface("ab").Count(), 2);
            Expect.Same(Half((Half)1.5), (Half)1.5);
            Expect.Same(Int128(System.Int128.MaxValue / 2), System.Int128.MaxValue - 1);
            Expect.Same(IndexValue(^1, 2..^3), ^3);
            Nothing();
        }
    }
}
