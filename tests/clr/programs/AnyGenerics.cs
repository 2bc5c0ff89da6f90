// Generic methods that take stack-only types too: what they are given cannot be boxed.
// SPDX-License-Identifier: Apache-2.0
#if NET9_0_OR_GREATER
using System;

namespace Programs
{
    static class AnyGenerics
    {
        static int Count<T>(T value, int x) where T : allows ref struct => typeof(T).Name.Length + x;

        static T Returns<T>(T value, int times) where T : allows ref struct
        {
            if (times == 0) return value;
            return Returns(value, times - 1);
        }

        internal static void Run()
        {
            Expect.Same(Count("x", 1), 7);
            Expect.Same(Count(5, 2), 7);
            Expect.Same(Count("abc".AsSpan(), 3), 17);
            Expect.Same(Returns(5, 1), 5);
            Expect.Same(Returns("r", 1), "r");
            Expect.Same(Returns("span".AsSpan(), 1).ToString(), "span");
        }
    }
}
#endif
