"""Whatever the server does, and however often one sends: each customer gets one mail."""

import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.ledger.notices import NoticeState
from flows.sending.answers import MailServerError
from tests.flows.sending.migrations import approved, make_notices
from tests.flows.sending.scripted import CUT, TAKEN_AND_CUT, ScriptedServer
from tests.flows.sending.sending import mails, resolve, send

STEPS = ("GREETING", "EHLO", "RSET", "MAIL", "RCPT", "DATA", "DOT")
answers = st.tuples(
    st.sampled_from(STEPS), st.sampled_from(["450 later", "421 later", "550 no", "what", CUT])
) | st.tuples(st.just("DOT"), st.sampled_from([TAKEN_AND_CUT, "250 taken"]))
# What goes wrong in each of some evenings.
evenings = st.lists(st.lists(answers, max_size=8), min_size=1, max_size=3)


@pytest.mark.slow
@settings(settings.get_profile("laws"))
@given(evenings)
def test_each_customer_gets_one_mail(evenings):
    with tempfile.TemporaryDirectory() as folder, ScriptedServer() as server:
        notices = approved(make_notices(Path(folder), port=server.port), "a", "b", "c")
        for evening in evenings:
            for step, answer in evening:
                server.script.setdefault(step, []).append(answer)
            with suppress(MailServerError):
                send(notices)
            states = notices.states()
            # What the ledger knows is so, and what it does not know it says.
            for customer, state in states.items():
                assert state is NoticeState.SENDING or (customer in mails(server)) == (
                    state is NoticeState.SENT
                )
            resolve(notices, server)
            notices.approve(
                *(name for name, state in states.items() if state is NoticeState.FAILED)
            )
        server.script.clear()
        send(notices)
        assert mails(server) == ["a", "b", "c"]
        assert set(notices.states().values()) == {NoticeState.SENT}
