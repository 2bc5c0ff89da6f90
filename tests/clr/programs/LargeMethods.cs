// Methods beyond 32 KB, with more than 255 parameters, and with many locals. large.awk writes them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using System.Reflection;

namespace Programs
{
    static class LargeMethods
    {
        private static MethodInfo Generated(string name) =>
            typeof(Large).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic);

        private static int ILSize(string name) => Generated(name).GetMethodBody().GetILAsByteArray().Length;

        internal static void Run()
        {
            Expect.Same(Large.Switch(0), 0);
            Expect.Same(Large.Switch(1999), 1999 * 3);
            Expect.Same(Large.Switch(2000), -1);
            Expect.Same(Large.Straight(1), 1 + 2 * 3000);
            Expect.Same(Large.Loops(3), 3 * 2500);
            Expect.Throws<InvalidOperationException>(() => Large.Handlers(777));
            Expect.Same(Large.Handlers(5), 5);
            Expect.Same(Large.Handlers(1000), 100);
            Expect.Same(Large.Locals(1), 400);
            object[] arguments = Enumerable.Range(0, 260).Select(i => (object)i).ToArray();
            Expect.Same(Generated(nameof(Large.Parameters)).Invoke(null, arguments), 259 * 260 / 2);
            Expect.Same(ILSize(nameof(Large.Switch)) > 32768, true);
            Expect.Same(ILSize(nameof(Large.Straight)) > 32768, true);
            Expect.Same(ILSize(nameof(Large.Loops)) > 32768, true);
        }
    }
}
