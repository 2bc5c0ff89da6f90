# What the benches that run applications share: the programs, the environment of each side, a row.
# SPDX-License-Identifier: Apache-2.0
# A side is a profiler library and its mode: none at all, ours in both modes, another one where
# REFERENCE_PROFILER is set.
import os, statistics, subprocess, sys

here, build = os.path.dirname(os.path.abspath(__file__)), os.path.abspath(sys.argv[1])
out, runs = build + '/bench', int(os.environ.get('BENCH_RUNS', '5'))
library, reference = build + '/libNewRelicProfiler.so', os.environ.get('REFERENCE_PROFILER')
sides = {'none': (None, ''), 'fast': (library, 'fast'), 'compatible': (library, 'compatible')}
if reference:
    sides['reference'] = (reference, '')
median = statistics.median


def build_program(name, result, *options):
    subprocess.run(['dotnet', 'build', here + '/fast/' + name, '-c', 'Release', '-v', 'quiet', '--artifacts-path',
                    out + '/artifacts/' + result, '-o', out + '/' + result, *options], check=True, stdout=sys.stderr)


def build_programs(*names):
    for name in names:
        build_program(name, name)


# An agent home with the agent of a folder and points: pairs of assembly and class, and their methods.
def make_home(name, agent, points):
    home = out + '/' + name
    os.makedirs(home + '/extensions', exist_ok=True)
    with open(home + '/newrelic.config', 'w') as file:
        file.write('<configuration xmlns="urn:newrelic-config" agentEnabled="true"><log level="off" /></configuration>')
    with open(home + '/extensions/points.xml', 'w') as file:
        file.write('<extension xmlns="urn:newrelic-extension"><instrumentation>')
        for (assembly, type_name), methods in points.items():
            file.write(f'<tracerFactory><match assemblyName="{assembly}" className="{type_name}">')
            for method in methods:
                file.write(f'<exactMethodMatcher methodName="{method}" />')
            file.write('</match></tracerFactory>')
        file.write('</instrumentation></extension>')
    subprocess.run(['cp', agent + '/NewRelic.Agent.Core.dll', home], check=True)
    return home


def environment(side, home):
    path, mode = sides[side]
    if not path:
        return dict(os.environ)
    return dict(os.environ, CORECLR_ENABLE_PROFILING='1', CORECLR_PROFILER='{36032161-FFC0-4B61-B559-F6C5D41BAE5A}',
                CORECLR_PROFILER_PATH=path, CORECLR_NEW_RELIC_HOME=home, NEW_RELIC_PROFILER_MODE=mode,
                NEW_RELIC_PROFILER_LOG_DIRECTORY=out + '/logs')


def row(what, unit, ours, other=''):
    print(what, unit, ours, other, sep='\t', flush=True)
