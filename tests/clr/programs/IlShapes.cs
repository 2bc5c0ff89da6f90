// Calls the methods of IlShapes.dll and CoreLibOnly.dll, which ilasm makes.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace Programs
{
    static class IlShapes
    {
        private static Assembly _assembly;

        private static Assembly Load(string name) => Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, name));

        private static object Call(string name, params object[] arguments)
        {
            int dot = name.StartsWith("Il.") ? name.IndexOf('.', 3) : name.IndexOf('.');
            Type type = _assembly.GetType(name[..dot], true);
            MethodInfo method = type.GetMethods().First(m => m.Name == name[(dot + 1)..]);
            return Invoke(method, arguments);
        }

        private static object Invoke(MethodInfo method, params object[] arguments)
        {
            object target = method.IsStatic ? null : Activator.CreateInstance(method.DeclaringType);
            return method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }

        private static void Same(string name, object argument, object expected) =>
            Expect.Same(Call(name, argument), expected, name + "(" + argument + ")");

        private static void Throws<TException>(string name, object argument) where TException : Exception =>
            Expect.Throws<TException>(() => Call(name, argument), name + "(" + argument + ")");

        private static object TakeField(string type, string name)
        {
            FieldInfo field = _assembly.GetType(type).GetField(name);
            object value = field.GetValue(null);
            field.SetValue(null, null);
            return value;
        }

        private static void TailCalls()
        {
            Call("Il.Tail.Void", 3);
            Same("Il.Tail.Value", 4, 5);
            Same("Il.Tail.Earlier", 0, 100);
            Same("Il.Tail.Earlier", 5, 6);
            Call("Il.Tail.EarlierVoid", 0);
            Call("Il.Tail.EarlierVoid", 20);
            Expect.Same(TakeField("Il.Tail", "Side"), 1023, "side effects");
            Same("Il.Tail.Virtual", 12, "12");
            Same("Il.Tail.Prefixed", 12, "12");
            Same("Il.Tail.Indirect", 6, 7);
            Same("Il.Tail.Deep", 3, 7);
            Same("Il.Tail.Target", 0, 1);
            Same("Il.Tail.Target", 1, 7);
            Same("Il.Jumps.Jump", 7, 8);
            Same("Il.Jumps.Sometimes", 8, 9);
            Same("Il.Jumps.Sometimes", 0, -1);
        }

        private static void Ends()
        {
            Same("Il.Ends.Throw", 5, 5);
            Throws<InvalidOperationException>("Il.Ends.Throw", 0);
            Same("Il.Ends.Branch", 5, 12);
            Same("Il.Ends.BranchWithValue", 5, 5);
            Same("Il.Ends.BranchWithValue", 0, 50);
            Same("Il.Ends.Leave", 5, 20);
            Same("Il.Ends.Leave", 0, -1);
            Same("Il.Ends.Rethrow", 5, 20);
            Throws<DivideByZeroException>("Il.Ends.Rethrow", 0);
            Same("Il.Ends.Finally", 5, 6);
            Same("Il.Ends.Switch", 2, 11);
            Throws<ArgumentException>("Il.Ends.Switch", 9);
            Throws<TimeoutException>("Il.Ends.NoReturn", 3);
            Same("Il.Ends.EndlessLoop", 5, 135);
        }

        private static void Returns()
        {
            Throws<InvalidProgramException>("Il.Returns.Junk", 0);
            Same("Il.Returns.ValueOnBranch", 0, 6);
            Same("Il.Returns.ValueOnBranch", 1, 5);
            Same("Il.Returns.DeadCode", 5, 5);
            Same("Il.Returns.UnreachableReturn", 0, 3);
            Throws<ArgumentException>("Il.Returns.UnreachableReturn", 1);
            Same("Il.Returns.Switch", 0, "zero");
            Same("Il.Returns.Switch", 2, null);
            Same("Il.Returns.Switch", 9, "other");
            Same("Il.Returns.Size125", 1, 2);
            Same("Il.Returns.Size126", 0, 1);
            Same("Il.Returns.ForwardLimit", 1, 2);
            Same("Il.Returns.BackwardLimit", 1, 1);
            Same("Il.Returns.ManyShortBranches", 0, 1);
            Same("Il.Returns.ManyShortBranches", 1, 5);
            Same("Il.Returns.ManyShortBranches", 7, 2);
            Same("Il.Returns.MaxStack", 5, 5);
            Same("Il.Returns.Constrained", 5, 5);
            Same("Il.Returns.Constrained", 0, -1);
            Same("Il.Returns.Unaligned", 5, 5);
            Same("Il.Returns.LocalAlloc", 5, 5);
            Expect.Same(Call("Il.Returns.NativeInt", (nint)5, (nuint)6), (nint)11, "NativeInt");
            Expect.Same(Call("Il.Returns.Modifiers", 5, "s"), 5, "Modifiers");
            Same("Il.Returns.ModifiedVoid", 5, null);
            Same("Il.Returns.Bounded", new int[2, 2], 5);
            foreach (MethodInfo method in _assembly.GetType("Il.Returns").GetMethods().Where(m => m.Name == "Overload"))
                Expect.Same(Invoke(method, 5), method.ReturnType == typeof(int) ? 5 : "string", "Overload");
            MethodInfo generic = _assembly.GetType("Il.Returns").GetMethod("GenericReturns");
            Expect.Same(Invoke(generic.MakeGenericMethod(typeof(string)), "a", "b", true), "a", "GenericReturns");
            Expect.Same(Invoke(generic.MakeGenericMethod(typeof(int)), 1, 2, false), 2, "GenericReturns");
        }

        private static void Clauses()
        {
            Same("Il.Clauses.Fault", 5, 5);
            Throws<InvalidOperationException>("Il.Clauses.Fault", 0);
            Expect.Same(TakeField("Il.Clauses", "Order"), "fault ", "order");
            Same("Il.Clauses.Filter", 1, 33);
            Throws<InvalidOperationException>("Il.Clauses.Filter", 0);
            Expect.Same(TakeField("Il.Clauses", "Order"), "filter handler filter ", "order");
            Same("Il.Clauses.All", 5, 5);
            Same("Il.Clauses.All", 1, 44);
            Same("Il.Clauses.All", 0, 55);
            Expect.Same(TakeField("Il.Clauses", "Order"), "finally filter finally fault filter finally fault ", "order");
            Same("Il.Clauses.TryInHandler", 0, 66);
            Same("Il.Clauses.TryInHandler", 5, 5);
            Same("Il.Clauses.WholeBody", 0, null);
            Same("Il.Clauses.HandlerFirst", 1, 77);
            Same("Il.Clauses.HandlerFirst", 2, 0);
            Throws<InvalidOperationException>("Il.Clauses.HandlerFirst", 0);
            Same("Il.Clauses.IntoTry", 0, 10);
            Same("Il.Clauses.IntoTry", 5, 15);
            Same("Il.Clauses.Again", 3, 1);
            Same("Il.Clauses.ThrowsString", 5, 5);
            Throws<System.Runtime.CompilerServices.RuntimeWrappedException>("Il.Clauses.ThrowsString", 0);
        }

        private static void Noise()
        {
            Same("Il.Noise.Undefined", 0, 1);
            Same("Il.Noise.Undefined", 5, 5);
            Same("Il.Noise.Constant", 5, 5);
            Same("Il.Noise.Compared", 5, 5);
            Same("Il.Noise.Pointer", 0, null);
        }

        private static void Names()
        {
            foreach (string name in new[] { "two words", "dotted.name", "<Angle>b__0|1", "é中😀", "a(b, c) & \"d\"", "Special" })
                Same("Il.Names." + name, 5, 5);
            Same("Not\\+Nested.Method", 5, 5);
            Same("NoNamespace.Synchronized", 5, 5);
        }

        internal static void Run()
        {
            _assembly = Load("IlShapes.dll");
            TailCalls();
            Ends();
            Returns();
            Clauses();
            Noise();
            Names();
            Type coreLibOnly = Load("CoreLibOnly.dll").GetType("CoreLibOnly.Shapes");
            Expect.Same(Invoke(coreLibOnly.GetMethod("Method"), 0), 5, "CoreLibOnly(0)");
            Expect.Same(Invoke(coreLibOnly.GetMethod("Method"), 4), 4, "CoreLibOnly(4)");
            Expect.Same(Invoke(coreLibOnly.GetMethod("Traced"), 6), 6, "CoreLibOnly.Traced");
        }
    }
}
