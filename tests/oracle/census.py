"""How often each verdict, reason, rule and pairing occurs: `python -m tests.oracle.census 2000`."""

import sys
from collections import Counter
from functools import cache

from tests.oracle.judge import judge
from tests.oracle.model import Judgement
from tests.oracle.worlds import random_world


@cache
def judged(seed: int) -> Judgement:
    """What the oracle says of a random world; several tests look at the same."""
    return judge(random_world(seed))


def census(seeds: int) -> dict[str, Counter[str]]:
    """Counts over the worlds of seeds 0 to `seeds` - 1."""
    counts: dict[str, Counter[str]] = {
        name: Counter()
        for name in ("verdict and reason", "kind and verdict", "again", "paired by", "sums")
    }
    for seed in range(seeds):
        judgement = judged(seed)
        for finding in judgement.findings:
            reason = finding.reason or "-"
            verdict = f"{finding.verdict:13}{finding.confidence:11}"
            counts["verdict and reason"][f"{verdict}{finding.action:9}{reason}"] += 1
            counts["kind and verdict"][f"{finding.kind:18}{finding.verdict}"] += 1
            counts["again"].update(finding.traits)
        for write in judgement.writes:
            counts["paired by"][str(write.paired_by)] += 1
        sums = Counter(
            unattributed=len(judgement.unattributed),
            lines_twice=judgement.lines_twice,
            events_twice=judgement.events_twice,
            events_outside=judgement.events_outside,
            writes=len(judgement.writes),
        )
        counts["sums"].update(sums)
    return counts


def main() -> None:
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    for name, counted in census(seeds).items():
        print(f"\n{name}")
        for what, count in sorted(counted.items()):
            print(f"{count:8}  {what}")


if __name__ == "__main__":
    main()
