"""The oracle on worlds drawn by hand: one a rule."""

from collections import Counter

import pytest

from tests.oracle.cases import CASES
from tests.oracle.drawing import Case, said
from tests.oracle.judge import judge


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_rule(case: Case) -> None:
    judgement = judge(case.world)
    found = Counter(said(finding) for finding in judgement.findings)
    assert found == Counter(case.findings)
    assert len(judgement.unattributed) == case.unattributed


def test_each_rule_is_drawn_once() -> None:
    assert len({case.rule for case in CASES}) == len(CASES)
