// Constructors of classes and value types, static ones (left alone by policy), and initializers.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Programs
{
    class Animal
    {
        private readonly string _name = "default";
        internal readonly int Legs;

        internal Animal() : this("nameless", 4)
        {
        }

        internal Animal(string name, int legs)
        {
            if (legs < 0) throw new ArgumentException("legs");
            _name = name;
            Legs = legs;
            Created();
        }

        protected virtual void Created()
        {
        }

        public override string ToString() => "animal " + _name;
    }

    class Dog : Animal
    {
        internal readonly string Barks;
        private int _created;

        internal Dog(string name, string barks) : base(name, name.Length > 3 ? 4 : 3)
        {
            Barks = barks;
            if (barks == null) return;
            _created += 10;
        }

        internal Dog(int legs) : base("dog", legs) => Barks = "woof";

        internal int CreatedCount() => _created;

        protected override void Created() => _created++;
    }

    class WithStatic
    {
        internal static readonly int Value;
        private readonly int _own;

        static WithStatic() => Value = 7;

        internal WithStatic(int own) => _own = own + Value;

        public override string ToString() => "own " + _own;
    }

    class Primary(int x, string text)
    {
        internal string Get() => text + x;
    }

    [StructLayout(LayoutKind.Auto)]
    struct Built
    {
        private readonly int _a;
        private readonly string _b;

        internal Built(int a) : this(a, "b")
        {
        }

        internal Built(int a, string b)
        {
            _a = a;
            if (b.Length == 0) throw new ArgumentException("empty");
            _b = b;
        }

        public override string ToString() => _a + (_b ?? "null");
    }

    class TakesSpan
    {
        private readonly int _length;

        internal TakesSpan(ReadOnlySpan<char> text, in Point point, out int length) => _length = length = text.Length + point.X;

        public override string ToString() => "length " + _length;
    }

    class Cell<T> where T : new()
    {
        private readonly T _value;

        public Cell() => _value = new T();

        internal Cell(T value, params T[] rest) => _value = rest.Length > 0 ? rest[0] : value;

        public override string ToString() => "cell " + _value;
    }

    static class Constructors
    {
        internal static void Run()
        {
            Expect.Same(new Animal().ToString(), "animal nameless");
            Expect.Same(new Animal("cat", 4).Legs, 4);
            Expect.Throws<ArgumentException>(() => new Animal("snake", -1));
            Expect.Same(new Dog("Rex", "wuff").CreatedCount(), 11);
            Expect.Same(new Dog("Hasso", null).CreatedCount(), 1);
            Expect.Throws<ArgumentException>(() => new Dog(-1));
            Expect.Throws<NullReferenceException>(() => new Dog(null, "?"));
            Expect.Same(new WithStatic(3).ToString(), "own 10");
            Expect.Same(new Primary(5, "p").Get(), "p5");
            Expect.Same(new Built(1).ToString(), "1b");
            Expect.Throws<ArgumentException>(() => new Built(2, ""));
            Expect.Same(new TakesSpan("abc", new Point(2, 0), out int length).ToString() + length, "length 55");
            Expect.Same(new Cell<int>().ToString(), "cell 0");
            Expect.Same(new Cell<Point>(default, new Point(1, 2)).ToString(), "cell (1; 2)");
            Expect.Same(Activator.CreateInstance<Cell<object>>() != null, true);
        }
    }
}
