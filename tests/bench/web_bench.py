#!/usr/bin/env python3
# What an ASP.NET Core service pays: its first answer, and requests a second with both cores busy.
# SPDX-License-Identifier: Apache-2.0
# See bench.sh. Services of all sides wait side by side; a client in a process of its own asks each in turn
# for a fixed number of answers. The client shares the cores, so a service's own CPU time stands beside.
import glob, os, re, shutil, socket, subprocess, time
from sides import *

REQUESTS, WARM_UP = 16000, 4
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
        self.seconds, self.cpu, self.answered = [], [], 0
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

    def load(self, client):
        before = self.cpu_time()
        client.stdin.write(f'{self.port} {REQUESTS}\n'.encode())
        client.stdin.flush()
        self.seconds.append(float(client.stdout.readline()))
        self.cpu.append(self.cpu_time() - before)
        self.answered += REQUESTS

    def stop(self):
        self.process.communicate()
        if self.process.returncode:
            raise SystemExit('the service failed')

    # What the shipped agent has recorded: no side may be fast by missing calls.
    def calls_a_request(self):
        with open(self.output + '/report.txt') as report:
            return int(re.search(r'([\d,]+) calls of', report.read())[1].replace(',', '')) / self.answered


build_programs('web', 'load', 'agent')
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


# One set of services, warm: their requests a second and CPU times by those of the service without a profiler.
def measure(client, plain, speed, cpu):
    for side in sides:
        shutil.rmtree(f'{out}/web-{side}', ignore_errors=True)  # reports of an earlier run
    services = {(what, side): Service(side, home) for what, home in homes.items() for side in profiled}
    services['none'] = none = Service('none', '')
    for _ in range(WARM_UP):
        for service in services.values():
            service.load(client)
    for service in services.values():
        service.seconds, service.cpu = [], []
    for _ in range(2 * runs):
        for service in services.values():
            service.load(client)
    for service in services.values():
        service.stop()
    plain += zip(none.seconds, none.cpu)
    del services['none']
    for key, service in services.items():
        speed.setdefault(key, []).extend(a / b for a, b in zip(none.seconds, service.seconds))
        cpu.setdefault(key, []).extend(a / b for a, b in zip(service.cpu, none.cpu))
        if 'shipped' in key[0] and service.calls_a_request() < 20:
            raise SystemExit(f'{key[1]}: {service.calls_a_request()} calls recorded a request instead of 20')


def throughput():
    plain, speed, cpu = [], {}, {}
    with subprocess.Popen([out + '/load/load'], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        for _ in range(max(1, runs // 2)):
            measure(client, plain, speed, cpu)
    row('requests a second without a profiler', '1/s', median(REQUESTS / seconds for seconds, _ in plain))
    row('CPU time a request without a profiler', 'us', median(time for _, time in plain) / REQUESTS / 1000)
    for what in homes:
        for mode in ('fast', 'compatible'):
            for name, unit, ratios in (('requests a second', 'x without', speed), ('CPU time', 'x without', cpu)):
                other = median(ratios[what, 'reference']) if reference else ''
                row(f'{name}, {what}, {mode}', unit, median(ratios[what, mode]), other)


first_answers()
throughput()
