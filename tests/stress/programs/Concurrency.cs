// Channels, dataflow, parallel loops and queries, pipelines, asynchronous streams, locks and timers.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using System.Threading.Tasks.Dataflow;

namespace Stress;

internal static class Concurrency
{
    public static async Task Run()
    {
        await Channels(Channel.CreateUnbounded<int>());
        await Channels(Channel.CreateBounded<int>(3));
        await Channels(Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true }));
        await Dataflow();
        ParallelLoops();
        Queries();
        await Pipes();
        await Streams();
        await Cancelling();
        await Sources();
        Collections();
        await Threads();
    }

    private static async Task Channels(Channel<int> channel)
    {
        Task[] writers = Enumerable.Range(0, 4).Select(w => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++) await channel.Writer.WriteAsync(w * 1000 + i);
        })).ToArray();
        Task<long> reader = Task.Run(async () =>
        {
            long sum = 0;
            await foreach (int value in channel.Reader.ReadAllAsync()) sum += value;
            return sum;
        });
        await Task.WhenAll(writers);
        channel.Writer.Complete();
        Console.WriteLine(await reader);
    }

    private static async Task Dataflow()
    {
        long sum = 0;
        var parse = new TransformManyBlock<string, int>(s => s.Split(' ').Select(int.Parse));
        var square = new TransformBlock<int, long>(
            async n =>
            {
                await Task.Yield();
                return (long)n * n;
            },
            new ExecutionDataflowBlockOptions { MaxDegreeOfParallelism = 4, BoundedCapacity = 16 });
        var batch = new BatchBlock<long>(7);
        var add = new ActionBlock<long[]>(values => Interlocked.Add(ref sum, values.Sum()));
        var link = new DataflowLinkOptions { PropagateCompletion = true };
        parse.LinkTo(square, link);
        square.LinkTo(batch, link);
        batch.LinkTo(add, link);
        for (int i = 0; i < 100; i++) await parse.SendAsync($"{i} {i + 1} {i + 2}");
        parse.Complete();
        await add.Completion;
        Console.WriteLine(sum);
        var failing = new ActionBlock<int>(n => throw new InvalidOperationException($"block {n}"));
        failing.Post(1);
        Console.WriteLine(await Failure(failing.Completion));
    }

    private static async Task<string> Failure(Task task)
    {
        try
        {
            await task;
            return "none";
        }
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    private static void ParallelLoops()
    {
        long sum = 0;
        Parallel.For(0, 2000, () => 0L, (i, _, local) => local + i, local => Interlocked.Add(ref sum, local));
        Parallel.ForEach(Partitioner.Create(0, 1000, 37), range => Interlocked.Add(ref sum, range.Item2 - range.Item1));
        Parallel.Invoke(() => Interlocked.Add(ref sum, 1), () => Interlocked.Add(ref sum, 2));
        try
        {
            Parallel.For(0, 10, i =>
            {
                if (i == 5) throw new ArgumentException("five");
            });
        }
        catch (AggregateException e)
        {
            Console.WriteLine(e.InnerException.Message);
        }
        Console.WriteLine(sum);
    }

    private static void Queries()
    {
        ParallelQuery<int> numbers = Enumerable.Range(0, 3000).AsParallel();
        Console.WriteLine(numbers.Where(n => n % 3 == 0).Select(n => (long)n).Sum());
        ParallelQuery<int> ordered = Enumerable.Range(0, 3000).AsParallel().AsOrdered();
        Console.WriteLine(string.Join(',', ordered.Where(n => n % 500 == 1).Select(n => n * 2)));
        Console.WriteLine(string.Join(',', numbers.GroupBy(n => n % 7).Select(g => (g.Key, g.Count())).OrderBy(p => p.Key)));
        Console.WriteLine(numbers.Join(numbers, a => a, b => b * 2, (a, b) => a - b).Max());
        Console.WriteLine(numbers.OrderByDescending(n => n % 100).ThenBy(n => n).Take(5).Aggregate(0, (a, b) => a * 3 + b));
        Console.WriteLine(ordered.Zip(ordered.Reverse(), (a, b) => a ^ b).Distinct().Count());
    }

    private static async Task Pipes()
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 64, pauseWriterThreshold: 512, resumeWriterThreshold: 128));
        Task write = Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++) await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes($"line {i}\n"));
            await pipe.Writer.CompleteAsync();
        });
        int lines = 0, bytes = 0;
        while (true)
        {
            ReadResult result = await pipe.Reader.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (buffer.PositionOf((byte)'\n') is SequencePosition end)
            {
                bytes += (int)buffer.Slice(0, end).Length;
                lines++;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            pipe.Reader.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted) break;
        }
        await write;
        Console.WriteLine($"{lines} {bytes}");
    }

    private static async IAsyncEnumerable<int> Numbers(int count, [EnumeratorCancellation] CancellationToken token = default)
    {
        for (int i = 0; i < count; i++)
        {
            token.ThrowIfCancellationRequested();
            if (i % 3 == 0) await Task.Yield();
            yield return i;
        }
    }

    private static async Task Streams()
    {
        int sum = 0;
        await foreach (int n in Numbers(100)) sum += n;
        using var source = new CancellationTokenSource();
        try
        {
            await foreach (int n in Numbers(100).WithCancellation(source.Token))
            {
                if (n == 50) source.Cancel();
                sum += 1000;
            }
        }
        catch (OperationCanceledException)
        {
            sum++;
        }
        Console.WriteLine(sum);
    }

    private static async Task Cancelling()
    {
        using var source = new CancellationTokenSource();
        Task wait = Task.Delay(Timeout.Infinite, source.Token);
        using CancellationTokenRegistration registration = source.Token.Register(() => Console.WriteLine("cancelled"));
        source.Cancel();
        Console.WriteLine(await Failure(wait));
        Console.WriteLine(await Failure(Task.WhenAll(Task.FromException(new FormatException("x")), Task.CompletedTask)));
        await using var timer = new Timer(_ => { }, null, 1, 1);
        using var periodic = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (int i = 0; i < 3; i++) await periodic.WaitForNextTickAsync();
        Console.WriteLine(await Task.Delay(1).ContinueWith(t => t.IsCompletedSuccessfully));
    }

    private static async Task Sources()
    {
        var source = new TaskCompletionSource<Money>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.QueueUserWorkItem(_ => source.SetResult(new Money(1, "A")));
        Console.WriteLine(await source.Task);
        using var semaphore = new SemaphoreSlim(2);
        int inside = 0, most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), async (_, token) =>
        {
            await semaphore.WaitAsync(token);
            int now = Interlocked.Increment(ref inside);
            for (int seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            semaphore.Release();
        });
        Console.WriteLine(most <= 2);
        Console.WriteLine(await Fibonacci(12));
    }

    private static async ValueTask<int> Fibonacci(int n)
    {
        if (n < 2) return n;
        if (n == 5) await Task.Yield();
        return await Fibonacci(n - 1) + await Fibonacci(n - 2);
    }

    private static void Collections()
    {
        var map = new ConcurrentDictionary<int, string>();
        var bag = new ConcurrentBag<int>();
        var stack = new ConcurrentStack<int>();
        using var queue = new BlockingCollection<int>(10);
        Task take = Task.Run(() =>
        {
            foreach (int n in queue.GetConsumingEnumerable()) bag.Add(n);
        });
        for (int i = 0; i < 100; i++)
        {
            queue.Add(i);
            stack.Push(i);
            map.AddOrUpdate(i % 10, k => $"{k}", (k, old) => old + ".");
        }
        queue.CompleteAdding();
        take.Wait();
        Console.WriteLine($"{bag.Sum()} {stack.Sum()} {string.Join(' ', map.OrderBy(p => p.Key).Select(p => p.Value))}");
        var sorted = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var ring = new LinkedList<int>();
        var heap = new PriorityQueue<string, int>();
        var set = new SortedSet<int>();
        for (int i = 0; i < 200; i++)
        {
            sorted[$"k{i * 37 % 101}"] = i;
            if (i % 2 == 0) ring.AddLast(i); else ring.AddFirst(i);
            heap.Enqueue($"h{i}", i * 53 % 199);
            set.Add(i * 71 % 113);
        }
        Console.WriteLine($"{sorted.First()} {ring.First.Value} {heap.Dequeue()} {set.GetViewBetween(10, 20).Count}");
    }

    private static async Task Threads()
    {
        var gate = new Barrier(3, b => Console.WriteLine($"phase {b.CurrentPhaseNumber}"));
        using var rw = new ReaderWriterLockSlim();
        int value = 0;
        Thread[] threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 3; i++)
            {
                rw.EnterWriteLock();
                value++;
                rw.ExitWriteLock();
                gate.SignalAndWait();
            }
        })).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Console.WriteLine(value);
        var local = new AsyncLocal<string> { Value = "outer" };
        await Task.Run(() => local.Value = "inner");
        Console.WriteLine(local.Value);
    }
}
