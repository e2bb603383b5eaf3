"""Break the rules one by one: do the tests notice? `python -m tests.mutants`.

Each mutant is one replacement in the source. The test that is known to catch it runs against the
broken module, and if that one finds nothing, all that might. A mutant that none of them catches
has survived: there is a rule that no test holds. A replacement that no longer applies is an error
as well; then the mutants have fallen behind the source.
"""

from tests.mutants import claims, coverage, pairing, persons, reading, verdicts
from tests.mutants.mutant import Mutant

MUTANTS: tuple[Mutant, ...] = (
    *reading.MUTANTS,
    *pairing.MUTANTS,
    *coverage.MUTANTS,
    *claims.MUTANTS,
    *persons.MUTANTS,
    *verdicts.MUTANTS,
)
