"""Simulated migrations with known truth: what was planted beside what was found."""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import polars as pl

from transforms.asking import ASKING

# A row of the truth or of the findings.
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Simulated:
    """A migration with its truth, after the first batch and after all."""

    folder: Path

    @property
    def migration_file(self) -> Path:
        return self.folder / "migration.toml"

    def with_formats(self, *formats: str) -> "Simulated":
        """Nothing but these files in the packs."""
        text = self.migration_file.read_text("utf-8")
        named = ", ".join(f'"{name}"' for name in formats)
        self.migration_file.write_text(
            text.replace("[notices]", f"[notices]\nformats = [{named}]"), "utf-8"
        )
        return self

    def deliver_late(self) -> None:
        shutil.copytree(self.folder / "late", self.folder, dirs_exist_ok=True)

    def truth(self, *, final: bool) -> list[Row]:
        """The planted findings that are to be seen by now, with their verdict by now."""
        frame = pl.read_parquet(self.folder / "truth.parquet")
        if not final:
            by_now = {name: f"first_{name}" for name in ("verdict", "confidence", "reason")}
            frame = frame.drop(by_now).rename({old: new for new, old in by_now.items()})
        return list(frame.filter(pl.col("verdict").is_not_null()).to_dicts())

    def totals(self, *, final: bool) -> dict[str, Any]:
        totals = json.loads((self.folder / "truth.json").read_text("utf-8"))
        return dict(totals["final" if final else "first"])


@dataclass(frozen=True)
class Outcome:
    """A planted finding and the one that was found in its place; one of them may be missing."""

    key: tuple[str, ...]
    planted: Row | None
    found: Row | None

    @property
    def is_right(self) -> bool:
        return bool(self.planted and self.found and _agree(self.planted, self.found))

    @property
    def case(self) -> str:
        return self.planted["case"] if self.planted else "nothing"

    @property
    def wanted(self) -> str:
        """The planted verdict; where several are right, the one of them that was found."""
        if self.planted is None:
            return "invented"
        if self.found and self.found["verdict"] in (self.planted["also_allowed"] or ()):
            return str(self.found["verdict"])
        return str(self.planted["verdict"])

    @property
    def got(self) -> str:
        return str(self.found["verdict"]) if self.found else "missed"

    @property
    def is_costly(self) -> bool:
        """Missed, invented, `restored` when it is not, or asking for nothing when it must ask."""
        if self.planted is None or self.found is None:
            return True
        is_silent = self.wanted in ASKING and self.got not in ASKING
        return not self.is_right and (is_silent or self.got == "restored")

    def __str__(self) -> str:
        """Which case, what was wanted and what was found."""
        wanted, got = _told(self.planted), _told(self.found)
        return f"{' '.join(self.key)} {self.case}: wanted {wanted}, found {got}"


def outcomes(found: pl.DataFrame, truth: Sequence[Row]) -> Iterator[Outcome]:
    """Every planted finding beside what was found in its place, and what was not planted."""
    findings = _by_key(found.to_dicts(), at="first_at")
    planted = _by_key(truth, at="at")
    for key in sorted(planted.keys() | findings.keys()):
        wanted, got = planted[key], findings[key]
        if len(wanted) != len(got):
            # Some are missing; those that are as they should be are not among them.
            for want in list(wanted):
                if have := next((have for have in got if _agree(want, have)), None):
                    wanted.remove(want)
                    got.remove(have)
                    yield Outcome(key, want, have)
        yield from (Outcome(key, want, have) for want, have in zip_longest(wanted, got))


def differences(found: pl.DataFrame, truth: Sequence[Row]) -> list[str]:
    """Every planted finding that is not found as it should be, and what was not planted."""
    return [str(one) for one in outcomes(found, truth) if not one.is_right]


def _by_key(rows: Sequence[Row], *, at: str) -> defaultdict[tuple[str, ...], list[Row]]:
    """By customer, kind and entity; what nobody can name by its second."""
    keyed: defaultdict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row[at]):
        place = row["entity_id"] or f"at {row[at]:%H:%M:%S}"
        keyed[row["customer_id"], row["kind"], place].append(row)
    return keyed


def _agree(want: Row, have: Row) -> bool:
    if have["verdict"] in (want["also_allowed"] or ()):
        return True
    reasons = {want["reason"], *(want["also_reasons"] or ())}
    same = all(want[name] == have[name] for name in ("verdict", "confidence"))
    restored_as = want["verdict"] != "restored" or want["matched_id"] == have["matched_id"]
    return same and have["reason"] in reasons and restored_as


def _told(row: Row | None) -> str:
    if row is None:
        return "nothing"
    told = [row["verdict"], row["confidence"], row["reason"] or "no reason"]
    return " ".join((*told, *([row["matched_id"]] if row["matched_id"] else [])))
