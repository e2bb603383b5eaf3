"""The command line, run as a user would."""

import sys

import pytest

from flows.cli import main


@pytest.fixture
def cli(capsys, monkeypatch):
    """Runs a command as the shell would; exit code, standard output, standard error."""
    # The process under test ends after a command, this one goes on.
    monkeypatch.setattr("os.umask", lambda _mask: 0)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run
