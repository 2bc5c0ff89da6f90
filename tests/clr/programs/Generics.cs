// Generic types and methods, over reference types, value types and several of them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Linq;

namespace Programs
{
    class Stack<T>
    {
        private readonly List<T> _items = new();

        internal void Push(T item) => _items.Add(item);

        internal T Pop()
        {
            if (_items.Count == 0) return default;
            T last = _items[^1];
            _items.RemoveAt(_items.Count - 1);
            return last;
        }

        internal TResult Fold<TResult>(TResult seed, Func<TResult, T, TResult> step)
        {
            foreach (T item in _items) seed = step(seed, item);
            return seed;
        }

        internal static Stack<T> Of(params T[] items)
        {
            var stack = new Stack<T>();
            foreach (T item in items) stack._items.Add(item);
            return stack;
        }
    }

    abstract class Converter<TFrom, TTo>
    {
        internal abstract TTo Convert(TFrom value);

        internal virtual TTo[] All(IEnumerable<TFrom> values) => values.Select(Convert).ToArray();
    }

    class Lengths<T> : Converter<T[], int>
    {
        internal override int Convert(T[] value) => value.Length;
    }

    interface IShape<TSelf> where TSelf : IShape<TSelf>
    {
        static abstract TSelf Create(int size);

        int Area();
    }

    class Square : IShape<Square>
    {
        private int _size;

        public static Square Create(int size) => new Square { _size = size };

        public int Area() => _size * _size;

        public override string ToString() => "square " + _size;
    }

    static class Generics
    {
        static T Identity<T>(T value) => value;
        static T Default<T>() => default;
        static string Names<TFirst, TSecond>(TFirst first, TSecond second)
        {
            if (typeof(TFirst) == typeof(TSecond)) return "twice " + typeof(TFirst).Name;
            return typeof(TFirst).Name + " " + typeof(TSecond).Name;
        }
        static T Largest<T>(IEnumerable<T> values) where T : IComparable<T>
        {
            T largest = values.First();
            foreach (T value in values)
            {
                if (value.CompareTo(largest) > 0) largest = value;
            }
            return largest;
        }
        static T New<T>() where T : class, new() => new T();
        static T? OrNull<T>(T value, bool some) where T : struct => some ? value : null;
        static int Unmanaged<T>(T value) where T : unmanaged, Enum => value.GetHashCode();
        static TShape Make<TShape>(int size) where TShape : IShape<TShape> => TShape.Create(size);
        static Dictionary<TKey, List<TValue>> Group<TKey, TValue>(TValue[] values, Func<TValue, TKey> key) =>
            values.GroupBy(key).ToDictionary(g => g.Key, g => g.ToList());
        static T Catches<T>(Func<T> get, T otherwise)
        {
            try
            {
                return get();
            }
            catch (InvalidOperationException)
            {
                return otherwise;
            }
        }
        static T Throws<T>(T value) => throw new InvalidOperationException(typeof(T).Name);
        static T Recursive<T>(T value, int depth) => depth == 0 ? value : Recursive(new[] { value }, depth - 1)[0];

        internal static void Run()
        {
            Expect.Same(Identity("text"), "text");
            Expect.Same(Identity(5), 5);
            Expect.Same(Identity<object>(null), null);
            Expect.Same(Identity(new Point(1, 2)), new Point(1, 2));
            Expect.Same(Identity((1, "x")), (1, "x"));
            Expect.Same(Identity<int?>(null), null);
            Expect.Same(Identity(new Stack<Stack<int>>()) != null, true);
            Expect.Same(Default<DateTime>(), default);
            Expect.Same(Default<string>(), null);
            Expect.Same(Names(1, "a"), "Int32 String");
            Expect.Same(Names("a", "b"), "twice String");
            Expect.Same(Names(1L, new object()), "Int64 Object");
            Expect.Same(Largest(new[] { 3, 9, 4 }), 9);
            Expect.Same(Largest(new List<string> { "b", "c", "a" }), "c");
            Expect.Same(New<Square>().Area(), 0);
            Expect.Same(OrNull(5, true), 5);
            Expect.Same(OrNull(new Point(1, 1), false), null);
            Expect.Same(Unmanaged(Color.Green), 7);
            Expect.Same(Make<Square>(4).Area(), 16);
            Expect.Same(Group(new[] { "a", "bb", "cc" }, s => s.Length)[2].Count, 2);
            Expect.Same(Catches(() => 5, 6), 5);
            Expect.Same(Catches(() => Throws("s"), "caught"), "caught");
            Expect.Throws<InvalidOperationException>(() => Throws(1.5));
            Expect.Same(Recursive(7, 3), 7);

            var numbers = Stack<int>.Of(1, 2);
            numbers.Push(3);
            Expect.Same(numbers.Fold("", (text, n) => text + n), "123");
            Expect.Same(numbers.Pop(), 3);
            var words = Stack<string>.Of();
            Expect.Same(words.Pop(), null);
            words.Push("w");
            Expect.Same(words.Fold(0, (n, word) => n + word.Length), 1);
            var points = new Stack<Point>();
            points.Push(new Point(5, 6));
            Expect.Same(points.Pop(), new Point(5, 6));
            Converter<char[], int> lengths = new Lengths<char>();
            Expect.Same(lengths.All(new[] { new char[2], new char[0] }).Length, 2);
        }
    }
}
