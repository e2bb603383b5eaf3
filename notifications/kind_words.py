"""What a product's catalogue calls its things, their fields and what stands in those."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from notifications.findings import Fields, fill, title_of
from notifications.language import Language
from notifications.visible import visible
from transforms.catalogue import PLACEHOLDER, Catalogue, Kind

# Between what two tries recorded differently.
OR: Final = " / "


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """The words of one kind in the reader's language.

    `told` are the fields that a row's title and the names beside it tell already; `values` are the
    labels of values that have some, by field.
    """

    label: str
    title: str
    told: frozenset[str]
    fields: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]

    def named(self, fields: Fields) -> str:
        """Name a thing by its title; "" where nothing of that is known."""
        if self.values:
            fields = {name: self.value(name, value or "") for name, value in fields.items()}
        return fill(self.title, fields)

    def value(self, field: str, value: str) -> str:
        """Say a recorded value as the reader knows it; what has no label stays as it is."""
        labels = self.values.get(field)
        return labels.get(value, value) if labels else value

    def shown(self, field: str, values: Iterable[str]) -> str:
        """Say what was recorded of a field, by however many tries."""
        return visible(OR.join(self.value(field, value) for value in values))


def kind_words(catalogue: Catalogue, language: Language) -> dict[str, KindWords]:
    """Word the whole catalogue, by kind."""
    return {name: _words_of(name, kind, language) for name, kind in catalogue.kinds.items()}


def _words_of(name: str, kind: Kind, language: Language) -> KindWords:
    title = title_of(kind)
    return KindWords(
        label=language.pick(kind.label, name),
        title="" if kind.last_wins else title,
        told=frozenset((*PLACEHOLDER.findall(title), *kind.refers_to)),
        fields={field: field_label(kind, field, language) for field in kind.fields},
        values={field: value_labels(kind, field, language) for field in kind.value_labels},
    )


def field_label(kind: Kind, field: str, language: Language) -> str:
    """Say what a field is called; by its own name where the catalogue has no other."""
    return language.pick(kind.field_labels.get(field, {}), field)


def value_labels(kind: Kind, field: str, language: Language) -> dict[str, str]:
    """Say what a field's values are called, as far as the catalogue does."""
    labels = kind.value_labels.get(field, {})
    return {value: language.pick(texts, value) for value, texts in labels.items()}
