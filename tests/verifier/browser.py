# SPDX-License-Identifier: GPL-2.0-or-later
"""Chromium without a window, by its DevTools protocol over a pair of pipes: for what its command line
cannot do, such as to lay out a page with scripts disabled, or as it is printed.
"""
import json
import os
import select
import subprocess
import time


class Browser:
    def __init__(self, chromium, folder):
        """Start it; an OSError if it does not answer."""
        here, there = os.pipe(), os.pipe()
        flags = ['--headless=new', '--remote-debugging-pipe', '--disable-gpu', '--no-first-run',
                 '--disable-background-networking', '--disable-sync', '--disable-component-update',
                 '--disable-default-apps', '--disable-dev-shm-usage', '--window-size=1280,1000',
                 '--user-data-dir=' + folder + '/devtools']
        if os.geteuid() == 0:
            flags.append('--no-sandbox')    # root cannot use the sandbox
        # It reads commands from descriptor 3, and answers on 4.
        self.process = subprocess.Popen(
            ['sh', '-c', 'exec "$@" 3<&%d 4>&%d' % (here[0], there[1]), 'sh', chromium, *flags, 'about:blank'],
            pass_fds=(here[0], there[1]), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env={**os.environ, 'HOME': folder})
        os.close(here[0])
        os.close(there[1])
        self.to, self.of, self.kept, self.number, self.session = here[1], there[0], b'', 0, None
        self.events = []        # what it tells by itself: its method and parameters
        try:
            targets = self.ask('Target.getTargets')['targetInfos']
            page = next(t['targetId'] for t in targets if t['type'] == 'page')
            self.session = self.ask('Target.attachToTarget', targetId=page, flatten=True)['sessionId']
            self.ask('Page.enable')
        except (OSError, StopIteration) as error:
            self.close()
            raise OSError('it does not answer: %s' % error) from error

    def close(self):
        self.session = None
        try:
            self.ask('Browser.close', 10)
            self.process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        os.close(self.to)
        os.close(self.of)

    def read(self, until):
        """The next message."""
        while b'\0' not in self.kept:
            if not select.select([self.of], [], [], max(0, until - time.monotonic()))[0]:
                raise OSError('no answer in time')
            octets = os.read(self.of, 1 << 20)
            if not octets:
                raise OSError('it ended')
            self.kept += octets
        message, self.kept = self.kept.split(b'\0', 1)
        message = json.loads(message)
        if 'method' in message:
            self.events.append((message['method'], message['params']))
        return message

    def ask(self, method, seconds=120, **parameters):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': parameters}
        if self.session:
            message['sessionId'] = self.session
        octets = json.dumps(message).encode() + b'\0'
        while octets:
            octets = octets[os.write(self.to, octets):]
        until = time.monotonic() + seconds
        while True:
            message = self.read(until)
            if message.get('id') == self.number:
                if 'error' in message:
                    raise OSError('%s: %s' % (method, message['error']['message']))
                return message['result']

    def open(self, url, seconds=120):
        """Load a page, to its load event."""
        self.events.clear()
        self.ask('Page.navigate', url=url)
        until = time.monotonic() + seconds
        while not any(method == 'Page.loadEventFired' for method, _ in self.events):
            self.read(until)

    def evaluate(self, expression):
        """The value of an expression of JavaScript, or of its promise."""
        answer = self.ask('Runtime.evaluate', expression=expression, awaitPromise=True, returnByValue=True)
        if 'exceptionDetails' in answer:
            raise OSError(str(answer['exceptionDetails'])[:300])
        return answer['result'].get('value')

    def boxes(self):
        """For each element with a box in the layout: its name and its box (x, y, width, height)."""
        shot = self.ask('DOMSnapshot.captureSnapshot', computedStyles=[])
        document, names = shot['documents'][0], shot['strings']
        nodes, layout = document['nodes'], document['layout']
        return [(names[nodes['nodeName'][node]].lower(), box)
                for node, box in zip(layout['nodeIndex'], layout['bounds'])]
