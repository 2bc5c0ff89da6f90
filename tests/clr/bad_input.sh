# Bad input: the application runs as without a profiler, or with what is good, and the log says what is
# wrong. Part of run.sh.
# SPDX-License-Identifier: Apache-2.0

bad=$out/bad

fresh_home() {
    rm -rf "$bad.home"
    cp -r "$out/home" "$bad.home"
}

# runs CASE HOME [NAME=VALUE…]: the scenario prints what it prints without a profiler.
runs() {
    case_name="bad input, $1"
    bad_home=$2
    shift 2
    with_profiler "$bad_home" "$bad" env "$@" dotnet "$programs/Programs.dll" exceptions
    check "$case_name: same output" same "$out/net10.0/exceptions.plain/output" "$bad/output"
}

# leaves CASE TEXT [HOME [NAME=VALUE…]]: nothing is instrumented, and the log says TEXT.
leaves() {
    name=$1 text=$2 chosen=${3:-$bad.home}
    shift $(($# < 3 ? $# : 3))
    runs "$name" "$chosen" "$@"
    check "bad input, $name: nothing is instrumented" is_empty "$bad/record"
    check "bad input, $name: the log says why" says "$bad/log" "$text"
}

# goes_on CASE TEXT [NAME=VALUE…]: the good files are used, and the log says TEXT.
goes_on() {
    name=$1 text=$2
    shift 2
    runs "$name" "$bad.home" "$@"
    check "bad input, $name: the rest is instrumented" record_is "$bad/record" "$here/expected/exceptions"
    check "bad input, $name: the log says so" says "$bad/log" "$text"
}

configuration() {
    fresh_home
    printf '%s\n' "$1" >"$bad.home/newrelic.config"
}

extension() {
    fresh_home
    printf '%s\n' "$1" >"$bad.home/extensions/A.xml"
}

leaves "no home" "Unable to find New Relic Home directory" /ignored --unset=CORECLR_NEW_RELIC_HOME
leaves "absent home" "newrelic.config file was not found at: $bad.absent" "$bad.absent"
rm -rf "$bad.home" && mkdir -p "$bad.home"
leaves "empty home" "newrelic.config file was not found at: $bad.home"

fresh_home
rm "$bad.home/newrelic.config" && mkdir "$bad.home/newrelic.config"
leaves "a folder for newrelic.config" "newrelic.config"
configuration ''
leaves "empty newrelic.config" "Unable to locate configuration node"
configuration '<configuration agentEnabled="true"><log'
leaves "cut newrelic.config" "while attempting to parse main newrelic.config file"
configuration '<other/>'
leaves "newrelic.config of something else" "Unable to locate configuration node"
configuration '<!DOCTYPE a [<!ENTITY b "c"><configuration/>'
leaves "DOCTYPE without end in newrelic.config" "unexpected end of data"
configuration "$(printf '<configuration a="\377"/>')"
leaves "newrelic.config that is not UTF-8" "not UTF-8"

extension '<extension><instrumentation>'
goes_on "cut extension" "$bad.home/extensions/A.xml(2,1)"
extension "$(awk 'BEGIN { for (i = 0; i < 10000; i++) printf "<a>" }')"
goes_on "deeply nested extension" "nested too deep"
extension '<extension><instrumentation><tracerFactory><match assemblyName="Programs"><exactMethodMatcher/></match></tracerFactory></instrumentation></extension>'
goes_on "extension without names" "$bad.home/extensions/A.xml"
extension '<extension><instrumentation><tracerFactory><match assemblyName="System.Private.CoreLib" className="System.Reflection.Assembly">
    <exactMethodMatcher methodName="LoadFrom"/></match></tracerFactory></instrumentation></extension>'
goes_on "a point on what injected code calls" "System.Reflection.Assembly.LoadFrom"
extension '<extension/>'
head -c 100000000 /dev/zero | tr '\0' ' ' >>"$bad.home/extensions/A.xml"
goes_on "extension of 100 MB" "$bad.home/extensions/A.xml"
fresh_home
mkdir "$bad.home/extensions/A.xml"
goes_on "a folder among the extensions" "Profiler initialized"
fresh_home
rm -r "$bad.home/extensions"
leaves "no extensions" "Unable to find the New Relic Agent extensions directory"

fresh_home
rm "$bad.home/NewRelic.Agent.Core.dll"
leaves "no agent" "The New Relic Agent DLL is missing"
echo "no assembly" >"$bad.home/NewRelic.Agent.Core.dll"
leaves "an agent that is a text" "is not a .NET assembly: $bad.home/NewRelic.Agent.Core.dll"
head -c 3000 "$out/home/NewRelic.Agent.Core.dll" >"$bad.home/NewRelic.Agent.Core.dll"
runs "an agent that is cut off" "$bad.home"
check "bad input, an agent that is cut off: nothing is recorded" is_empty "$bad/record"
cp "$programs/Wild.dll" "$bad.home/NewRelic.Agent.Core.dll"
runs "an agent that is another assembly" "$bad.home"
check "bad input, an agent that is another assembly: nothing is recorded" is_empty "$bad/record"
fresh_home
for failure in type throws null "finish throws"; do
    runs "an agent that fails ($failure)" "$bad.home" "NR_TEST_FAILURE=$failure"
    check "bad input, an agent that fails ($failure): nothing is recorded" is_empty "$bad/record"
done

# The log cannot be written: nothing else changes. Root may write anywhere but below a file.
log_directory=$out/Large.cs/logs
runs "log folder that cannot be written" "$out/home"
check "bad input, log folder that cannot be written: instrumented" record_is "$bad/record" "$here/expected/exceptions"
log_directory=
