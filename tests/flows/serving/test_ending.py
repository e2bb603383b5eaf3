"""A process that was told to end does so, whatever it is at, and none outlives what started it."""

import os
import signal
import subprocess
import sys
import time

from tests.flows.serving.served import alive, soon

DEAF = """
import signal, time
from flows.serving.ending import end_soon_after_sigterm
signal.signal(signal.SIGTERM, lambda number, frame: None)
end_soon_after_sigterm()
print("ready", flush=True)
while True:
    time.sleep(60)
"""
PARENT = """
import os, subprocess, sys, time
child = "from flows.serving.ending import end_with; import sys, time;" \\
    "end_with(int(sys.argv[1])); print('ready', flush=True); time.sleep(600)"
process = subprocess.Popen([sys.executable, "-c", child, str(os.getpid())])
print(process.pid, flush=True)
time.sleep(600)
"""


def started(program: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_who_does_not_listen_to_sigterm_is_ended_within_seconds():
    process, _ = started(DEAF)
    begun = time.monotonic()
    process.terminate()
    assert process.wait(60) == -signal.SIGKILL
    process.communicate()
    assert 2 < time.monotonic() - begun < 10


def test_a_child_ends_with_its_parent_however_that_ended():
    process, child = started(PARENT)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.kill()
    process.wait(60)
    soon(lambda: not alive({int(child)}), 10)
    process.communicate()
