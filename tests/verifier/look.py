#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""look.py BUILD PAGE... - what Chromium and axe-core have against pages: nothing, it should be.

Each is opened as people look at it: light, dark, on a phone and in print. There may be no message in the
console, no request, nothing that axe-core calls serious or critical, and no scrolling of the whole page
to the side; and with scripts disabled every table and picture must be there.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

from browser import Browser

WAYS = {
    'light': {'scheme': 'light'},
    'dark': {'scheme': 'dark'},
    'on a phone': {'scheme': 'light', 'width': 390},
    'in print': {'scheme': 'light', 'media': 'print', 'width': 760},
}
SHOWN = ('tr', 'th', 'td', 'svg', 'h1', 'h2', 'h3', 'h4', 'li', 'rect', 'circle')
AXE = '''axe.run().then(function (r) { return [r.passes.length, r.violations.filter(function (v) {
    return v.impact === "serious" || v.impact === "critical"; }).map(function (v) {
    return [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)]; })]; })'''


def find_axe(build):
    """The source of axe-core: in AXE_CORE, or from npm, kept in the build tree; None: not available."""
    path = os.environ.get('AXE_CORE', build + '/axe/package/axe.min.js')
    if not os.path.exists(path):
        if shutil.which('npm') is None:
            print('skip: no npm, from which axe-core comes')
            return None
        os.makedirs(build + '/axe', exist_ok=True)
        try:
            packed = subprocess.run(['npm', 'pack', '--silent', 'axe-core@4'], cwd=build + '/axe', timeout=120,
                                    capture_output=True, text=True).stdout.strip()
            subprocess.run(['tar', '-xzf', packed, 'package/axe.min.js'], cwd=build + '/axe', check=True,
                           capture_output=True)
        except (subprocess.SubprocessError, OSError):
            pass
    if not os.path.exists(path):
        print('skip: npm has no axe-core for us here')
        return None
    with open(path, encoding='utf-8') as file:
        return file.read()


def start(folder):
    """A browser, or None where there is none."""
    chromium = shutil.which('chromium') or shutil.which('chromium-browser')
    if chromium is None:
        print('skip: no Chromium, which would open pages')
        return None
    for attempt in range(3):    # on a busy machine it may not start the first time
        try:
            return Browser(chromium, folder)
        except OSError as error:
            reason = error
    print('skip: Chromium does not start here:', reason)
    return None


def show(browser, path, scheme, media='screen', width=1280):
    browser.ask('Emulation.setEmulatedMedia', media=media,
                features=[{'name': 'prefers-color-scheme', 'value': scheme}])
    browser.ask('Emulation.setDeviceMetricsOverride', width=width, height=1000, deviceScaleFactor=1,
                mobile=False)
    browser.open('file://' + path)


def told(browser):
    """What the page made the browser say, or ask for."""
    for method, parameters in browser.events:
        if method in ('Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'):
            yield 'the console says %s' % str(parameters)[:300]
        elif method == 'Network.requestWillBeSent':
            url = parameters['request']['url']
            if parameters['type'] != 'Document' and not url.startswith('data:'):
                yield 'it asks for %s' % url


def without_scripts(browser, path):
    """The elements that have no box where no script runs."""
    with open(path, encoding='utf-8') as file:
        page = re.sub(r'<script.*?</script>', '', file.read(), flags=re.S)
    browser.ask('Emulation.setScriptExecutionDisabled', value=True)
    show(browser, path, 'light')
    boxes = browser.boxes()
    browser.ask('Emulation.setScriptExecutionDisabled', value=False)
    seen = collections.Counter(name for name, box in boxes if box[2] > 0 and box[3] > 0)
    for name in SHOWN:
        wanted = len(re.findall('<%s[ >]' % name, page))
        # What <details> hide is there too: readers open it.
        if seen[name] < wanted and '<details' not in page:
            yield 'without scripts %d of %d %s are shown' % (seen[name], wanted, name)
    if seen['tr'] == 0 or seen['button'] != 0:
        yield 'without scripts there are %d rows and %d buttons' % (seen['tr'], seen['button'])


def serious(browser, axe):
    passes, found = browser.evaluate(axe + ';\n' + AXE)
    if passes < 10:
        yield 'axe-core looked at %d things only' % passes
    for what in found:
        yield 'axe-core: %s, %d times: %s' % tuple(what)


def look(browser, axe, path):
    """What is wrong with the page."""
    for domain in ('Network', 'Log', 'Runtime'):
        browser.ask(domain + '.enable')
    for way, how in WAYS.items():
        show(browser, path, **how)
        yield from ('%s: %s' % (way, what) for what in told(browser))
        if axe is not None:
            yield from ('%s: %s' % (way, what) for what in serious(browser, axe))
        wide = browser.evaluate('document.documentElement.scrollWidth')
        if wide > how.get('width', 1280):
            yield '%s: the page is %d wide' % (way, wide)
    yield from without_scripts(browser, path)


def main():
    faults = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser, axe = start(folder), find_axe(sys.argv[1])
        if browser is None:
            sys.exit(77)
        for path in sys.argv[2:]:
            for what in look(browser, axe, os.path.realpath(path)):
                faults += 1
                print(path, what)
        browser.close()
    sys.exit(faults != 0)


if __name__ == '__main__':
    main()
