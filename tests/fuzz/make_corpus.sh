#!/bin/sh
# Writes the seeds of the fuzz targets to corpus/TARGET. Findings are added there by hand.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")"

# seed TARGET NAME BYTES...   in the notation of printf (not every shell's own knows \x); spaces and line breaks do not count
seed() {
    mkdir -p "corpus/$1"
    file=corpus/$1/$2
    shift 2
    env printf "$(printf '%s' "$*" | tr -d ' \n')" >"$file"
}

# text TARGET NAME <FILE   with the bytes that stand before a file
text() {
    mkdir -p "corpus/$1"
    { printf '\0\004Shop\006Orders'; cat; } >"corpus/$1/$2"
}

# Method bodies: header, code, sections.
seed body tiny '\x06\x2a'
seed body tiny-arguments '\x1e\x02\x03\x58\x0a\x06\x2a\x00'
seed body fat '\x13\x30\x08\0 \x04\0\0\0 \x01\0\0\x11 \x02\x0a\x06\x2a'
seed body branches '\x03\x30\x08\0 \x0e\0\0\0 \0\0\0\0
    \x02\x2d\x02 \x2b\xfb \x02\x3a\x01\0\0\0 \x2a\x2a \x00'
seed body switch '\x03\x30\x08\0 \x10\0\0\0 \0\0\0\0
    \x02\x45\x02\0\0\0 \0\0\0\0 \x01\0\0\0 \x2a\x2a'
seed body numbers '\x03\x30\x08\0 \x23\0\0\0 \0\0\0\0
    \x20\xff\xff\xff\x7f\x26 \x21\1\2\3\4\5\6\7\x08\x26 \x22\0\0\xc0\x7f\x26
    \x23\0\0\0\0\0\0\xf0\x3f\x26 \x1f\x80\x26\x2a'
seed body small-section '\x0b\x30\x08\0 \x08\0\0\0 \0\0\0\0
    \0\xde\x04 \x26\xde\x01\0 \x2a \x01\x10\0\0 \0\0\0\0\x03\x03\0\x03\x04\0\0\x01'
seed body fat-section '\x0b\x30\x08\0 \x05\0\0\0 \0\0\0\0 \0\xde\x01\xdc\x2a \0\0\0
    \x41\x1c\0\0 \x02\0\0\0 \0\0\0\0 \x03\0\0\0 \x03\0\0\0 \x01\0\0\0 \0\0\0\0'
seed body prefixes '\x03\x30\x08\0 \x0e\0\0\0 \0\0\0\0 \x02\xfe\x14\x28\x01\0\0\x0a\x2a \xfe\x13\x00\x00\x2a'

# Clauses: options, nops, lie, then kind, ranges, token or filter.
seed clauses catch '\0\x08\0\0 \0\0\0\x02\0\x02\0\x02\0\x0a'
seed clauses filter '\0\x10\0\0 \x01\0\0\x02\0\x04\0\x02\0\x02\0'
seed clauses nested '\x01\x20\0\0 \x02\x02\0\x02\0\x04\0\x02\0\0 \0\0\0\x08\0\x08\0\x04\0\x0a
    \x03\0\0\x0c\0\x0c\0\x02\0\0 \x02\x10\0\x02\0\x12\0\x02\0\0'
seed clauses fat '\x06\xff\0\0 \x02\0\0\x80\0\x80\0\x10\0\0'
seed clauses cut '\x10\x08\x18\0 \x02\0\0\x02\0\x02\0\x02\0\x0a'
seed clauses spoilt '\x08\x08\x16\x90 \x02\0\0\x02\0\x02\0\x02\0\x0a'

# bodies TARGET PREFIX NAME: what follows PREFIX is clauses, 11 bytes each, and code as fuzz_il.h takes them.
bodies() {
    seed "$1" "$3-local" "$2" '\0\x08 \x16\x0a\x06\x2a'
    seed "$1" "$3-returns" "$2" '\x10\x08 \x02\x2d\x02\x16\x2a\x17\x2a'
    seed "$1" "$3-finally" "$2" '\x01\x08 \x02\0\0\x03\0\x03\0\x01\0\0\0 \0\xde\x01\xdc \x16\x2a'
    seed "$1" "$3-at-end" "$2" '\x01\x08 \x02\x04\0\x02\0\x06\0\x01\0\0\0 \x2b\x02\x16\x2a \xde\xfc\xdc'
    seed "$1" "$3-catch" "$2" '\x11\x08 \0\0\0\x03\0\x03\0\x03\0\x0a\0 \0\xde\x03 \x26\xde\0 \x16\x2a'
    seed "$1" "$3-filter" "$2" '\x01\x08 \x01\0\0\x03\0\x07\0\x03\0\x03\0
        \0\xde\x07 \x26\x17\xfe\x11 \x26\xde\0 \x16\x2a'
    seed "$1" "$3-throw" "$2" '\0\x08 \x14\x7a'
    seed "$1" "$3-loop" "$2" '\0\x08 \x16\x2d\x02\x16\x2a\x2b\xf9'
    seed "$1" "$3-switch" "$2" '\0\x08 \x16\x45\x02\0\0\0\0\0\0\0\x02\0\0\0 \x17\x2a\x18\x2a'
    seed "$1" "$3-call" "$2" '\0\x08 \x73\x0d\0\0\0 \x26 \x72\x11\0\0\0 \x26 \x16\x2a'
    seed "$1" "$3-tail" "$2" '\0\x08 \x16\x6a\x16\xd3 \xfe\x14\x29\x17\0\0\0\x2a'
    seed "$1" "$3-box" "$2" '\0\x08 \x14\xa5\x1c\0\0\0\x8c\x1c\0\0\0 \x26\x16\x2a'
    seed "$1" "$3-address" "$2" '\0\x08 \x12\0\x71\x1c\0\0\0\x26\x0f\0\x4a\x2a'
}
# Of the three, the token of the locals leads to the first, that of calli to the second, that of newobj to the third.
bodies verify '\x04 \x04\0\x01\x08\x08 \x03\x07\x01\x08 \x04\0\x01\x08\x0a \x03\x20\0\x01' static
bodies verify '\x04 \x05\x20\x02\x08\x1c\x0e \x04\x07\x02\x08\x1c \x04\0\x01\x08\x0a \x03\x20\0\x01' instance
bodies rewrite '\0\0 \x04\0\x01\x08\x08 \x03\x07\x01\x08 \x03Run' static
bodies rewrite '\x01\0 \x05\0\x02\x08\x0e\x1c \x03\x07\x01\x08 \x03Run' api
bodies rewrite '\0\x02 \x05\x20\x02\x08\x08\x0e \x03\x07\x01\x08 \x03Run' struct
bodies rewrite '\0\x05 \x0a\x20\x03\x08\x13\0\x11\x14\x10\x11\x19 \x03\x07\x01\x08 \0' generic
bodies rewrite '\x10\x06 \x06\x20\x01\x08\x15\x12\x18 \x03\x07\x01\x08 \0' cut

seed rewrite absent-type '\0\0 \x08\0\x01\x08\x11\xc3\xff\xff\xfd \x03\x07\x01\x08 \0 \0\x08 \x16\x2a'

seed verify last-prefix '\x04 \x03\0\0\x01 \0\0\0 \0\x08 \xfe\x13'
seed verify last-prefix-raw '\x05 \x03\0\0\x01 \0\0\0 \x0a\xfe\x14'

seed signature static '\0\0\x01'
seed signature many '\x20\x05\x1c\x08\x0e\x10\x0a\x1d\x0e\x0f\x01'
seed signature generic '\x30\x01\x02\x13\0\x1e\0\x15\x12\x18\x01\x15\x11\x1c\x01\x08'
seed signature modifiers '\0\x01\x20\x05\x08\x1f\x05\x10\x20\x09\x11\x0c'
seed signature array '\0\x02\x14\x08\x03\x02\x03\x04\x02\x01\x7f\x1d\x14\x0e\x01\0\0'
seed signature pointer '\0\x02\x1b\x20\x01\x01\x0e\x1b\x05\x02\x08\x08\x41\x0a\x16'
seed signature vararg '\x05\x03\x01\x08\x41\x0e\x0a'
seed signature locals '\x07\x03\x08\x45\x10\x0e\x11\x14'
seed signature large '\xc0\x01\0\0'

seed metadata crafted '\x01'
seed metadata row-counts '\x01\xf0\x02\xff\x10\x03\x01'
seed metadata tables '\x01\x80\x03\x05\x40\x04\x02'
seed metadata headers '\x01\x3c\0\x40\x46\0\x02'
seed metadata no-file '\0MZ'

seed program nothing '\0\0\0\0'
seed program value '\0\x02\x06\x03\x01\x06\x08 \x01\x03 \x05'
seed program try '\0\x01\x01\x02\x01\x02 \x04\x02\x01\x05\x05\0\x08\0 \x05'
seed program loops '\x01\x03\x03\x01\x08 \x03\x02\x09\x05\0\x03\x01 \x07\x03\x01\x05\0\x06\0\x08\0\0'
seed program long '\0\x05\x04\0 \x02\x09\x01\x0b\xff\x0b\xff\0 \x03\x0b\x7a\0\x03\0 \x05'
seed program finally '\x02\x01\x02\x02\x06\x0a \x04\x03\x04\x04\x01\x08\0\x01\x09\0 \x06\0\x01\x07\0 \x05'

text xml empty </dev/null
text xml config <<'XML'
<?xml version="1.0"?>
<configuration xmlns="urn:newrelic-config" agentEnabled="true">
  <service licenseKey="0"/>
  <log level="debug" console="true" enabled="1"/>
  <instrumentation>
    <applications><application name="Shop.exe"/></applications>
    <applicationPools><defaultBehavior instrument="false"/>
      <applicationPool name="Pool" instrument="true"/></applicationPools>
    <rules><ignore assemblyName="Shop" className="Shop.Orders"/><ignore assemblyName="Other"/></rules>
  </instrumentation>
  <appSettings><add key="NewRelic.AgentEnabled" value="false"/></appSettings>
</configuration>
XML
text xml extension <<'XML'
<extension xmlns="urn:newrelic-extension"><instrumentation>
  <tracerFactory name="Factory" level="2" suppressRecursiveCalls="false"
                 transactionTracing="true" metricName="instance" metric="both" transactionNamingPriority="3">
    <match assemblyName="Shop" className="Shop.Orders" minVersion="1.2" maxVersion="3.0.0.1">
      <exactMethodMatcher methodName="Get" parameters="System.Int32, System.String"/>
      <exactMethodMatcher methodName="Put" parameters="void"/>
    </match>
  </tracerFactory>
  <tracerFactory><match assemblyName="Shop.*" className="Shop.Or*rs+In*">
    <exactMethodMatcher methodName="G*t*"/></match>
    <match assemblyName="*" className="*"><exactMethodMatcher methodName=".ctor"/></match>
  </tracerFactory>
</instrumentation></extension>
XML
text xml mixed <<'XML'
<!-- a -- b --><a x='1' y="&lt;&#65;&#x1F600;&nope; &"><![CDATA[<b>]]> text  with   space
<b/><c:d e="">&amp;</c:d></z><?pi ?><f/></a>
XML
text xml broken <<'XML'
<a b="c" b='d'><e f=g></e><h
XML
