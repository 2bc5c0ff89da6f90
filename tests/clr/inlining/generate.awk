# Writes Generated.cs: small methods, and others with many calls of them.
# SPDX-License-Identifier: Apache-2.0
# usage: awk -f generate.awk
BEGIN {
    generics = 300
    plain = 400
    print "namespace Inlining\n{\n    internal static class Small\n    {\n        internal static int Sink;"
    for (i = 0; i < generics; i++) printf "        internal static T Generic%d<T>(T x) { Sink++; return x; }\n", i
    for (i = 0; i < plain; i++) printf "        internal static int Plain%d(int x) { Sink++; return x + 1; }\n", i
    print "    }\n\n    internal static class Callers\n    {"
    for (i = 0; i < generics; i++) {
        printf "        internal static int OfGeneric%d(int x) {", i
        for (j = 0; j < 40; j++) printf " x += Small.Generic%d(x);", i
        print " return x; }"
    }
    for (i = 0; i < 2500; i++) {
        printf "        internal static int OfPlain%d(int x) {", i
        for (j = 0; j < 30; j++) printf " x += Small.Plain%d(x);", (i * 7 + j * 13) % plain
        print " return x; }"
    }
    print "    }\n\n    internal static class Rounds\n    {"
    print "        internal static readonly (System.Action Call, System.Action CallInlined)[] All ="
    print "        {"
    for (i = 0; i < generics; i++) printf "            (() => Small.Generic%d(1), () => Callers.OfGeneric%d(1)),\n", i, i
    print "        };\n    }\n}"
}
