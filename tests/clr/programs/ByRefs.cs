// What cannot be boxed: references, pointers, and types that live on the stack only. The agent gets
// null for these and the right value for what stands beside them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Programs
{
    ref struct View
    {
        internal Span<int> Numbers;
        internal int Extra;
    }

    readonly ref struct Pair<T>
    {
        internal readonly T First;
        internal readonly ReadOnlySpan<T> Rest;

        internal Pair(T first, ReadOnlySpan<T> rest)
        {
            First = first;
            Rest = rest;
        }
    }

    static unsafe class ByRefs
    {
        private static int _field = 5;
        private static int[] _array = { 1, 2, 3 };
        private static int _pointed = 40;

        static void Ref(ref int value) => value++;
        static bool Out(string text, out int value) => int.TryParse(text, out value);
        static int In(in Point value) => value.X + value.Y;
        static int RefReadonly(ref readonly Big value) => (int)value.E;
        static void Swap(ref string a, ref Point b)
        {
            a = b.ToString();
            b = new Point(a.Length, 0);
        }
        static void RefGeneric<T>(ref T value, T other) => value = other;

        static ref int ReturnsRef(bool first) => ref first ? ref _field : ref _array[2];
        static ref readonly int ReturnsRefReadonly(int index)
        {
            if (index < 0) return ref _field;
            if (index > 2) throw new ArgumentOutOfRangeException(nameof(index));
            return ref _array[index];
        }
        static ref T ReturnsRefGeneric<T>(T[] items, int index) => ref items[index];

        static int Pointer(int* value) => *value + 1;
        static int VoidPointer(void* value, int add) => *(int*)value + add;
        static int PointerToPointer(int** value) => **value;
        static int* ReturnsPointer(int* value) => value + 1;
        static void* ReturnsVoidPointer(bool some)
        {
            if (some) return Unsafe.AsPointer(ref _pointed);
            return null;
        }
        static int FunctionPointer(delegate*<int, int> function, int x) => function(x);
        static delegate*<int, int> ReturnsFunctionPointer(bool some) => some ? &Twice : null;
        static int Twice(int x) => x * 2;
        static int GenericPointer<T>(T* value) where T : unmanaged => sizeof(T);

        static int Span(Span<int> values)
        {
            int sum = 0;
            foreach (int value in values) sum += value;
            return sum;
        }
        static int ReadOnly(ReadOnlySpan<char> text, int x) => text.Length + x;
        static ReadOnlySpan<char> ReturnsSpan(string text, int start)
        {
            if (start > text.Length) return default;
            return text.AsSpan(start);
        }
        static Span<byte> Both(Span<byte> bytes) => bytes.Slice(1);
        static int RefStruct(View view) => view.Numbers.Length + view.Extra;
        static View ReturnsRefStruct(int[] numbers) => new View { Numbers = numbers, Extra = 9 };
        static int RefRefStruct(ref View view, scoped ReadOnlySpan<int> more) => view.Extra += more.Length;
        static Pair<T> GenericRefStruct<T>(Pair<T> pair) => new Pair<T>(pair.Rest[0], pair.Rest.Slice(1));
        static string Handler(ref DefaultInterpolatedStringHandler handler) => handler.ToStringAndClear();
        static int ByValueHandler(DefaultInterpolatedStringHandler handler) => handler.ToStringAndClear().Length;
        static int Typed(TypedReference reference) => __refvalue(reference, int);
        static int SpanThrows(Span<int> values, int index)
        {
            try
            {
                return values[index];
            }
            catch (IndexOutOfRangeException) when (index > 100)
            {
                return -1;
            }
        }

        internal static void Run()
        {
            int number = 1;
            Ref(ref number);
            Expect.Same(number, 2);
            Expect.Same(Out("12", out number), true);
            Expect.Same(number, 12);
            Expect.Same(In(new Point(3, 4)), 7);
            var big = new Big { E = 6 };
            Expect.Same(RefReadonly(in big), 6);
            string text = null;
            var point = new Point(1, 2);
            Swap(ref text, ref point);
            Expect.Same(text + point, "(1; 2)(6; 0)");
            RefGeneric(ref text, "other");
            Expect.Same(text, "other");
            RefGeneric(ref number, 13);
            Expect.Same(number, 13);

            ReturnsRef(true) = 50;
            ReturnsRef(false) = 30;
            Expect.Same(_field + _array[2], 80);
            Expect.Same(ReturnsRefReadonly(-1), 50);
            Expect.Same(ReturnsRefReadonly(1), 2);
            Expect.Throws<ArgumentOutOfRangeException>(() => ReturnsRefReadonly(3));
            string[] words = { "a", "b" };
            ReturnsRefGeneric(words, 1) = "c";
            Expect.Same(words[1], "c");
            Expect.Same(ReturnsRefGeneric(_array, 0), 1);

            int* numbers = stackalloc int[] { 7, 8 };
            Expect.Same(Pointer(numbers), 8);
            Expect.Same(VoidPointer(numbers, 3), 10);
            Expect.Same(PointerToPointer(&numbers), 7);
            Expect.Same(*ReturnsPointer(numbers), 8);
            Expect.Same(*(int*)ReturnsVoidPointer(true), 40);
            Expect.Same(ReturnsVoidPointer(false) == null, true);
            Expect.Same(FunctionPointer(&Twice, 4), 8);
            Expect.Same(ReturnsFunctionPointer(true)(6), 12);
            Expect.Same(ReturnsFunctionPointer(false) == null, true);
            Expect.Same(GenericPointer((Point*)numbers), 8);

            Expect.Same(Span(stackalloc[] { 1, 2, 3 }), 6);
            Expect.Same(ReadOnly("text", 5), 9);
            Expect.Same(ReturnsSpan("abcdef", 2).ToString(), "cdef");
            Expect.Same(ReturnsSpan("abc", 5).Length, 0);
            Expect.Same(Both(new byte[] { 1, 2 })[0], 2);
            View view = ReturnsRefStruct(_array);
            Expect.Same(RefStruct(view), 12);
            Expect.Same(RefRefStruct(ref view, _array), 12);
            Expect.Same(GenericRefStruct(new Pair<string>("x", words)).First, "a");
            Expect.Same(GenericRefStruct(new Pair<int>(9, _array)).First, 1);
            var handler = new DefaultInterpolatedStringHandler(3, 0);
            handler.AppendLiteral("abc");
            Expect.Same(Handler(ref handler), "abc");
            Expect.Same(ByValueHandler($"four"), 4);
            Expect.Same(Typed(__makeref(number)), 13);
            Expect.Same(SpanThrows(_array, 1), 2);
            Expect.Same(SpanThrows(_array, 101), -1);
            Expect.Throws<IndexOutOfRangeException>(() => SpanThrows(_array, 3));
        }
    }
}
