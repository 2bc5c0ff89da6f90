#!/usr/bin/env python3
# What an application pays: start, a call, memory, in both modes and beside another library.
# SPDX-License-Identifier: Apache-2.0
# See bench.sh. The reference's column is filled where REFERENCE_PROFILER is set.
import os, statistics, subprocess, sys, tempfile, time

here, build = os.path.dirname(os.path.abspath(__file__)), os.path.abspath(sys.argv[1])
out, runs = build + '/bench', int(os.environ.get('BENCH_RUNS', '5'))
library, reference = build + '/libNewRelicProfiler.so', os.environ.get('REFERENCE_PROFILER')
POINTS = '''<extension xmlns="urn:newrelic-extension"><instrumentation><tracerFactory>
<match assemblyName="calls" className="Calls"><exactMethodMatcher methodName="Work" /></match>
</tracerFactory></instrumentation></extension>'''


def build_all():
    for name in ('hello', 'calls', 'agent'):
        subprocess.run(['dotnet', 'build', here + '/fast/' + name, '-c', 'Release', '-v', 'quiet', '--artifacts-path',
                        out + '/artifacts', '-o', out + '/' + name], check=True, stdout=sys.stderr)
    os.makedirs(out + '/home/extensions', exist_ok=True)
    with open(out + '/home/newrelic.config', 'w') as file:
        file.write('<configuration xmlns="urn:newrelic-config" agentEnabled="true"><log level="off" /></configuration>')
    with open(out + '/home/extensions/points.xml', 'w') as file:
        file.write(POINTS)
    subprocess.run(['cp', out + '/agent/NewRelic.Agent.Core.dll', out + '/home/'], check=True)


def environment(path, mode):
    if not path:
        return dict(os.environ)
    return dict(os.environ, CORECLR_ENABLE_PROFILING='1', CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}',
                CORECLR_PROFILER_PATH=path, CORECLR_NEW_RELIC_HOME=out + '/home', NEW_RELIC_PROFILER_MODE=mode,
                NEW_RELIC_PROFILER_LOG_DIRECTORY=out + '/logs')


# Seconds, kilobytes resident at most, and what it printed.
def run(program, side):
    start = time.monotonic()
    process = subprocess.Popen([out + '/' + program + '/' + program], env=environment(*side), stdout=subprocess.PIPE)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(program + ' failed')
    return time.monotonic() - start, usage.ru_maxrss, text


def stripped(path):
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(['strip', '-o', copy.name, path], check=True)
        return os.path.getsize(copy.name) / 1024


def row(what, unit, ours, other=''):
    print(what, unit, ours, other, sep='\t', flush=True)


def median(values):
    return statistics.median(values)


build_all()
sides = {'none': (None, ''), 'fast': (library, 'fast'), 'compatible': (library, 'compatible')}
if reference:
    sides['reference'] = (reference, '')
starts = {name: [] for name in sides}
for _ in range(3 * runs):
    for name, side in sides.items():
        starts[name].append(run('hello', side))
calls = {name: median([float(run('calls', side)[2]) for _ in range(max(1, runs // 2))]) for name, side in sides.items()}


def slower(name):
    return median([a[0] / b[0] for a, b in zip(starts[name], starts['none'])]) if name in starts else ''


def memory(name):
    return median([a[1] - b[1] for a, b in zip(starts[name], starts['none'])]) / 1024 if name in starts else ''


row('hello world without a profiler', 'ms', median([s[0] for s in starts['none']]) * 1000)
row('hello world, fast mode', 'x without', slower('fast'), slower('reference'))
row('hello world, compatible mode', 'x without', slower('compatible'), slower('reference'))
row('an instrumented call, fast mode', 'ns', calls['fast'], calls.get('reference', ''))
row('an instrumented call, compatible mode', 'ns', calls['compatible'], calls.get('reference', ''))
row('resident memory over none, fast mode', 'MB', memory('fast'), memory('reference'))
row('resident memory over none, compatible mode', 'MB', memory('compatible'), memory('reference'))
row('library, stripped', 'KB', stripped(library), stripped(reference) if reference else '')
