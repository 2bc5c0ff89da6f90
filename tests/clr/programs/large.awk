# Writes Large.cs: methods too long to be written by hand.
# SPDX-License-Identifier: Apache-2.0
# usage: awk -f large.awk
function list(format, count, separator,    i, text) {
    for (i = 0; i < count; i++) text = text (i ? separator : "") sprintf(format, i, i, i)
    return text
}

BEGIN {
    print "namespace Programs\n{\n    static class Large\n    {"
    print "        internal static long Sink;\n"

    # Many returns, each a branch to the end of the body, most of them out of a short branch's reach.
    print "        internal static int Switch(int x)\n        {\n            switch (x)\n            {"
    for (i = 0; i < 2000; i++) printf "                case %d: Sink += %d; return x * 3;\n", i, i
    print "                default: return -1;\n            }\n        }\n"

    print "        internal static int Straight(int x)\n        {\n            int y = x;"
    for (i = 0; i < 3000; i++) printf "            Sink += %d; y += 2;\n", i
    print "            return y;\n        }\n"

    # Branches over a long body, forwards and backwards.
    print "        internal static int Loops(int x)\n        {\n            int y = 0;\n            while (x-- > 0)\n            {"
    print "                if (x < 0) return -1;"
    for (i = 0; i < 2500; i++) printf "                Sink += %d; y++;\n", i
    print "                if (x > 1000) break;\n            }\n            return y;\n        }\n"

    # More clauses than a small section holds, in code too long for small clauses.
    print "        internal static int Handlers(int x)\n        {\n            int caught = 0;"
    for (i = 0; i < 100; i++) {
        printf "            try { if (x == 1000) throw new System.ArgumentException(); Sink += %d; }\n", i
        printf "            catch (System.ArgumentException) { caught++; }\n            finally { Sink -= %d; }\n", i
    }
    print "            if (x == 777) throw new System.InvalidOperationException(\"seven\");"
    print "            return caught == 0 ? x : caught;\n        }\n"

    # All are alive at the end, so that none shares a slot with another.
    print "        internal static int Locals(int x)\n        {"
    for (i = 0; i < 400; i++) printf "            int l%d = x; Sink += l%d++;\n", i, i
    print "            if (x == 0) return " list("l%d", 400, " ^ ") ";"
    print "            return (" list("l%d", 400, " + ") ") / 2;\n        }\n"

    print "        internal static int Parameters(" list("int p%d", 260, ", ") ") =>"
    print "            " list("p%d", 260, " + ") ";\n    }\n}"
}
