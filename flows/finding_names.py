"""Which finding a user means: by the beginning of its id, or by what it is about."""

import re
from typing import Final, NamedTuple

import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from transforms.errors import CutoverError
from transforms.printable import printable

# A shorter beginning says too little.
SHORTEST: Final = 6
_NEAR = 3
_LEAST_ALIKE = 0.5


class NoSuchFindingError(CutoverError):
    """No finding, or more than one, is what was asked for."""

    exit_code = 2


class FindingName(NamedTuple):
    """A finding and what it is about."""

    finding_id: str
    customer_id: str
    kind: str
    entity_id: str | None

    @property
    def entity(self) -> str:
        """As a user may name it; the entity is left out where nobody knows it."""
        return "/".join(filter(None, (self.customer_id, self.kind, self.entity_id)))


def the_finding(names: pl.DataFrame, asked: str) -> FindingName:
    """The one finding that is asked for.

    `names` has `finding_id`, `customer_id`, `kind`, `entity_id`. `asked` is a finding_id or a
    beginning of one (6 letters at least), or `customer/kind/entity`; an entity's id may contain
    slashes. Raises NoSuchFindingError, naming up to three that are near.
    """
    by_entity = asked.count("/") > 1
    wanted = _of_entity(*asked.split("/", 2)) if by_entity else _of_id(asked)
    found = [FindingName(*row) for row in names.filter(wanted).head(_NEAR + 1).iter_rows()]
    if len(found) == 1:
        return found[0]
    if found:
        raise NoSuchFindingError(
            f"{_shown(asked)} is more than one finding: {_listed(found)}. Name one of them by its "
            "finding_id."
        )
    raise NoSuchFindingError(
        f"There is no finding {_shown(asked)}. Right would be a finding_id (its first {SHORTEST} "
        "letters or more; it stands in findings.parquet and in a notice's reprovisioning.csv), or "
        f"customer/kind/entity.{_near(names, asked, by_entity=by_entity)}"
    )


def _of_entity(customer_id: str, kind: str, entity_id: str) -> pl.Expr:
    return (
        (pl.col("customer_id") == customer_id)
        & (pl.col("kind") == kind)
        & (pl.col("entity_id") == entity_id)
    )


def _of_id(asked: str) -> pl.Expr:
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},}}", asked.lower()):
        return pl.lit(value=False)
    return pl.col("finding_id").str.starts_with(asked.lower())


def _near(names: pl.DataFrame, asked: str, *, by_entity: bool) -> str:
    if by_entity:
        names = _of_the_same(names, *asked.split("/", 2)[:2])
        spelt = names.select(pl.concat_str("customer_id", "kind", "entity_id", separator="/"))
    else:
        spelt = names.select(pl.col("finding_id").str.head(len(asked)))
    near = process.extract(
        asked,
        spelt.to_series().to_list(),
        scorer=OSA.normalized_similarity,
        processor=None,
        limit=_NEAR,
        score_cutoff=_LEAST_ALIKE,
    )
    if not near:
        return ""
    return f" Near to it: {_listed([FindingName(*names.row(index)) for _, _, index in near])}."


def _of_the_same(names: pl.DataFrame, customer_id: str, kind: str) -> pl.DataFrame:
    """The entities of the customer and kind; of the customer, or all, where there are none."""
    known = names.drop_nulls("entity_id")
    of_customer = known.filter(pl.col("customer_id") == customer_id)
    of_kind = of_customer.filter(pl.col("kind") == kind)
    return next((each for each in (of_kind, of_customer) if each.height), known)


def _listed(names: list[FindingName]) -> str:
    shown = [f"{each.finding_id} ({_shown(each.entity)})" for each in names[:_NEAR]]
    return ", ".join(shown) + (" and more" if len(names) > _NEAR else "")


def _shown(text: str) -> str:
    return printable(text, 100)
