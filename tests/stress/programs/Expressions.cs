// Expression trees, compiled and interpreted, rewritten, as queries, and under `dynamic`.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Dynamic;
using System.Linq;
using System.Linq.Expressions;
using System.Threading.Tasks;

namespace Stress;

internal static class Expressions
{
    public static Task Run()
    {
        foreach (bool interpret in new[] { false, true })
        {
            Console.WriteLine(interpret ? "interpreted" : "compiled");
            Arithmetic(interpret);
            Loops(interpret);
            Exceptions(interpret);
            Closures(interpret);
        }
        Rewriting();
        Queries();
        Dynamic();
        return Task.CompletedTask;
    }

    private static void Arithmetic(bool interpret)
    {
        ParameterExpression x = Expression.Parameter(typeof(long)), y = Expression.Parameter(typeof(long));
        var kinds = new[]
        {
            ExpressionType.Add, ExpressionType.AddChecked, ExpressionType.Subtract, ExpressionType.MultiplyChecked,
            ExpressionType.Divide, ExpressionType.Modulo, ExpressionType.And, ExpressionType.Or,
            ExpressionType.ExclusiveOr,
        };
        foreach (ExpressionType kind in kinds)
        {
            Func<long, long, long> f = Expression.Lambda<Func<long, long, long>>(
                Expression.MakeBinary(kind, x, y), x, y).Compile(interpret);
            Console.WriteLine($"{kind} {f(40, 7)} {Try(() => f(long.MaxValue, 2))} {Try(() => f(3, 0))}");
        }
        Expression<Func<int?, decimal, string>> lifted = (a, b) => $"{a + 1} {(a ?? 5) * b} {a > 3} {-b}";
        Func<int?, decimal, string> call = lifted.Compile(interpret);
        Console.WriteLine($"{call(4, 1.5m)}; {call(null, 2m)}");
    }

    private static string Try(Func<object> f)
    {
        try
        {
            return $"{f()}";
        }
        catch (Exception e)
        {
            return e.GetType().Name;
        }
    }

    private static void Loops(bool interpret)
    {
        ParameterExpression n = Expression.Parameter(typeof(int)), i = Expression.Variable(typeof(int)),
            list = Expression.Variable(typeof(List<string>));
        LabelTarget end = Expression.Label(typeof(List<string>));
        Expression body = Expression.Block(
            new[] { i, list },
            Expression.Assign(list, Expression.New(typeof(List<string>))),
            Expression.Loop(
                Expression.IfThenElse(
                    Expression.LessThan(Expression.PostIncrementAssign(i), n),
                    Expression.Call(list, nameof(List<string>.Add), null, Expression.Switch(
                        Expression.Modulo(i, Expression.Constant(3)),
                        Expression.Call(i, nameof(int.ToString), null),
                        Expression.SwitchCase(Expression.Constant("fizz"), Expression.Constant(0)),
                        Expression.SwitchCase(Expression.Constant("one"), Expression.Constant(1)))),
                    Expression.Break(end, list)),
                end));
        Func<int, List<string>> f = Expression.Lambda<Func<int, List<string>>>(body, n).Compile(interpret);
        Console.WriteLine(string.Join(',', f(20)));
    }

    private static void Exceptions(bool interpret)
    {
        ParameterExpression s = Expression.Parameter(typeof(string)),
            log = Expression.Parameter(typeof(List<string>)), e = Expression.Parameter(typeof(FormatException));
        Expression body = Expression.TryCatchFinally(
            Expression.Call(typeof(int), nameof(int.Parse), null, s),
            Expression.Call(log, nameof(List<string>.Add), null, Expression.Constant("finally")),
            Expression.Catch(e, Expression.Constant(-1), Expression.Equal(s, Expression.Constant("bad"))),
            Expression.Catch(typeof(OverflowException), Expression.Rethrow(typeof(int))));
        Func<string, List<string>, int> f =
            Expression.Lambda<Func<string, List<string>, int>>(body, s, log).Compile(interpret);
        var lines = new List<string>();
        foreach (string text in new[] { "12", "bad", "worse", "99999999999" })
        {
            lines.Add(Try(() => f(text, lines)));
        }
        Console.WriteLine(string.Join(' ', lines));
    }

    private static void Closures(bool interpret)
    {
        int count = 0;
        var holder = new Line { Count = 5 };
        Expression<Func<int, Func<int, int>>> curried = a => b => a * b + holder.Count + count;
        Func<int, Func<int, int>> f = curried.Compile(interpret);
        count = 100;
        Console.WriteLine(string.Join(' ', Enumerable.Range(0, 50).Select(k => f(k)(k))));
        Expression<Func<Line>> make = () => new Line { Product = "p", Price = new Money(1, "X"), Count = new[] { 1, 2, 3 }[1] };
        Console.WriteLine(make.Compile(interpret)().Price);
        Expression<Func<List<Dictionary<string, int>>>> nested = () =>
            new List<Dictionary<string, int>> { new() { { "a", 1 }, { "b", count } }, new() };
        Console.WriteLine(nested.Compile(interpret)()[0]["b"]);
    }

    private sealed class Swap : ExpressionVisitor
    {
        protected override Expression VisitBinary(BinaryExpression node) =>
            node.NodeType == ExpressionType.Add
                ? Expression.Subtract(Visit(node.Left), Visit(node.Right))
                : base.VisitBinary(node);
    }

    private static void Rewriting()
    {
        Expression<Func<int, int, int>> f = (a, b) => (a + b) * (a + 3) + Math.Abs(b);
        var g = (Expression<Func<int, int, int>>)new Swap().Visit(f);
        Console.WriteLine($"{f} {f.Compile()(5, 6)} {g} {g.Compile()(5, 6)}");
        Expression deep = Expression.Constant(1);
        for (int i = 0; i < 200; i++) deep = Expression.Add(deep, Expression.Constant(i));
        Console.WriteLine(Expression.Lambda<Func<int>>(deep).Compile()());
    }

    private static void Queries()
    {
        IQueryable<Line> lines = Order.Sample(3).Lines.AsQueryable();
        var query = from line in lines
                    where line.Count > 10 && line.Product.Contains('S')
                    group line by line.Delivery into day
                    orderby day.Key descending
                    select new { day.Key, Sum = day.Sum(l => l.Count), Most = day.Max(l => l.Price.Amount) };
        foreach (var row in query) Console.WriteLine(row);
        Console.WriteLine(query.Expression);
        Console.WriteLine(lines.Select(l => l.Count).Where(c => c % 2 == 0).Aggregate(0, (a, b) => a * 3 + b));
    }

    private sealed class Bag : DynamicObject
    {
        public override bool TryGetMember(GetMemberBinder binder, out object result)
        {
            result = binder.Name.Length;
            return binder.Name != "none";
        }

        public override bool TryInvokeMember(InvokeMemberBinder binder, object[] args, out object result)
        {
            result = binder.Name + string.Join('|', args);
            return true;
        }
    }

    private static void Dynamic()
    {
        dynamic bag = new Bag(), expando = new ExpandoObject();
        expando.x = 5;
        expando.f = (Func<int, int>)(v => v * 2);
        Console.WriteLine($"{bag.hello} {bag.Do(1, "two", 3.0)} {expando.x + 1} {expando.f(21)}");
        Console.WriteLine(Try(() => bag.none));
        object[] operands = { 1, 2L, 3.5, 4m, "five", 'c', null };
        foreach (dynamic a in operands)
        {
            foreach (dynamic b in operands) Console.Write(Try(() => a + b) + " ");
        }
        Console.WriteLine();
    }
}
