// Exceptions: caught, rethrown, filtered, and what their stack traces say.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Programs
{
    static class Exceptions
    {
        private static readonly StringBuilder Order = new();

        private static bool Note(string text, bool answer)
        {
            Order.Append(text).Append(' ');
            return answer;
        }

        private static string TakeOrder()
        {
            string order = Order.ToString();
            Order.Clear();
            return order;
        }

        static int Catch(int x)
        {
            try
            {
                return 100 / x;
            }
            catch (DivideByZeroException)
            {
                return -1;
            }
        }

        static int CatchSeveral(string text)
        {
            try
            {
                return int.Parse(text);
            }
            catch (FormatException)
            {
                return -1;
            }
            catch (OverflowException e) when (e.Message != null)
            {
                return -2;
            }
            catch (Exception)
            {
                return -3;
            }
            finally
            {
                Note("finally", true);
            }
        }

        static int Finally(int x)
        {
            try
            {
                if (x == 0) throw new InvalidOperationException("in the try block");
                return x;
            }
            finally
            {
                Note("finally", true);
            }
        }

        static int Nested(int x)
        {
            int result = 0;
            try
            {
                try
                {
                    try
                    {
                        if (x == 1) throw new ArgumentException("inner");
                        if (x == 2) throw new IOException("middle");
                        if (x == 3) throw new TimeoutException("outer");
                        result += 1;
                    }
                    finally
                    {
                        result += 10;
                    }
                }
                catch (ArgumentException)
                {
                    try
                    {
                        result += 100;
                        if (x == 1) throw new IOException("from the handler");
                    }
                    finally
                    {
                        result += 1000;
                    }
                }
                result += 5;
            }
            catch (IOException) when (x < 3)
            {
                result += 10000;
            }
            return result;
        }

        static int Filtered(int x)
        {
            try
            {
                Thrower(x);
                return 0;
            }
            catch (Exception) when (Note("first", x == 1))
            {
                return 1;
            }
            catch (InvalidOperationException) when (Note("second", x == 2))
            {
                return 2;
            }
        }

        static int FilterThrows(int x)
        {
            try
            {
                Thrower(x);
                return 0;
            }
            catch (InvalidOperationException) when (100 / (x - 1) > 0)
            {
                return 1;
            }
            catch (InvalidOperationException)
            {
                return 2;
            }
        }

        static void Thrower(int x) => throw new InvalidOperationException("thrown for " + x);

        static void Rethrow(int x)
        {
            try
            {
                Thrower(x);
            }
            catch (Exception)
            {
                Note("caught", true);
                throw;
            }
        }

        static void ThrowAgain(int x)
        {
            try
            {
                Thrower(x);
            }
            catch (Exception e)
            {
                throw new ApplicationException("wrapped", e);
            }
        }

        static void Dispatched(int x)
        {
            ExceptionDispatchInfo info = null;
            try
            {
                Thrower(x);
            }
            catch (Exception e)
            {
                info = ExceptionDispatchInfo.Capture(e);
            }
            info.Throw();
        }

        static int ReturnsFromHandlers(int x)
        {
            for (int i = 0; ; i++)
            {
                try
                {
                    if (i == x) return i;
                    if (i > 2) throw new ArgumentException();
                    continue;
                }
                catch (ArgumentException)
                {
                    if (x < 0) break;
                }
                finally
                {
                    Note("f" + i, true);
                }
                return -i;
            }
            return 1000;
        }

        static int Using(int x)
        {
            using var reader = new StringReader("line");
            using (var writer = new Disposable())
            {
                if (x == 0) throw new IOException(reader.ReadLine());
                return x + reader.ReadLine().Length;
            }
        }

        private sealed class Disposable : IDisposable
        {
            public void Dispose() => Note("disposed", true);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Outer(int depth)
        {
            if (depth > 0) Outer(depth - 1);
            else Thrower(0);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static string WhoCalls() => new StackTrace().GetFrame(0).GetMethod().Name + " from " +
                                    new StackTrace().GetFrame(1).GetMethod().Name;

        [MethodImpl(MethodImplOptions.NoInlining)]
        static string Caller() => WhoCalls() + "!";

        static string CallerName([CallerMemberName] string name = "") => name;

        static void NullReference(string text) => Note(text.Trim(), true);

        static int IndexOutOfRange(int[] numbers) => numbers[3];

        static int Cast(object value) => ((string)value).Length;

        private static string Frames(Exception e) =>
            string.Join(" < ", new StackTrace(e).GetFrames().Select(f => f.GetMethod().Name).Where(n => !n.StartsWith('<')));

        // Branches and returns that become longer shift what comes after them.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
        static int Positions(int place)
        {
            if (place == 0) Thrower(place);
            for (int i = 0; i < 3; i++)
            {
                if (place == 1 && i == 2) Thrower(place);
                if (place == 6) return i;
            }
            try
            {
                if (place == 2) Thrower(place);
                if (place == 7) return 7;
            }
            finally
            {
                place += 10;
            }
            switch (place)
            {
                case 13: Thrower(place); break;
                case 18: return 8;
            }
            if (place == 19) return place;
            string text = place.ToString() + place;
            Thrower(text.Length);
            return text.Length;
        }

        // Where in the method, as the offset in its IL, which debug information turns into a line.
        private static int PositionOf(Exception e) =>
            new StackTrace(e).GetFrames().First(f => f.GetMethod().Name == nameof(Positions)).GetILOffset();

        internal static void Run()
        {
            Expect.Same(Catch(5), 20);
            Expect.Same(Catch(0), -1);
            Expect.Same(CatchSeveral("7"), 7);
            Expect.Same(CatchSeveral("x"), -1);
            Expect.Same(CatchSeveral("99999999999"), -2);
            Expect.Same(CatchSeveral(null), -3);
            Expect.Same(TakeOrder(), "finally finally finally finally ");
            Expect.Same(Finally(3), 3);
            Expect.Throws<InvalidOperationException>(() => Finally(0));
            Expect.Same(TakeOrder(), "finally finally ");
            Expect.Same(Nested(0), 16);
            Expect.Same(Nested(1), 11110);
            Expect.Same(Nested(2), 10010);
            Expect.Throws<TimeoutException>(() => Nested(3));
            Expect.Same(Filtered(1), 1);
            Expect.Same(Filtered(2), 2);
            Expect.Throws<InvalidOperationException>(() => Filtered(3));
            Expect.Same(TakeOrder(), "first first second first second ");
            Expect.Same(FilterThrows(1), 2);
            Expect.Same(FilterThrows(2), 1);

            Exception rethrown = Expect.Throws<InvalidOperationException>(() => Rethrow(1));
            Expect.Same(Frames(rethrown), "Thrower < Rethrow < Throws");
            Expect.Same(TakeOrder(), "caught ");
            Exception wrapped = Expect.Throws<ApplicationException>(() => ThrowAgain(2));
            Expect.Same(Frames(wrapped), "ThrowAgain < Throws");
            Expect.Same(Frames(wrapped.InnerException), "Thrower < ThrowAgain");
            Exception dispatched = Expect.Throws<InvalidOperationException>(() => Dispatched(3));
            Expect.Same(dispatched.StackTrace.Contains("Thrower"), true);
            Exception deep = Expect.Throws<InvalidOperationException>(() => Outer(3));
            Expect.Same(Frames(deep), "Thrower < Outer < Outer < Outer < Outer < Throws");

            Expect.Same(ReturnsFromHandlers(1), 1);
            Expect.Same(ReturnsFromHandlers(5), -3);
            Expect.Same(ReturnsFromHandlers(-1), 1000);
            Expect.Same(TakeOrder(), "f0 f1 f0 f1 f2 f3 f0 f1 f2 f3 ");
            Expect.Same(Using(3), 7);
            Expect.Throws<IOException>(() => Using(0));
            Expect.Same(TakeOrder(), "disposed disposed ");
            Expect.Same(Caller(), "WhoCalls from Caller!");
            for (int i = 0; i < 5; i++)
            {
                int place = i;
                Console.WriteLine(PositionOf(Expect.Throws<InvalidOperationException>(() => Positions(place))));
            }
            Expect.Same(Positions(6) + Positions(7) + Positions(8) + Positions(9), 34);
            Expect.Same(CallerName(), "Run");
            Expect.Throws<NullReferenceException>(() => NullReference(null));
            Expect.Throws<IndexOutOfRangeException>(() => IndexOutOfRange(new int[3]));
            Expect.Throws<InvalidCastException>(() => Cast(5));
        }
    }
}
