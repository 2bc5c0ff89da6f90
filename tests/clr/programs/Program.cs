// Runs one scenario by name; without a name it tells which there are.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Programs
{
    static class Program
    {
        private static readonly Dictionary<string, Action> Scenarios = new()
        {
#if NET9_0_OR_GREATER
            ["anygenerics"] = AnyGenerics.Run,
#endif
            ["api"] = Api.Run,
            ["async"] = AsyncMethods.Run,
            ["attributes"] = Attributes.Run,
            ["background"] = Endings.Background,
            ["bodies"] = Bodies.Run,
            ["byrefs"] = ByRefs.Run,
            ["constructors"] = Constructors.Run,
            ["corelibrary"] = CoreLibrary.Run,
            ["dynamic"] = DynamicCode.Run,
            ["exceptions"] = Exceptions.Run,
            ["exit"] = Endings.Exit,
            ["generics"] = Generics.Run,
            ["il"] = IlShapes.Run,
            ["iterators"] = Iterators.Run,
            ["large"] = LargeMethods.Run,
            ["nested"] = Nested.Run,
            ["objects"] = Objects.Run,
            ["points"] = Points.Run,
            ["recursion"] = Recursion.Run,
            ["structs"] = Structs.Run,
            ["threads"] = Threads.Run,
            ["thrown"] = Thrown.Run,
            ["unhandled"] = Endings.Unhandled,
            ["values"] = Values.Run,
            ["wild"] = Wildcards.Run,
        };

        private static int Main(string[] args)
        {
            if (args.Length == 0)
            {
                Console.WriteLine(string.Join('\n', Scenarios.Keys));
                return 0;
            }
            if (!Scenarios.TryGetValue(args[0], out Action scenario)) return 2;
            scenario();
            return Expect.ExitStatus;
        }
    }
}
