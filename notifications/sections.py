"""The lists of a notice: what to enter again, to delete, to check, for the record, and done."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from notifications.content import ImportFile, Row, Section
from notifications.findings import Finding
from notifications.kind_words import field_label, value_labels
from notifications.language import Language
from notifications.rows import Writer
from notifications.shortened import cut
from notifications.visible import visible
from transforms.catalogue import Catalogue, Kind

CHECK: Final = "to-check"
DELETE: Final = "to-delete"
DONE: Final = "done"

Lists = Mapping[str, Sequence[Row]]


def reading_order(catalogue: Catalogue) -> list[str]:
    """Order the kinds as the catalogue does, each after what it refers to."""
    ordered: dict[str, None] = {}

    def place(name: str) -> None:
        for referred in catalogue.kinds[name].refers_to.values():
            if referred != name:
                place(referred)
        ordered.setdefault(name)

    for name in catalogue.kinds:
        place(name)
    return list(ordered)


def rows_by_list(findings: Sequence[Finding], writer: Writer) -> Lists:
    """Sort the rows into lists: one for each kind, and those of the three keys above.

    Acknowledgements are in none, and neither is what asks for nothing and was not repaired.
    """
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if not finding.is_counted and (finding.asks or finding.verdict == "restored"):
            groups[finding.group_id].append(finding)
    position = {kind: number for number, kind in enumerate(reading_order(writer.catalogue))}
    lists: dict[str, list[Row]] = defaultdict(list)
    for members in sorted(groups.values(), key=lambda each: position[each[0].kind]):
        lists[_list_of(members[0])].append(writer.row(members))
    return {
        key: _by_occasion(rows, writer.catalogue) if key in position else rows
        for key, rows in lists.items()
    }


def _by_occasion(rows: list[Row], catalogue: Catalogue) -> list[Row]:
    """Put together what is only for the record and of one occasion: the feedback to an alarm.

    Occasions come in order of their first row; any other list stays in order of time.
    """
    kind = catalogue.kinds[rows[0].kind]
    if not kind.record_only or not kind.path_fields:
        return rows
    first: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(rows):
        first.setdefault(_occasion(row, kind), number)
    return sorted(rows, key=lambda row: first[_occasion(row, kind)])


def _occasion(row: Row, kind: Kind) -> tuple[str, ...]:
    return tuple(row.fields.get(field, "") for field in kind.path_fields)


def _list_of(finding: Finding) -> str:
    if finding.verdict == "restored":
        return DONE
    # Of what nobody knows, nobody knows that it is back either.
    if finding.action == "deleted" and finding.verdict != "unidentified":
        return DELETE
    return finding.kind if finding.verdict in {"lost", "stale"} else CHECK


def sections(
    lists: Lists,
    findings: Sequence[Finding],
    imports: Mapping[str, ImportFile],
    catalogue: Catalogue,
    language: Language,
) -> tuple[Section, ...]:
    """Give each list that has something to say its headings, in reading order."""
    kinds = [(name, catalogue.kinds[name]) for name in reading_order(catalogue)]
    return (
        *(
            section
            for name, kind in kinds
            if not kind.record_only
            for section in _to_repeat(
                name,
                kind,
                lists.get(name, ()),
                findings,
                file=imports.get(name),
                language=language,
            )
        ),
        *_mixed(lists, language),
        *(
            section
            for name, kind in kinds
            if kind.record_only
            for section in _for_the_record(name, kind, lists.get(name, ()), findings, language)
        ),
        *_already_done(lists, language),
    )


def _to_repeat(
    name: str,
    kind: Kind,
    rows: Sequence[Row],
    findings: Sequence[Finding],
    *,
    file: ImportFile | None,
    language: Language,
) -> Iterator[Section]:
    counted = _counted(name, findings)
    if not rows and not counted:
        return
    plural = _plural(name, kind, language)
    yield Section(
        key=name,
        purpose="repeat",
        kind=name,
        heading=f"{plural} ({language.number(len(rows))})",
        sheet=plural,
        intro=language.say(
            "Please check the present state of these; earlier states no longer matter."
        )
        if kind.last_wins
        else language.say("These entries, or changes to entries, are missing from the new system."),
        rows=tuple(rows),
        remarks=(
            *(_import_remarks(file, language) if file else ()),
            *_acknowledgements(kind, counted, language),
        ),
    )


def _import_remarks(file: ImportFile, language: Language) -> tuple[str, ...]:
    remarks = []
    if file.rows:
        remarks.append(
            language.count(
                "The attached file {file} holds {n} of these entries for the import.",
                "The attached file {file} holds {n} of these entries for the import.",
                len(file.rows),
                file=file.name,
            )
            + " "
            + language.say(
                "Please import it as it is: a spreadsheet that opens and saves it drops the "
                "leading zeros of phone numbers."
            )
        )
    if file.left_out:
        mark = language.say("(shortened)")
        remarks.append(
            language.say(
                "Not in the file {file}, because a value is missing or begins with a character "
                "that a spreadsheet would take for a formula; please enter by hand: {names}.",
                file=file.name,
                names=language.both([cut(name, mark) for name in file.left_out]),
            )
        )
    return tuple(remarks)


def _mixed(lists: Lists, language: Language) -> Iterator[Section]:
    say = language.say
    if rows := lists.get(DELETE):
        yield Section(
            key=DELETE,
            purpose="delete",
            kind=None,
            heading=say("To be deleted again ({n})", n=language.number(len(rows))),
            sheet=say("To be deleted again"),
            intro=say(
                "You deleted these in the changeover period, and they are there again. Please "
                "delete them once more if you still want that."
            ),
            rows=tuple(rows),
        )
    if rows := lists.get(CHECK):
        yield Section(
            key=CHECK,
            purpose="check",
            kind=None,
            heading=say("Please check ({n})", n=language.number(len(rows))),
            sheet=say("Please check"),
            intro=say(
                "Here the records do not tell whether something is missing. Please compare with "
                "what you see in the system."
            ),
            rows=tuple(rows),
        )


def _for_the_record(
    name: str, kind: Kind, rows: Sequence[Row], findings: Sequence[Finding], language: Language
) -> Iterator[Section]:
    """List what can't be done again. What machines sent is counted, for each alarm or the like."""
    counted = _counted(name, findings)
    if not rows and not counted:
        return
    plural = _plural(name, kind, language)
    yield Section(
        key=name,
        purpose="record",
        kind=name,
        heading=language.say("For your records: {things}", things=plural),
        sheet=plural,
        intro=language.say(
            "These are missing from the new system and can't be entered again. Nothing needs to "
            "be done; the list is for your records."
        ),
        rows=tuple(rows),
        remarks=_acknowledgements(kind, counted, language),
    )


def _counted(name: str, findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if one.kind == name and one.is_counted and one.asks]


def _acknowledgements(
    kind: Kind, counted: Sequence[Finding], language: Language
) -> tuple[str, ...]:
    if not counted:
        return ()
    values = sorted(
        {
            value_labels(kind, field, language).get(value, value)
            for one in counted
            for field in kind.acknowledgements
            if (value := one.fields.get(field))
        }
    )
    mark = language.say("(shortened)")
    total = language.count(
        "{n} automatic confirmation by an app ({values}) is missing as well.",
        "{n} automatic confirmations by apps ({values}) are missing as well.",
        len(counted),
        values=", ".join(cut(visible(value), mark) for value in values),
    )
    per_place = Counter(_place(kind, one, language) for one in counted)
    places = "; ".join(
        f"{place}: {language.number(n)}" for place, n in sorted(per_place.items()) if place
    )
    return (f"{total} {places}.",) if places else (total,)


def _place(kind: Kind, finding: Finding, language: Language) -> str:
    mark = language.say("(shortened)")
    return ", ".join(
        f"{field_label(kind, field, language)} {cut(visible(value), mark)}"
        for field in kind.path_fields
        if (value := finding.fields.get(field))
    )


def _already_done(lists: Lists, language: Language) -> Iterator[Section]:
    if rows := lists.get(DONE):
        yield Section(
            key=DONE,
            purpose="done",
            kind=None,
            heading=language.say("Already done ({n})", n=language.number(len(rows))),
            sheet=language.say("Already done"),
            intro=language.say(
                "These were missing after the move, and you have entered them again since. "
                "Nothing is left to do for them."
            ),
            rows=tuple(rows),
        )


def _plural(name: str, kind: Kind, language: Language) -> str:
    return language.pick(kind.label_plural, language.pick(kind.label, name))
