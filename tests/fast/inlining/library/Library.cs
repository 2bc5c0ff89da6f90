// Methods that are small enough for every compiler to inline.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.Versioning;

namespace System.Runtime.Versioning
{
    sealed class NonVersionableAttribute : Attribute { }
}

namespace Library
{
    public static class Small
    {
        public static int Next(int i) => i + 1;
        public static int Late(int i) => i + 1;
        [NonVersionable]
        public static int NonVersionable(int i) => i + 1;

        // Whoever inlines this has Next in it as well.
        public static int NextButOne(int i) => Next(Next(i));
    }
}
