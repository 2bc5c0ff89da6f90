// Methods of value types: `this` is a reference to the value. The agent gets a boxed copy of it, made
// at the entry, where the type can be boxed. Types of sequential layout, C#'s default, are left alone
// by policy, unless they are nested in a class.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Programs
{
    [StructLayout(LayoutKind.Auto)]
    struct AutoStruct
    {
        private int _value;
        private string _text;

        internal AutoStruct(int value)
        {
            _value = value;
            _text = "t" + value;
        }

        internal int Add(int x)
        {
            _value += x;
            return _value;
        }

        internal AutoStruct With(string text)
        {
            AutoStruct copy = this;
            copy._text = text;
            return copy;
        }

        internal readonly int ReadonlyMethod() => _value;

        internal void Replace(int x) => this = new AutoStruct(x);

        internal int Throws(int x)
        {
            if (x < 0) throw new ArgumentException("negative");
            _value = x;
            return x;
        }

        internal static int Static(AutoStruct a, AutoStruct b) => a._value + b._value;

        public override string ToString() => _value + _text;
    }

    [StructLayout(LayoutKind.Auto)]
    readonly struct ReadonlyStruct
    {
        private readonly long _value;

        internal ReadonlyStruct(long value) => _value = value;

        internal long Get(in ReadonlyStruct other) => _value - other._value;

        public override string ToString() => "r" + _value;
    }

    [StructLayout(LayoutKind.Explicit)]
    struct ExplicitStruct
    {
        [FieldOffset(0)] internal int Number;
        [FieldOffset(0)] private byte _low;

        internal int Low(int add) => _low + add;

        public override string ToString() => "x" + Number;
    }

    [StructLayout(LayoutKind.Auto)]
    struct GenericStruct<T>
    {
        private T _value;
        private int _count;

        internal GenericStruct(T value)
        {
            _value = value;
            _count = 0;
        }

        internal T Count(T other)
        {
            _count++;
            return _count > 1 ? other : _value;
        }

        internal (T, TOther) Generic<TOther>(TOther other) => (_value, other);

        public override string ToString() => _value + " counted " + _count;
    }

    struct SequentialStruct
    {
        private int _value;

        internal int Add(int x) => _value += x;

        internal static int Static(int x) => x;
    }

    [StructLayout(LayoutKind.Sequential)]
    class SequentialClass
    {
        internal int Value;

        internal int Get() => Value;
    }

    [StructLayout(LayoutKind.Auto)]
    ref struct AutoRefStruct
    {
        internal Span<int> Values;

        internal int Set(int index, int value)
        {
            Values[index] = value;
            return Values.Length;
        }
    }

    interface ICounter
    {
        int Increment(int by);
    }

    class StructOwner
    {
        internal struct Counter : ICounter
        {
            internal int Value;

            public int Increment(int by) => Value += by;

            public override readonly string ToString() => "counter " + Value;
        }

        internal readonly struct Fixed
        {
            private readonly string _text;

            internal Fixed(string text) => _text = text;

            internal int Length() => _text.Length;

            public override string ToString() => _text ?? "nothing";
        }

        internal struct Pair<T>
        {
            internal T First;

            internal T Exchange(T value)
            {
                (First, value) = (value, First);
                return value;
            }

            public override string ToString() => "first " + First;
        }

        internal ref struct Cursor
        {
            private ReadOnlySpan<char> _text;

            internal Cursor(ReadOnlySpan<char> text) => _text = text;

            internal char Next()
            {
                if (_text.IsEmpty) return '\0';
                char next = _text[0];
                _text = _text.Slice(1);
                return next;
            }
        }

        internal static ICounter Boxed() => new Counter { Value = 100 };
    }

    static class Structs
    {
        private static int IncrementGeneric<T>(ref T counter) where T : ICounter => counter.Increment(5);

        internal static void Run()
        {
            var auto = new AutoStruct(3);
            Expect.Same(auto.Add(4), 7);
            Expect.Same(auto.Add(5), 12);
            Expect.Same(auto.With("other").ToString(), "12other");
            Expect.Same(auto.ReadonlyMethod(), 12);
            auto.Replace(1);
            Expect.Same(auto.ToString(), "1t1");
            Expect.Same(auto.Throws(2), 2);
            Expect.Throws<ArgumentException>(() => default(AutoStruct).Throws(-1));
            Expect.Same(AutoStruct.Static(auto, new AutoStruct(10)), 12);

            var one = new ReadonlyStruct(1);
            Expect.Same(one.Get(new ReadonlyStruct(5)), -4);
            Expect.Same(new ExplicitStruct { Number = 0x105 }.Low(1), 6);

            var strings = new GenericStruct<string>("a");
            Expect.Same(strings.Count("b"), "a");
            Expect.Same(strings.Count("b"), "b");
            Expect.Same(strings.Generic(5), ("a", 5));
            var points = new GenericStruct<Point>(new Point(1, 2));
            Expect.Same(points.Count(default), new Point(1, 2));
            Expect.Same(points.Generic("x"), (new Point(1, 2), "x"));
            var nested = new GenericStruct<GenericStruct<int>>(new GenericStruct<int>(6));
            Expect.Same(nested.Count(default).Count(0), 6);

            Expect.Same(default(SequentialStruct).Add(2), 2);
            Expect.Same(SequentialStruct.Static(3), 3);
            Expect.Same(new SequentialClass { Value = 4 }.Get(), 4);

            var numbers = new int[2];
            Expect.Same(new AutoRefStruct { Values = numbers }.Set(1, 7), 2);
            Expect.Same(numbers[1], 7);

            var counter = new StructOwner.Counter { Value = 1 };
            Expect.Same(counter.Increment(2), 3);
            Expect.Same(IncrementGeneric(ref counter), 8);
            Expect.Same(counter.Value, 8);
            ICounter boxed = StructOwner.Boxed();
            Expect.Same(boxed.Increment(1), 101);
            Expect.Same(boxed.Increment(1), 102);
            Func<int, int> bound = counter.Increment;
            Expect.Same(bound(10) + bound(10), 46);
            Expect.Same(counter.Value, 8);
            Expect.Same(new StructOwner.Fixed("four").Length(), 4);
            var pair = new StructOwner.Pair<string> { First = "f" };
            Expect.Same(pair.Exchange("g") + pair.First, "fg");
            var cursor = new StructOwner.Cursor("ab");
            Expect.Same(cursor.Next(), 'a');
            Expect.Same(cursor.Next(), 'b');
            Expect.Same(cursor.Next(), '\0');
        }
    }
}
