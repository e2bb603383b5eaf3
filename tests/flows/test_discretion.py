"""Of what fails, Prefect gets words of our own; who runs the flow gets the error itself."""

import errno
import pickle

import pytest

from transforms.errors import MalformedSourceError, SourceError

# To import Prefect takes seconds, which the process that does not run these tests can save.
pytestmark = pytest.mark.xdist_group("prefect")

SECRET = "Anna Weber"
MALFORMED = MalformedSourceError(f"proxy-a is no nginx: a.log:7: {SECRET}", "proxy-a is no nginx")


def wrong(error):
    raise error from ValueError(SECRET)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SourceError("a.log can't be read"), "a.log can't be read"),
        (MALFORMED, "proxy-a is no nginx"),
        (KeyError(SECRET), "This should not have happened (KeyError)"),
    ],
)
def test_a_task_says_nothing_that_a_stranger_typed(error, said):
    from flows.discretion import TaskError, discreet  # noqa: PLC0415

    with pytest.raises(TaskError) as raised:
        discreet(wrong)(error)
    assert said in str(raised.value)
    assert SECRET not in repr(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert raised.value.error is error


@pytest.mark.parametrize(
    ("error", "name", "message"),
    [
        (MALFORMED, "MalformedSource", "proxy-a is no nginx"),
        (KeyError(SECRET), "Unexpected", "This should not have happened (KeyError)"),
    ],
)
def test_a_flow_ends_in_a_state_named_after_what_stopped_it(error, name, message):
    from flows.discretion import discreet, ends_in_a_state  # noqa: PLC0415

    for stopped in (wrong, discreet(wrong)):
        state = ends_in_a_state(stopped)(error)
        assert state.is_failed()
        assert state.name == name
        assert message in state.message
        assert SECRET not in state.message


def test_whoever_runs_it_gets_the_error_with_its_cause():
    from flows.discretion import failed  # noqa: PLC0415

    error = KeyError(SECRET)
    assert failed(error).data.__cause__ is error
    assert SECRET in str(failed(MALFORMED).data)


def test_a_line_that_was_shown_travels_between_processes_beside_what_may_be_kept():
    from distributed import Client  # noqa: F401, PLC0415 - pickles what an error came from, too

    from flows.discretion import discreet, ends_in_a_state  # noqa: PLC0415

    ends_in_a_state(discreet(wrong))(MALFORMED)
    sent = pickle.loads(pickle.dumps(MALFORMED))
    assert (str(sent), sent.discreet) == (str(MALFORMED), MALFORMED.discreet)


def test_what_an_error_came_from_stays_with_it():
    from flows.discretion import ends_in_a_state  # noqa: PLC0415

    def work():
        try:
            raise KeyError(SECRET)
        finally:
            raise MalformedSourceError("", "")

    assert isinstance(ends_in_a_state(work)().data.__context__, KeyError)


def test_what_may_pass_is_known_in_another_process_as_well():
    from flows.discretion import TaskError  # noqa: PLC0415

    sent = pickle.loads(pickle.dumps(TaskError(OSError(errno.EIO, "I/O error"))))
    assert sent.may_pass
    assert not pickle.loads(pickle.dumps(TaskError(SourceError("wrong")))).may_pass
