#!/usr/bin/env python3
# What an application pays: start, a call, memory, in both modes and beside another library.
# SPDX-License-Identifier: Apache-2.0
# See bench.sh. The reference's column is filled where REFERENCE_PROFILER is set.
import os, subprocess, tempfile, time
from sides import *


# Seconds, kilobytes resident at most, and what it printed.
def run(program, side, home, *arguments):
    start = time.monotonic()
    process = subprocess.Popen([out + '/' + program + '/' + program, *arguments], env=environment(side, home),
                               stdout=subprocess.PIPE)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(program + ' failed')
    return time.monotonic() - start, usage.ru_maxrss, text


def stripped(path):
    with tempfile.NamedTemporaryFile() as copy:
        subprocess.run(['strip', '-o', copy.name, path], check=True)
        return os.path.getsize(copy.name) / 1024


build_programs('hello', 'calls', 'agent')
build_program('agent', 'lean', '-p:DefineConstants=LEAN')
home = make_home('home', out + '/agent', {('calls', 'Calls'): ['Work']})
lean_home = make_home('lean.home', out + '/lean', {('calls', 'Calls'): ['Work']})
starts = {name: [] for name in sides}
for _ in range(3 * runs):
    for name in sides:
        starts[name].append(run('hello', name, home))
# Nanoseconds on one thread, and with a thread a core.
calls = {name: [] for name in [*sides, 'lean']}
api = {name: [] for name in sides if name != 'none'}
for _ in range(max(3, runs // 2)):
    for name in calls:
        side, its_home = ('fast', lean_home) if name == 'lean' else (name, home)
        calls[name].append([float(word) for word in run('calls', side, its_home)[2].split()])
    for name in api:
        api[name].append(float(run('calls', name, home, 'api')[2].split()[0]))


def slower(name):
    return median(a[0] / b[0] for a, b in zip(starts[name], starts['none'])) if name in starts else ''


def memory(name):
    return median(a[1] - b[1] for a, b in zip(starts[name], starts['none'])) / 1024 if name in starts else ''


def call(name):
    return median(one for one, _ in calls[name]) if name in calls else ''


def api_call(name):
    return median(api[name]) if name in api else ''


def scaling(name):
    return median(every / one for one, every in calls[name]) if name in calls else ''


row('hello world without a profiler', 'ms', median(s[0] for s in starts['none']) * 1000)
row('hello world, fast mode', 'x without', slower('fast'), slower('reference'))
row('hello world, compatible mode', 'x without', slower('compatible'), slower('reference'))
row('a call without a profiler', 'ns', call('none'))
row('an instrumented call, fast mode', 'ns', call('fast'), call('reference'))
row('the same without arguments', 'ns', call('lean'))
row('an instrumented call, compatible mode', 'ns', call('compatible'), call('reference'))
row('a call of the API, fast mode', 'ns', api_call('fast'), api_call('reference'))
row('a call of the API, compatible mode', 'ns', api_call('compatible'), api_call('reference'))
row('a call on all cores without a profiler', 'x one thread', scaling('none'))
row('a call on all cores, fast mode', 'x one thread', scaling('fast'), scaling('reference'))
row('a call on all cores, compatible mode', 'x one thread', scaling('compatible'), scaling('reference'))
row('resident memory over none, fast mode', 'MB', memory('fast'), memory('reference'))
row('resident memory over none, compatible mode', 'MB', memory('compatible'), memory('reference'))
row('library, stripped', 'KB', stripped(library), stripped(reference) if reference else '')
