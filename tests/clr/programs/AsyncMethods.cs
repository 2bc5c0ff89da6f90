// Asynchronous methods: the tracer sees the call that returns the task.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Programs
{
    static class AsyncMethods
    {
        static async Task Plain(int delay) => await Task.Delay(delay);

        static async Task<int> WithResult(int x)
        {
            await Task.Yield();
            return x + 1;
        }

        // Waits until its caller has been given the task, so that the order of events is always the same.
        static async Task<string> Sequence(string text, Task returned)
        {
            await returned;
            string result = "";
            foreach (char c in text)
            {
                if (c == ' ') continue;
                result += await WithResult(c) + ";";
            }
            return result;
        }

        static async ValueTask Value(bool yield)
        {
            if (yield) await Task.Yield();
        }

        static async ValueTask<Point> ValueResult(int x, bool yield)
        {
            if (yield) await Task.Yield();
            return new Point(x, x);
        }

        static async void Nothing(TaskCompletionSource done)
        {
            await Task.Yield();
            done.SetResult();
        }

        static async Task<int> Throws(int x)
        {
            if (x == 0) throw new ArgumentException("before the first await");
            await Task.Yield();
            throw new InvalidOperationException("after the first await");
        }

        static async Task<int> Catches(int x)
        {
            try
            {
                return await Throws(x);
            }
            catch (ArgumentException)
            {
                await Task.Yield();
                return -1;
            }
            catch (InvalidOperationException) when (x > 0)
            {
                return -2;
            }
            finally
            {
                await Task.Yield();
            }
        }

        static async Task Cancelled(CancellationToken token) => await Task.Delay(Timeout.Infinite, token);

        static async Task<T> Generic<T>(Func<Task<T>> get)
        {
            T value = await get();
            return value;
        }

        static Task<int> NotAsync(int x)
        {
            if (x < 0) return Task.FromException<int>(new ArgumentException("negative"));
            return Task.FromResult(x);
        }

        static Task ThrowsNow() => throw new NotSupportedException("no task");

        static async Task<int> Completed(int x) => x;

        static async Task<int> Parallel(int x)
        {
            int[] results = await Task.WhenAll(NotAsync(x), NotAsync(x + 1), NotAsync(x + 2));
            return results[0] + results[1] + results[2];
        }

        static async Task<string> Locals(string name)
        {
            var local = new AsyncLocal<string> { Value = name };
            await Plain(1).ConfigureAwait(false);
            await using var resource = new Resource();
            return local.Value + resource.GetType().Name;
        }

        private sealed class Resource : IAsyncDisposable
        {
            public async ValueTask DisposeAsync() => await Task.Yield();
        }

        private static async Task RunAsync()
        {
            await Plain(1);
            Expect.Same(await WithResult(4), 5);
            var returned = new TaskCompletionSource();
            Task<string> sequence = Sequence("a b", returned.Task);
            returned.SetResult();
            Expect.Same(await sequence, "98;99;");
            await Value(false);
            await Value(true);
            Expect.Same(await ValueResult(1, false), new Point(1, 1));
            Expect.Same(await ValueResult(2, true), new Point(2, 2));
            var done = new TaskCompletionSource();
            Nothing(done);
            await done.Task;
            Expect.Same(await Catches(0), -1);
            Expect.Same(await Catches(1), -2);
            Expect.Same((await Failure(Throws(1))).GetType(), typeof(InvalidOperationException));
            using var cancel = new CancellationTokenSource(10);
            Expect.Same((await Failure(Cancelled(cancel.Token))).GetType(), typeof(TaskCanceledException));
            Expect.Same(await Generic(() => Task.FromResult("generic")), "generic");
            Expect.Same(await Generic(() => Task.FromResult(6)), 6);
            Expect.Same(await NotAsync(7), 7);
            Expect.Same((await Failure(NotAsync(-1))).Message, "negative");
            Expect.Throws<NotSupportedException>(() => ThrowsNow());
            Expect.Same(await Completed(8), 8);
            Expect.Same(await Parallel(1), 6);
            Expect.Same(await Locals("local "), "local Resource");
        }

        private static async Task<Exception> Failure(Task task)
        {
            try
            {
                await task;
                return null;
            }
            catch (Exception e)
            {
                return e;
            }
        }

        internal static void Run() => RunAsync().GetAwaiter().GetResult();
    }
}
