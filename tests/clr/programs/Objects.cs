// What objects do: virtual and interface calls, properties, operators, events, finalizers, delegates.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Programs
{
    interface INamed
    {
        string Name(int x);

        string WithDefault(int x) => "default " + Name(x);

        static string Static(int x) => "static " + x;
    }

    interface IOther
    {
        string Name(int x);
    }

    abstract class Base : INamed
    {
        internal abstract int Abstract(int x);

        internal virtual int Virtual(int x) => x;

        internal int NonVirtual(int x) => Virtual(x) + Abstract(x);

        public virtual string Name(int x) => "base " + x;
    }

    class Derived : Base, IOther
    {
        private int _value;

        internal override int Abstract(int x) => x + 1;

        internal override int Virtual(int x) => base.Virtual(x) * 2;

        public sealed override string Name(int x) => "derived " + x;

        string IOther.Name(int x) => "other " + x;

        internal Derived Chain(Derived other) => other ?? this;

        internal int Property
        {
            get => _value;
            set => _value = value;
        }

        internal int this[int index] => index + _value;

        internal event EventHandler Changed
        {
            add => _value++;
            remove => _value--;
        }

        public static Derived operator +(Derived a, Derived b) => new Derived { _value = a._value + b._value };

        public static implicit operator int(Derived a) => a._value;

        private int Private(int x) => _value + x;

        internal int CallPrivate(int x) => Private(x);

        public override bool Equals(object other) => other is Derived derived && derived._value == _value;

        public override int GetHashCode() => _value;
    }

    class WithOverride : INamed
    {
        public string Name(int x) => "override " + x;

        string INamed.WithDefault(int x) => "own " + x;
    }

    class Finalized
    {
        internal static int Count;

        ~Finalized() => Count++;

        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static void Make() => new Finalized();
    }

    static class Extensions
    {
        internal static string Shout(this string text, int times) => text.ToUpperInvariant() + new string('!', times);
    }

    static unsafe class Objects
    {
        [DllImport("libc", EntryPoint = "abs")]
        private static extern int Native(int x);

        [UnmanagedCallersOnly]
        static int CalledFromNative(int x) => x + 1;

        static int Call(Func<int, int> function, int x) => function(x);

        static int Square(int x) => x * x;

        internal static void Run()
        {
            var derived = new Derived { Property = 5 };
            Expect.Same(derived.NonVirtual(3), 10);
            Expect.Same(((INamed)derived).Name(1), "derived 1");
            Expect.Same(((IOther)derived).Name(1), "other 1");
            Expect.Same(((INamed)derived).WithDefault(2), "default derived 2");
            Expect.Same(((INamed)new WithOverride()).WithDefault(2), "own 2");
            Expect.Same(INamed.Static(3), "static 3");
            Expect.Same(derived.Chain(null) == derived, true);
            Expect.Same(derived.Property, 5);
            Expect.Same(derived[1], 6);
            derived.Changed += null;
            Expect.Same((derived + derived).Property, 12);
            Expect.Same((int)derived, 6);
            Expect.Same(derived.CallPrivate(1), 7);
            Expect.Same(derived.Equals(new Derived { Property = 6 }), true);
            Expect.Same(derived.GetHashCode(), 6);
            Expect.Same("hey".Shout(2), "HEY!!");

            Finalized.Make();
            for (int i = 0; i < 10 && Finalized.Count == 0; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            Expect.Same(Finalized.Count, 1);

            Expect.Same(Native(-5), 5);
            delegate* unmanaged<int, int> pointer = &CalledFromNative;
            Expect.Same(pointer(6), 7);
            Expect.Same(Call(Square, 5), 25);
            Expect.Same(Call(derived.Virtual, 5), 10);
            Func<int, int> both = Square;
            both += x => x - 1;
            Expect.Same(Call(both, 5), 4);
        }
    }
}
