"""Who listens is told of each file's beginning and end."""

from flows.progress import Reading, listening, reading
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
