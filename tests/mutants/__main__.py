"""All mutants, and what catches them; where that is another test than was known, this says so."""

import sys

from tests.mutants import MUTANTS
from tests.mutants.breaking import NOT_CAUGHT, SURVIVED, breakers, first_failure, outcome


def main() -> None:
    with breakers(processes=2) as pool:
        found = dict(zip(MUTANTS, pool.map(outcome, MUTANTS), strict=True))
        for mutant, caught_by in found.items():
            is_known = caught_by.startswith(f"tests/{mutant.caught_by}")
            print(f"{mutant.name:72} {'' if is_known else 'NOW '}{caught_by}", flush=True)
        lasting = [mutant for mutant, caught_by in found.items() if caught_by in NOT_CAUGHT]
        print(f"{len(found)} mutants, {len(lasting)} that nothing has caught")
        # A test that fails anyway has caught nothing.
        catching = sorted(set(found.values()) - NOT_CAUGHT)
        failing = pool.submit(first_failure, catching).result()
    if failing != SURVIVED:
        print(f"{failing} fails without any mutant, too")
    sys.exit(1 if lasting or failing != SURVIVED else 0)


if __name__ == "__main__":
    main()
