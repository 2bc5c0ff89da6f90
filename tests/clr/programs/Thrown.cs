// Objects that are thrown and are no exceptions, by NoWrap.dll, which ilasm makes.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Programs
{
    static class Thrown
    {
        internal static void Run()
        {
            Type type = Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, "NoWrap.dll")).GetType("NoWrap.Thrower");
            var through = type.GetMethod("Through").CreateDelegate<Func<object, int>>();
            var caught = type.GetMethod("Catch").CreateDelegate<Func<object, object>>();
            var passedBy = type.GetMethod("PassBy").CreateDelegate<Func<object, object>>();

            Expect.Same(caught("text"), "text");
            Expect.Same(caught(5), 5);
            Expect.Same(caught(new FormatException("wrong")).GetType(), typeof(FormatException));
            Expect.Same(passedBy("text"), "text");
            Expect.Same(passedBy(new FormatException("wrong")), "an exception");
            Expect.Same(Expect.Throws<RuntimeWrappedException>(() => through("text")).WrappedException, "text");
            Expect.Throws<FormatException>(() => through(new FormatException("wrong")));
            Expect.Throws<NullReferenceException>(() => through(null));
        }
    }
}
