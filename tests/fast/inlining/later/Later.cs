// A module that comes after the one whose methods it has inlined.
// SPDX-License-Identifier: Apache-2.0
namespace Later
{
    public static class Callers
    {
        public static int OtherModule(int i) => Library.Small.Next(i);
        public static int NonVersionable(int i) => Library.Small.NonVersionable(i);
    }
}
