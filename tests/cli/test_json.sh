#!/bin/sh
# nrprof decide and nrprof points: tables of questions and answers, bad input, and this machine.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/cli/test_json.sh BUILD_DIR
# decide.test and points.test hold cases in the manner of jq's: a comment, the question, the answer,
# an empty line. Prints what fails, and "N passed, N failed" at the end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
nrprof=$build/nrprof
unset CORECLR_NEW_RELIC_HOME CORECLR_NEWRELIC_HOME NEW_RELIC_HOME NEWRELIC_HOME NEW_RELIC_LOG_LEVEL NEWRELIC_LOG_LEVEL \
    NEW_RELIC_LOG_CONSOLE NEW_RELIC_LOG_ENABLED NEW_RELIC_FORCE_PROFILING NEWRELIC_FORCE_PROFILING \
    FUNCTIONS_WORKER_RUNTIME APP_POOL_ID ASPNETCORE_IIS_APP_POOL_ID NEW_RELIC_LAMBDA_HANDLER _HANDLER
cd "$work" || exit 1

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$1"
    shift
    for line; do printf '    %s\n' "$line"; done
}

# is NAME ACTUAL EXPECTED
is() {
    if [ "$2" = "$3" ]; then pass; else fail "$1" "actual:   $2" "expected: $3"; fi
}

# holds NAME TEXT PART: TEXT has PART in it.
holds() {
    case $2 in
    *"$3"*) pass ;;
    *) fail "$1" "actual: $2" "lacks:  $3" ;;
    esac
}

# table COMMAND: the cases of COMMAND.test, asked all at once.
table() {
    awk '/^#/ { name = substr($0, 3); next }
         /^$/ { next }
         !question { question = $0; next }
         { print name >"names"; print question >"questions"; print >"expected"; question = "" }' \
        "$here/$1.test"
    "$nrprof" "$1" <questions >actual 2>err
    [ -s err ] && fail "nrprof $1 says nothing on standard error" "$(cat err)"
    is "nrprof $1 answers every question" "$(wc -l <actual)" "$(wc -l <questions)"
    paste -d '\001' names actual expected >rows
    while IFS="$(printf '\001')" read -r name actual expected; do
        is "$1: $name" "$actual" "$expected"
    done <rows
}

# ask COMMAND LINE...: the answers to lines in printf's notation are in $out, the status in $status.
ask() {
    command=$1
    shift
    for line; do printf "$line\n"; done >input # the lines have \xff and \0 in them
    out=$("$nrprof" "$command" <input 2>err)
    status=$?
}

if ! "$nrprof" decide </dev/null 2>err; then
    cat err
    echo "0 passed, 1 failed"
    exit 1
fi
table decide
table points

# ---- input that is no question ----

good='{"core": true, "config": "<configuration/>"}'
for command in decide points; do
    while IFS='|' read -r name line answer; do
        ask $command "$line" "$good"
        first=$(printf '%s\n' "$out" | head -n 1)
        is "$command: $name" "$first" "$answer"
        is "$command: $name: the next line is answered" "$(printf '%s\n' "$out" | tail -n 1 | grep -c '"log"')" 1
        is "$command: $name: exit status" "$status" 1
    done <<'END'
no JSON|dotnet run|{"error": "not JSON at column 6", "line": 1}
an array|[{}]|{"error": "not a JSON object", "line": 1}
a text|"config"|{"error": "not JSON at column 8", "line": 1}
a number|1|{"error": "not JSON at column 1", "line": 1}
null|null|{"error": "not JSON at column 4", "line": 1}
an open object|{"config": "<a/>"|{"error": "an early end at column 17", "line": 1}
an open text|{"config": "<a/>|{"error": "an early end at column 16", "line": 1}
two objects|{} {}|{"error": "text behind the object at column 4", "line": 1}
a field twice|{"env": {}, "env": {}}|{"error": "a repeated field at column 17", "line": 1}
invalid UTF-8|{"config": "\377"}|{"error": "invalid UTF-8 at column 12", "line": 1}
a surrogate in UTF-8|{"config": "\355\240\200"}|{"error": "invalid UTF-8 at column 12", "line": 1}
an escaped NUL|{"config": "\\u0000"}|{"error": "a NUL character at column 19", "line": 1}
a NUL|{"config": "\000"}|{"error": "not JSON at column 12", "line": 1}
a lone surrogate|{"config": "\\ud800"}|{"error": "not JSON at column 19", "line": 1}
a number too large|{"core": 1e999}|{"error": "a number too large at column 14", "line": 1}
config is a number|{"config": 1}|{"error": "'config' is not a text", "line": 1}
core is a text|{"core": "true"}|{"error": "'core' is not true or false", "line": 1}
core is a number|{"core": 1}|{"error": "'core' is not true or false", "line": 1}
env is an array|{"env": ["A=1"]}|{"error": "'env' is not an object", "line": 1}
a variable is a number|{"env": {"A": 1}}|{"error": "a variable of 'env' is not a text", "line": 1}
END
done

ask points '{"extensions": []}' '{"extensions": {"a.xml": null}}' '{"function": ""}' \
    '{"function": {"class": 1}}' '{"function": {"version": "one"}}' '{"function": {"version": 1}}' \
    '{"function": {"version": "1.2.3.4.5"}}'
is "points: fields of the wrong type" "$out" "{\"error\": \"'extensions' is not an object\", \"line\": 1}
{\"error\": \"a file of 'extensions' is not a text\", \"line\": 2}
{\"error\": \"'function' is not an object\", \"line\": 3}
{\"error\": \"'class' is not a text\", \"line\": 4}
{\"error\": \"'version' is not a version\", \"line\": 5}
{\"error\": \"'version' is not a text\", \"line\": 6}
{\"error\": \"'version' is not a version\", \"line\": 7}"

ask decide "$good" '' '   ' "$good"
is "empty lines are passed over" "$(printf '%s\n' "$out" | wc -l) $status" "2 0"
printf '%s' "$good" >input
is "a last line without an end" "$("$nrprof" decide <input | grep -c core-default)" 1
is "nothing is answered with nothing" "$("$nrprof" decide </dev/null; echo $?)" 0
printf '%s\r\n%s\r\n' "$good" "$good" >input
is "lines of Windows" "$("$nrprof" decide <input | grep -c core-default)" 2

awk 'BEGIN { for (i = 0; i < 3000; i++) printf "["; print "" }' >input
echo "$good" >>input
out=$("$nrprof" decide <input)
holds "deep nesting" "$out" '"error": "too many levels'
holds "deep nesting: the next line" "$out" core-default

out=$({ head -c 67108865 /dev/zero | tr '\0' ' ' && echo && echo "$good"; } | "$nrprof" decide)
is "a huge line" "$(printf '%s\n' "$out" | head -n 1)" '{"error": "the line is longer than 64 MB", "line": 1}'
holds "a huge line: the next one" "$out" core-default

out=$({ printf '{"core": true, "config": "' && head -c 16777217 /dev/zero | tr '\0' ' ' && echo '"}'; } | "$nrprof" decide)
holds "a configuration file too large" "$out" 'The file is larger than 16 MB.'

ask decide "$good" nonsense '{"env": 1}'
holds "the number of the line" "$out" '"line": 3'

# ---- secrets ----

key=0123456789abcdef0123456789abcdef01234567
for line in "{\"config\": \"<configuration><service licenseKey='$key'></configuration\"}" \
    "{\"config\": \"<configuration><service licenseKey='$key\"}" \
    "{\"core\": true, \"config\": \"<configuration><log level='finest'/><service licenseKey='$key'/></configuration>\", \"env\": {\"NEW_RELIC_LICENSE_KEY\": \"$key\"}}" \
    "{\"config\": \"$key" "{\"config\": $key}" "{\"env\": {\"NEW_RELIC_LICENSE_KEY\": \"$key" \
    "{\"$key\": 1, \"$key\": 2}" "$key"; do
    for command in decide points; do
        ask $command "$line"
        is "no licence key in the answer of $command to $line" \
            "$(printf '%s' "$out" | cat - err | grep -c "$key")" 0
    done
done

# ---- this machine ----

mkdir -p home/extensions work "prog ram" "home/caf$(printf '\303\251')"
echo '<configuration><log level="finest"/></configuration>' >home/newrelic.config
cp /bin/sleep "prog ram/Shop" 2>/dev/null || cp "$(command -v sleep)" "prog ram/Shop"
CORECLR_NEW_RELIC_HOME=$work/home
export CORECLR_NEW_RELIC_HOME

here_is() { # NAME PART ARGUMENTS...
    name=$1 part=$2
    shift 2
    out=$("$nrprof" decide "$@" 2>&1 </dev/null)
    status=$?
    holds "$name" "$out" "$part"
}

here_is "a command is instrumented" '"rule": "core-default"' -- "prog ram/Shop" 1
upper=$(printf '%s' "$(cd "prog ram" && pwd -P)/Shop" | LC_ALL=C tr a-z A-Z)
holds "its path is in the log" "$out" "[Trace] Process Path: $upper\""
is "a decision's exit status" "$status" 0
here_is "arguments count" '"rule": "msbuild"' -- "prog ram/Shop" MSBuild.dll
here_is "so does the word after dotnet" '"rule": "dotnet-command"' -- "prog ram/Shop" dotnet run
here_is "an argument with a space is one word" '"rule": "core-default"' -- "prog ram/Shop" "dotnet run"
NEW_RELIC_HOME=$work/home
export NEW_RELIC_HOME
here_is ".NET Framework" '"rule": "not-configured"' --framework -- "prog ram/Shop"
unset NEW_RELIC_HOME
(
    cd work && echo '<configuration agentEnabled="false"/>' >newrelic.config &&
        "$nrprof" decide -- "$work/prog ram/Shop"
) >out 2>&1
holds "the local newrelic.config counts" "$(cat out)" '"agent_enabled": false'
bad=$(printf 'bad\377\303 \355\240\200')
if mkdir "$bad" 2>/dev/null && cp "prog ram/Shop" "$bad/Shop"; then # some systems want UTF-8
    here_is "a path that is not UTF-8" "/BAD$(printf '\357\277\275%.0s' 1 2) $(printf '\357\277\275%.0s' 1 2 3)/SHOP\"" -- "$bad/Shop"
fi
out=$(NEW_RELIC_EXCLUDED_APPLICATION_NAMES=shop "$nrprof" decide -- "prog ram/Shop")
holds "the environment counts" "$out" '"rule": "excluded-process"'
out=$(CORECLR_NEW_RELIC_HOME="$work/nowhere" "$nrprof" decide -- "prog ram/Shop")
holds "a home without configuration" "$out" "The global newrelic.config file was not found at: $work/nowhere"
here_is "a command that is not there" "there is no such command" -- nosuchcommand
is "its exit status" "$status" 127
here_is "an unknown option" "unknown option '--nosuch'" --nosuch
is "its exit status" "$status" 125
here_is "no command" "there is no command" --framework
here_is "no number" "'x' is not the number of a process" --pid x
here_is "help" "usage: nrprof decide" --help
is "its exit status" "$status" 0

if [ -d /proc/self ]; then
    here_is "a process that is not there" "there is no process 2147483647" --pid 2147483647
    is "its exit status" "$status" 125
    (cd work && NEW_RELIC_LOG_LEVEL=finest exec "../prog ram/Shop" 600 600) &
    child=$!
    until [ "$(readlink "/proc/$child/exe")" = "$(cd "prog ram" && pwd -P)/Shop" ]; do sleep 0.1; done
    unset CORECLR_NEW_RELIC_HOME
    here_is "a running process" '"rule": "core-default"' --pid "$child"
    holds "its environment" "$out" '"log_level": "trace"'
    holds "its path" "$out" "[Trace] Process Path: $upper\""
    holds "its working directory" "$out" '"agent_enabled": false'
    CORECLR_NEW_RELIC_HOME=$work/home
    export CORECLR_NEW_RELIC_HOME
    kill "$child"
    here_is "a process and a command" "either a process or a command" --pid 1 -- "prog ram/Shop"
fi

# ---- a home ----

cat >home/newrelic.config <<'END'
<configuration><log level="debug"/><instrumentation><rules>
  <ignore assemblyName="Shop" className="Shop.Noisy"/>
</rules></instrumentation></configuration>
END
cat >home/extensions/shop.xml <<'END'
<extension><instrumentation><tracerFactory metricName="Custom/Load">
  <match assemblyName="Shop" className="Shop.Orders,Shop.Noisy" minVersion="1.2">
    <exactMethodMatcher methodName="Load" parameters="System.Int32, System.String[]"/>
    <exactMethodMatcher methodName="Save"/>
  </match>
</tracerFactory></instrumentation></extension>
END
echo '<extension><instrumentation>' >home/extensions/torn.xml
home=$(cd home && pwd -P)
"$nrprof" points home >out 2>err
is "points of a home: exit status" "$?" 0
is "points of a home" "$(sed '$d' out)" \
    "{\"assembly\": \"Shop\", \"class\": \"Shop.Orders\", \"method\": \"Load\", \"parameters\": \"System.Int32,System.String[]\", \"min_version\": \"1.2.0.0\", \"max_version\": null, \"tracer_factory\": \"NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory\", \"metric_name\": \"Custom/Load\", \"args\": 29696, \"ignored\": false, \"file\": \"$home/extensions/shop.xml\", \"line\": 3}
{\"assembly\": \"Shop\", \"class\": \"Shop.Noisy\", \"method\": \"Load\", \"parameters\": \"System.Int32,System.String[]\", \"min_version\": \"1.2.0.0\", \"max_version\": null, \"tracer_factory\": \"NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory\", \"metric_name\": \"Custom/Load\", \"args\": 29696, \"ignored\": true, \"file\": \"$home/extensions/shop.xml\", \"line\": 3}
{\"assembly\": \"Shop\", \"class\": \"Shop.Orders\", \"method\": \"Save\", \"parameters\": null, \"min_version\": \"1.2.0.0\", \"max_version\": null, \"tracer_factory\": \"NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory\", \"metric_name\": \"Custom/Load\", \"args\": 29696, \"ignored\": false, \"file\": \"$home/extensions/shop.xml\", \"line\": 4}
{\"assembly\": \"Shop\", \"class\": \"Shop.Noisy\", \"method\": \"Save\", \"parameters\": null, \"min_version\": \"1.2.0.0\", \"max_version\": null, \"tracer_factory\": \"NewRelic.Agent.Core.Tracer.Factories.DefaultTracerFactory\", \"metric_name\": \"Custom/Load\", \"args\": 29696, \"ignored\": true, \"file\": \"$home/extensions/shop.xml\", \"line\": 4}"
last=$(tail -n 1 out)
holds "points of a home: counts" "$last" '{"points": 4, "ignored": 2, "invalid_files": 1, "config_error": false, "log": ["[Info ] Logger initialized.", "[Info ] Loading instrumentation from '
holds "points of a home: the torn file" "$last" "[Warn ] $home/extensions/torn.xml(2,1): "

point() { "$nrprof" points --assembly Shop --class "$1" --method Load --parameters "$2" --version "$3" home 2>&1; }
holds "a method of a home" "$(point Shop.Orders 'System.Int32,System.String[]' 1.2)" "\"match\": true"
holds "its parameters may have spaces" "$(point Shop.Orders 'System.Int32, System.String[]' 1.2)" "\"line\": 3, \"reason\": \"match\""
holds "an ignored class" "$(point Shop.Noisy 'System.Int32,System.String[]' 1.2)" "\"ignored\": true, \"file\": \"$home/extensions/shop.xml\", \"line\": 3, \"reason\": \"ignored\""
holds "another version" "$(point Shop.Orders 'System.Int32,System.String[]' 1.1)" "Shop version 1.1.0.0 does not meet minimum version 1.2.0.0"
holds "other parameters" "$(point Shop.Orders 'System.Int64' 1.2)" '"reason": "parameters"'
holds "no version" "$(point Shop.Orders '' x)" "'x' is not a version"
echo '<configuration>' >home/newrelic.config
"$nrprof" points home >out 2>&1
holds "a home with a torn configuration" "$(cat out)" '"config_error": true'
"$nrprof" points nosuch >out 2>&1
is "a home that is not there: exit status" "$?" 125
holds "a home that is not there" "$(cat out)" "there is no folder 'nosuch'"
"$nrprof" points a b >out 2>&1
holds "two homes" "$(cat out)" "give one home"
holds "help of points" "$("$nrprof" points --help)" "usage: nrprof points HOME"

if [ -c /dev/full ]; then
    echo "$good" | "$nrprof" decide >/dev/full 2>err
    is "a full disk: exit status" "$?" 125
    holds "a full disk" "$(cat err)" "cannot write to standard output"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
