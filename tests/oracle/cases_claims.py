"""One world a sentence of the decision "Who was created again by hand": who gets which row."""

from tests.oracle.cases_parts import HAD_BEFORE, PAUL
from tests.oracle.drawing import UNCERTAIN, Case, Said, event, line, row, world
from tests.oracle.model import Event, Line, Row

E2, E3 = ({"email": email} for email in ("neu@post.example", "alt@post.example"))
M2, M3, M4 = ({"mobile": f"+49 171 {n * 7}"} for n in "234")


def _lost(clock: str, id_: str, **data: str | None) -> tuple[Line, Event]:
    """Paul, but for this, was created at this time and is gone."""
    return (
        line(clock, "create", "person", id_),
        event(clock, "create", "person", id_, data={**PAUL, **data}),
    )


def _made(clock: str, id_: str, **data: str | None) -> Row:
    return row(clock, "person", id_, data={**PAUL, **data})


def _said(id_: str, verdict: str, matched: str | None = None) -> Said:
    return Said("A", "person", id_, "created", verdict, matched_id=matched)


CLAIMS = [
    Case(
        "what is the same all over goes before what is certain, whatever was made first",
        world(
            *_lost("20:10", "P1", first_name="Paull"),
            *_lost("20:20", "P2"),
            _made("23:30", "P9"),
        ),
        (_said("P1", "lost"), _said("P2", "restored", "P9")),
    ),
    Case(
        "each takes its row with the highest score",
        world(
            *_lost("20:10", "P1"),
            _made("23:30", "P8", last_name="Lohsee", first_name="Pahl"),
            _made("23:40", "P9", last_name="Lohsee"),
        ),
        (_said("P1", "restored", "P9"),),
    ),
    Case(
        "then the oldest",
        world(*_lost("20:10", "P1"), _made("23:40", "P8"), _made("23:30", "P9")),
        (_said("P1", "restored", "P9"),),
    ),
    Case(
        "then by id",
        world(*_lost("20:10", "P1"), _made("23:30", "P9"), _made("23:30", "P8")),
        (_said("P1", "restored", "P8"),),
    ),
    Case(
        "two who certainly are one row are for review, and what they claim is nobody else's",
        world(
            *_lost("20:10", "P1"),
            *_lost("20:20", "P2"),
            *_lost("20:30", "P3", first_name="Paull"),
            _made("23:30", "P8"),
            _made("23:40", "P9"),
        ),
        (_said("P1", "review", "P8"), _said("P2", "review", "P8"), _said("P3", "lost")),
    ),
    Case(
        "what was retried claims a row together",
        world(*_lost("20:10", "P1"), *_lost("20:11", "P2"), _made("23:30", "P9")),
        (_said("P1", "restored", "P9"), _said("P2", "restored", "P9")),
    ),
    Case(
        "of those who are possibly one row, the one with the best score takes it",
        world(
            *_lost("20:10", "P1", **M2, **E2),
            *_lost("20:20", "P2", **M3, email=None),
            _made("23:30", "P9", **M4, **E3),
        ),
        (_said("P1", "lost"), _said("P2", "review", "P9")),
    ),
    Case(
        "with the same score so does another",
        world(
            *_lost("20:10", "P1", **M2, **E2),
            *_lost("20:20", "P2", **M3),
            _made("23:30", "P9", **M4, **E3),
        ),
        (_said("P1", "review", "P9"), _said("P2", "review", "P9")),
    ),
    Case(
        "another who is lost, of one name and address, leaves nobody alone",
        world(
            *_lost("20:10", "P1"),
            *_lost("20:20", "P2", last_name="Ay", **M2),
            _made("23:30", "P9", **M3),
        ),
        (_said("P1", "review", "P9"), _said("P2", "lost")),
    ),
    Case(
        "whose best row is taken may get another",
        world(
            *_lost("20:10", "P1", **M2, **E2),
            *_lost("20:20", "P2", **M3, email=None),
            _made("23:30", "P8", **M4, **E3),
            _made("23:40", "P9", last_name="Lohsee", **M4, **E3),
        ),
        (_said("P1", "review", "P9"), _said("P2", "review", "P8")),
    ),
    Case(
        "a row of the uncertain minutes is taken last, by whoever is most like it",
        world(
            *_lost("20:10", "P1", last_name="Lohsee"),
            *_lost("20:20", "P2"),
            _made("23:20", "P9"),
            window=UNCERTAIN,
        ),
        (_said("P1", "lost"), _said("P2", "review", "P9")),
    ),
    Case(
        "who certainly was there before is for review, with the row of the highest score",
        world(
            *_lost("20:10", "P1"),
            _made("10:00", "P8", last_name="Lohsee"),
            _made(HAD_BEFORE, "P9"),
        ),
        (_said("P1", "review", "P9"),),
    ),
    Case(
        "who possibly was is lost",
        world(*_lost("20:10", "P1"), _made(HAD_BEFORE, "P9", **M2, **E2)),
        (_said("P1", "lost"),),
    ),
    Case(
        "a row since the snapshot goes before one from before it",
        world(
            *_lost("20:10", "P1"),
            _made(HAD_BEFORE, "P8"),
            _made("23:30", "P9", **M2, **E2),
        ),
        (_said("P1", "review", "P9"),),
    ),
]
