"""Who listens is told of each file."""

from pathlib import Path

from flows.progress import listening, tell
from flows.sources.files import FoundFile


def test_told_while_listening_and_no_longer():
    heard = []
    file = FoundFile("logs/a.log", Path("logs/a.log"))
    with listening(heard.append):
        tell(file)
    tell(file)
    assert heard == [file]
