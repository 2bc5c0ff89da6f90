#!/usr/bin/env python3
# Draws the ratios of build/bench.json that are about fast mode as an SVG. SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/draw.py BUILD_DIR >docs/fast-mode.svg
import json, sys

rows = {row['what']: row for row in json.load(open(sys.argv[1] + '/bench.json'))}
groups = [('Start of hello world, times that without a profiler', 'hello world, %s mode', '%.2f'),
          ('First answer of a web service, times that without a profiler', 'first answer, %s mode', '%.2f'),
          ('Its requests a second, 20 methods, shipped agent, times those without',
           'requests a second, 20 methods, shipped agent, %s', '%.2f'),
          ('An instrumented call, nanoseconds', 'an instrumented call, %s mode', '%.0f'),
          ('Resident memory over none, MB', 'resident memory over none, %s mode', '%.1f')]
y, parts = 20, []
for title, name, form in groups:
    fast, compatible = rows[name % 'fast'], rows[name % 'compatible']
    bars = [('fast', fast['ours'], '#2a7'), ('compatible', compatible['ours'], '#888')]
    if 'reference' in fast:
        bars.append(('reference', fast['reference'], '#bbb'))
    most = max(value for _, value, _ in bars)
    parts.append(f'<text x="10" y="{y}" font-weight="bold">{title}</text>')
    for label, value, colour in bars:
        y += 22
        width = max(1, 380 * value / most)
        parts.append(f'<text x="10" y="{y}">{label}</text><rect x="100" y="{y - 12}" width="{width:.0f}" height="15" '
                     f'fill="{colour}"/><text x="{108 + width:.0f}" y="{y}">{form % value}</text>')
    y += 36
print(f'<svg xmlns="http://www.w3.org/2000/svg" width="620" height="{y - 20}" font-family="sans-serif" font-size="13">'
      f'<!-- SPDX-License-Identifier: Apache-2.0 --><rect width="100%" height="100%" fill="white"/>'
      + ''.join(parts) + '</svg>')
