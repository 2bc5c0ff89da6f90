// Calls methods of the core library, most of which the look-up of the agent, reflection and agents call
// as well. core_library.sh has them traced.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Programs
{
    static class CoreLibrary
    {
        internal static void Run()
        {
            Console.WriteLine(Own("a", 1));
            Paths();
            Reflection();
            Texts();
            Collections();
            Helpers(new Large[2], 3.5);
            Locks();
            Tasks();
            Console.WriteLine(Own("b", 2));
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static string Own(string text, int number) => string.Concat(text, number.ToString());

        private static void Paths()
        {
            Console.WriteLine(Path.GetFullPath("/a/../b"));
            Console.WriteLine(Path.Combine("a", "b"));
            Console.WriteLine(File.Exists("/nowhere"));
            string own = typeof(CoreLibrary).Assembly.Location;
            Console.WriteLine(AssemblyLoadContext.Default.LoadFromAssemblyPath(own) == typeof(CoreLibrary).Assembly);
            Console.WriteLine(Assembly.LoadFrom(own).GetName().Name);
        }

        private static void Reflection()
        {
            MethodInfo method = typeof(Math).GetMethod("Max", new[] { typeof(int), typeof(int) });
            Console.WriteLine(method.Invoke(null, new object[] { 3, 4 }));
            Console.WriteLine(Activator.CreateInstance(typeof(StringBuilder)).GetType());
            Console.WriteLine(Type.GetType("System.Int32"));
            var sum = (Func<int, int, int>)Delegate.CreateDelegate(typeof(Func<int, int, int>), method);
            Console.WriteLine(sum(5, 6));
            try
            {
                typeof(int).GetMethod("Parse", new[] { typeof(string) }).Invoke(null, new object[] { "x" });
            }
            catch (TargetInvocationException e)
            {
                Console.WriteLine(e.InnerException.GetType());
            }
        }

        private static void Texts()
        {
            string one = 1.ToString();
            Console.WriteLine(string.Concat(one, "2") + string.Concat(one, "2", "3") + string.Join('-', "a", "b"));
            Console.WriteLine(string.Format("{0} {1}", one, DateTime.UnixEpoch.Year));
            Console.WriteLine("abc".Replace("b", "x") + "abc".Substring(1) + "a,b".Split(',').Length + "abc".IndexOf('c'));
            Console.WriteLine(new StringBuilder().Append("x").Append(one).ToString());
            Console.WriteLine(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes("ä")));
            try
            {
                int.Parse("x");
            }
            catch (FormatException e)
            {
                Console.WriteLine(e.GetType());
            }
        }

        private static void Collections()
        {
            var numbers = new Dictionary<string, int> { ["a"] = 1 };
            numbers.Add("b", 2);
            Console.WriteLine(numbers.TryGetValue("b", out int found) + " " + found + numbers.ContainsKey("c"));
            var list = new List<int> { 2, 1 };
            list.Sort();
            Console.WriteLine(string.Join(",", list.Select(n => n * 2)));
            var array = new int[2];
            Array.Copy(list.ToArray(), array, 2);
            Array.Resize(ref array, 3);
            Console.WriteLine(Array.IndexOf(array, 2) + " " + array.Length);
        }

        private struct Large
        {
            internal string A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P;
        }

        // Compiled code calls methods of the core library for what has no call in the source.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static unsafe void Helpers(Large[] larges, double number)
        {
            checked
            {
                Console.WriteLine((int)number + " " + (uint)number + " " + (long)number + " " + (ulong)number);
            }
            larges[0].P = "p";
            larges[1] = larges[0];
            object[] objects = new string[1];
            objects[0] = larges[1].P;
            int size = (int)number * 400;
            byte* from = stackalloc byte[size], to = stackalloc byte[size];
            Unsafe.InitBlock(from, 7, (uint)size);
            Unsafe.CopyBlock(to, from, (uint)size - 1);
            Console.WriteLine(objects[0] + " " + to[size - 2] + to[size - 1]);
        }

        private static void Locks()
        {
            object gate = new();
            int count = 0, other = 0;
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < 50; i++)
                {
                    lock (gate) count++;
                    Monitor.Enter(gate);
                    Monitor.Exit(gate);
                    Interlocked.Increment(ref other);
                    Thread.Yield();
                }
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Console.WriteLine(count + other);
        }

        private static void Tasks()
        {
            Console.WriteLine(Delayed().GetAwaiter().GetResult());
            Console.WriteLine(Task.Run(() => Own("task", 3)).Result);
            var local = new AsyncLocal<int> { Value = 4 };
            Console.WriteLine(Task.Run(() => local.Value).Result);
            Parallel.For(0, 8, _ => { });
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        private static async Task<string> Delayed()
        {
            await Task.Delay(1);
            await Task.Yield();
            return "delayed";
        }
    }
}
