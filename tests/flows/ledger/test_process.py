import subprocess
import time
from dataclasses import replace
from pathlib import Path

from flows.ledger.process import this_process


def test_this_process_is_here_and_alive():
    mine = this_process()
    assert mine == this_process()
    assert mine.is_here
    assert mine.is_alive
    assert int(mine.start) > 0


def test_a_process_of_another_host_or_container_is_not_here():
    mine = this_process()
    assert not replace(mine, host="other").is_here
    assert not replace(mine, place=f"{mine.place} ").is_here


def test_a_number_that_nobody_has_or_another_one_has_is_dead():
    mine = this_process()
    assert not replace(mine, pid=1 << 22).is_alive
    assert not replace(mine, start=f"{int(mine.start) - 1}").is_alive


def test_who_was_killed_is_dead_although_its_parent_has_not_asked_for_it():
    with subprocess.Popen(["sleep", "60"]) as child:
        its = child_process(child.pid)
        assert its.is_alive
        child.kill()
        end = time.monotonic() + 10
        while its.is_alive:
            assert time.monotonic() < end
            time.sleep(0.01)


def child_process(pid):
    stat = (Path("/proc") / str(pid) / "stat").read_text()
    return replace(this_process(), pid=pid, start=stat.rpartition(")")[2].split()[19])
