"""Work in processes of its own: everything is done once, and nothing goes wrong silently."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from flows.processes import ProcessEndedError, in_processes
from transforms.errors import BalanceError


def twice(number):
    return os.getpid(), 2 * number


def refuse(number):
    if number == 3:
        raise BalanceError("3 rows are missing")
    return number


def break_the_disk(number):
    raise OSError(5, "Input/output error")


def be_killed(number):
    os.kill(os.getpid(), signal.SIGKILL)


def test_every_job_is_done_once_and_in_other_processes():
    answers = list(in_processes(twice, range(20), processes=2))
    assert Counter(number for _, number in answers) == Counter(2 * n for n in range(20))
    assert len({process for process, _ in answers} - {os.getpid()}) == 2


def test_no_more_jobs_are_taken_than_are_worked_at():
    taken = []

    def jobs():
        for number in range(50):
            taken.append(number)
            yield number

    for done, _ in enumerate(in_processes(twice, jobs(), processes=2)):
        assert len(taken) <= done + 2 * 2 + 1


def test_fewer_jobs_than_processes():
    assert [number for _, number in in_processes(twice, [1], processes=3)] == [2]
    assert list(in_processes(twice, [], processes=2)) == []


def test_an_error_comes_through_as_it_is():
    with pytest.raises(BalanceError, match="3 rows are missing"):
        list(in_processes(refuse, range(10), processes=2))
    with pytest.raises(OSError, match="Input/output") as raised:
        list(in_processes(break_the_disk, range(10), processes=2))
    # By its number the flow knows that it may pass.
    assert raised.value.errno == 5
    assert "break_the_disk" in "".join(raised.value.__notes__)


def test_an_error_among_the_jobs_ends_the_processes():
    def jobs():
        yield 1
        raise BalanceError("a notice is wrong")

    with pytest.raises(BalanceError, match="a notice is wrong"):
        list(in_processes(twice, jobs(), processes=2))


def test_a_killed_process_is_told_in_plain_words():
    with pytest.raises(ProcessEndedError, match=r"ended by signal 9 .* start the run again"):
        list(in_processes(be_killed, range(10), processes=2))


def test_they_load_what_the_work_needs_and_nothing_of_what_started_them():
    look = "__import__('flows.packs') and sorted(__import__('sys').modules)"
    (modules,) = in_processes(eval, [look], processes=1)
    assert "notifications.pack" in modules
    assert not {"prefect", "sqlalchemy", "polars", "typer", "pytest"} & set(modules)


WAITING = """
import sys, time
from flows.processes import in_processes
from tests.flows.test_processes import twice

def jobs():
    yield from range(4)
    print("begun", flush=True)
    time.sleep(600)
    yield 4

for pid, _ in in_processes(twice, jobs(), processes=2):
    print(pid, flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_they_end_with_the_process_that_started_them(sent):
    with subprocess.Popen(
        [sys.executable, "-c", WAITING],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,
        text=True,
    ) as first:
        assert first.stdout.readline() == "begun\n"
        # To the whole group, as a terminal does it.
        os.killpg(first.pid, sent) if sent == signal.SIGINT else first.send_signal(sent)
        first.wait(120)
        said = first.stderr.read()
    # A process that was still starting when all of them were interrupted may say so, too.
    assert ("Traceback" in said) == (sent == signal.SIGINT)
    wait_for_the_end_of_group(first.pid)


def wait_for_the_end_of_group(group, seconds=20):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("processes were left behind")
