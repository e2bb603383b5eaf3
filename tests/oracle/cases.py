"""All worlds drawn by hand, for the oracle and for the core."""

from tests.oracle import cases_again as again
from tests.oracle import cases_attribution as attribution
from tests.oracle import cases_claims as claims
from tests.oracle import cases_effects as effects
from tests.oracle import cases_matching as matching
from tests.oracle import cases_parts as parts
from tests.oracle import cases_persons as persons
from tests.oracle import cases_verdicts as verdicts
from tests.oracle.drawing import Case

CASES: list[Case] = [
    *matching.DUPLICATES,
    *matching.MATCHING,
    *attribution.ATTRIBUTION,
    *effects.EFFECTS,
    *effects.REISSUED,
    *effects.RETRIES,
    *verdicts.ROW_IS_THERE,
    *verdicts.BOUNDARIES,
    *verdicts.WITNESSES,
    *verdicts.WITHOUT_ID,
    *again.REFERENCES,
    *again.AGAIN,
    *parts.NORMALISING,
    *parts.PARTS,
    *persons.CERTAIN,
    *persons.ALONE,
    *persons.POSSIBLE,
    *claims.CLAIMS,
]
