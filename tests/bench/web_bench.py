#!/usr/bin/env python3
# What an ASP.NET Core service pays: its first answer, and requests a second with both cores busy.
# SPDX-License-Identifier: Apache-2.0
# See bench.sh. Services of all sides wait side by side, and wrk asks each in turn, in random order. It shares
# the cores, so a service's own CPU time stands beside. Processes of one side differ by some percent, so
# there are many of each.
import glob, os, random, re, shutil, socket, subprocess, time
from sides import *

WARM_UP_SECONDS, ROUNDS = 3, 2
# Each runs once a request; seven return tasks. None takes a span: with
# TryParseRequest, OnStartLine and OnHeader the service did not answer under New Relic's profiler.
POINTS = {
    ('Microsoft.AspNetCore.Hosting', 'Microsoft.AspNetCore.Hosting.HostingApplication'):
        ['CreateContext', 'ProcessRequestAsync', 'DisposeContext'],
    ('Microsoft.AspNetCore.Hosting', 'Microsoft.AspNetCore.Hosting.HostingApplicationDiagnostics'):
        ['BeginRequest', 'RequestEnd', 'ContextDisposed'],
    ('Microsoft.AspNetCore.Http', 'Microsoft.AspNetCore.Http.DefaultHttpContext'): ['Initialize', 'Uninitialize'],
    ('Microsoft.AspNetCore.HostFiltering', 'Microsoft.AspNetCore.HostFiltering.HostFilteringMiddleware'):
        ['Invoke', 'CheckHost'],
    ('Microsoft.AspNetCore.Routing', 'Microsoft.AspNetCore.Routing.EndpointRoutingMiddleware'):
        ['Invoke', 'SetRoutingAndContinue'],
    ('Microsoft.AspNetCore.Routing', 'Microsoft.AspNetCore.Routing.EndpointMiddleware'): ['Invoke'],
    ('Microsoft.AspNetCore.Routing', 'Microsoft.AspNetCore.Routing.Matching.DfaMatcher'): ['MatchAsync'],
    ('Microsoft.AspNetCore.Server.Kestrel.Core', 'Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.Http1Connection'):
        ['CreateMessageBody'],
    ('Microsoft.AspNetCore.Server.Kestrel.Core', 'Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol'):
        ['Reset', 'InitializeBodyControl', 'CreateResponseHeaders', 'ProduceEnd'],
    ('Microsoft.AspNetCore.Server.Kestrel.Core', 'Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.Http1OutputProducer'):
        ['WriteResponseHeaders'],
}


class Service:
    def __init__(self, side, home):
        self.answered = 0
        self.output = f'{out}/web-{side}'
        variables = dict(environment(side, home), NRPROF_OUTPUT=self.output)
        start = time.monotonic()
        self.process = subprocess.Popen([out + '/web/web'], env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())
        with socket.create_connection(('127.0.0.1', self.port)) as connection:
            connection.sendall(b'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
            answer = b''.join(iter(lambda: connection.recv(4096), b''))
        self.first_answer = time.monotonic() - start
        if b'Hello' not in answer:
            raise SystemExit('the service has not answered')
        self.answered += 1

    # Nanoseconds of its threads. None of them ends while it has work.
    def cpu_time(self):
        return sum(int(open(name).read().split()[0]) for name in glob.glob(f'/proc/{self.process.pid}/task/*/schedstat'))

    # Requests a second, and CPU microseconds a request.
    def load(self, seconds):
        before = self.cpu_time()
        result = subprocess.run(['wrk', '--threads', '1', '--connections', '64', '--duration', f'{seconds}s',
                                 f'http://127.0.0.1:{self.port}/'], capture_output=True, text=True, check=True).stdout
        if 'errors' in result or 'Non-2xx' in result:
            raise SystemExit(result)
        requests = int(re.search(r'(\d+) requests in', result)[1])
        self.answered += requests
        return float(re.search(r'Requests/sec: *([\d.]+)', result)[1]), (self.cpu_time() - before) / requests / 1000

    def stop(self):
        self.process.communicate()
        if self.process.returncode:
            raise SystemExit('the service failed')

    # What the shipped agent has recorded: no side may be fast by missing calls.
    def calls_a_request(self):
        with open(self.output + '/report.txt') as report:
            return int(re.search(r'([\d,]+) calls of', report.read())[1].replace(',', '')) / self.answered


if not shutil.which('wrk'):
    raise SystemExit('wrk is missing (Debian: apt-get install wrk)')
build_programs('web', 'agent')
os.makedirs(out, exist_ok=True)
homes = {'nothing instrumented': make_home('web-nothing', out + '/agent', {}),
         '20 methods, no-op agent': make_home('web-no-op', out + '/agent', POINTS),
         '20 methods, shipped agent': make_home('web-shipped', build + '/agent', POINTS)}
profiled = [side for side in sides if side != 'none']


def first_answers():
    times = {side: [] for side in sides}
    for _ in range(3 * runs):
        for side in sides:
            service = Service(side, homes['nothing instrumented'])
            service.stop()
            times[side].append(service.first_answer)
    row('first answer of a web service without a profiler', 'ms', median(times['none']) * 1000)
    ratio = {side: median(a / b for a, b in zip(times[side], times['none'])) for side in profiled}
    for mode in ('fast', 'compatible'):
        row(f'first answer, {mode} mode', 'x without', ratio[mode], ratio.get('reference', ''))


# One set of services: each appends its requests a second and CPU time to its lists.
def measure(speed, cpu):
    for side in sides:
        shutil.rmtree(f'{out}/web-{side}', ignore_errors=True)  # reports of an earlier run
    services = {(what, side): Service(side, home) for what, home in homes.items() for side in profiled}
    services['none'] = Service('none', '')
    for service in services.values():
        service.load(WARM_UP_SECONDS)
    for _ in range(ROUNDS):
        for key in random.sample(list(services), len(services)):
            for results, result in zip((speed, cpu), services[key].load(1)):
                results.setdefault(key, []).append(result)
    for key, service in services.items():
        service.stop()
        if 'shipped' in key[0] and service.calls_a_request() < 20:
            raise SystemExit(f'{key[1]}: {service.calls_a_request()} calls recorded a request instead of 20')


def throughput():
    speed, cpu = {}, {}
    for _ in range(2 * runs):
        measure(speed, cpu)
    row('requests a second without a profiler', '1/s', median(speed['none']))
    row('CPU time a request without a profiler', 'us', median(cpu['none']))
    for what in homes:
        for mode in ('fast', 'compatible'):
            for name, results in (('requests a second', speed), ('CPU time', cpu)):
                ratio = {side: median(a / b for a, b in zip(results[what, side], results['none']))
                         for side in (mode, 'reference') if side in sides}
                row(f'{name}, {what}, {mode}', 'x without', ratio[mode], ratio.get('reference', ''))


first_answers()
throughput()
