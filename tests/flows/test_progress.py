"""Who listens is told of each file's beginning and end, and hears what is said."""

from flows.progress import Reading, hearing, listening, reading, say
from flows.sources.found import LocalFile


def test_told_while_listening_and_no_longer(tmp_path):
    heard = []
    file = LocalFile("logs/a.log", tmp_path / "a.log")

    def hear(state: Reading) -> None:
        heard.append((list(state.now), state.files, state.bytes))

    with listening(hear), reading(file, 5):
        pass
    with reading(file, 5):
        pass
    assert heard == [(["logs/a.log"], 0, 0), ([], 1, 5)]


def test_what_is_said_is_heard_by_all_who_hear_then():
    heard = []
    with hearing(heard.append), hearing(heard.append):
        say("A run is at work.")
    say("It has ended.")
    assert heard == ["A run is at work."] * 2
