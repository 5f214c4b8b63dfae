"""Two records of one thing become one document: what is chosen, what is united, what is left out.

Pure rules. Nothing is made up: of two values one is chosen, lists are united, and rows of time that
cannot hold beside those that stay are left out and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from portal.catalogue.rules.documents import clean_organisation, clean_service
from portal.catalogue.words import RecordKind, ServiceNameKind
from portal.errors import Invalid

Document = dict[str, Any]
Side = Literal["stays", "goes"]
#: Single values, and histories of which one is the base: a person chooses where they differ.
CHOSEN: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.SERVICE: (
        "name", "purpose", "user_need", "transactional", "category", "customer_type",
        "business_model", "start_page", "service_address", "phases", "owners", "apis_answer",
        "yearly_transactions",
    ),
    RecordKind.ORGANISATION: (
        "name", "kind", "abbreviation", "website", "start_date", "end_date",
    ),
}  # fmt: skip
#: Fields that go with one that is chosen.
_WITH = {"yearly_transactions": ("transactions_from", "transactions_to")}
_UNITED: Mapping[RecordKind, tuple[str, ...]] = {
    RecordKind.SERVICE: (
        "audiences", "keywords", "names", "links", "channels", "apis", "relations", "sources",
    ),
    RecordKind.ORGANISATION: ("identifiers", "names", "aliases", "parents", "successions"),
}  # fmt: skip
_EMPTY: tuple[object, ...] = (None, [], "unknown")


@dataclass(frozen=True, slots=True)
class Merged:
    """What two records say as one.

    Attributes:
        document: of the one that stays, clean.
        left_out: the rows of phases and owners that cannot hold beside its own, by field.
    """

    document: Document
    left_out: dict[str, list[Document]]


def to_choose(kind: RecordKind, stays: Document, goes: Document) -> list[str]:
    """The fields of which both have another value, so that somebody has to choose."""
    return [
        field
        for field in CHOSEN[kind]
        if stays[field] != goes[field]
        and not _empty(field, stays[field])
        and not _empty(field, goes[field])
    ]


def _empty(field: str, value: Any) -> bool:
    if field == "phases":
        return all(row["phase"] == "unknown" for row in value)
    return value in _EMPTY


def merged(
    kind: RecordKind, stays: Document, goes: Document, choices: Mapping[str, Side]
) -> Merged:
    """What two records say as one.

    Args:
        kind: of the records.
        stays: the document of the record that stays; its address stays.
        goes: that of the other one.
        choices: for a field of `to_choose`, whose value; that of the one that stays without it,
            and then what else the other's organisations do now is kept beside it.
    """
    after = dict(stays)
    left_out: dict[str, list[Document]] = {}
    for field in CHOSEN[kind]:
        side = _side(field, stays, goes, choices)
        base, other = (goes, stays) if side == "goes" else (stays, goes)
        for each in (field, *_WITH.get(field, ())):
            after[each] = base[each]
        if field in ("phases", "owners"):
            clean = _can_be(after, field)
            rows = united_owners(base[field]) if field == "owners" else base[field]
            now_too = field == "owners" and field not in choices
            after[field], left = _with_rows(field, rows, other[field], clean, now_too)
            if left:
                left_out[field] = left
    for field in _UNITED[kind]:
        after[field] = _union(stays[field], goes[field])
    if kind is RecordKind.SERVICE:
        return Merged(_service(after, stays, goes), left_out)
    return Merged(_organisation(after, stays, goes), left_out)


def _side(field: str, stays: Document, goes: Document, choices: Mapping[str, Side]) -> Side:
    if _empty(field, stays[field]):
        return "goes"
    if _empty(field, goes[field]):
        return "stays"
    return choices.get(field, "stays")


def _union(one: Iterable[Any], other: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for item in (*one, *other):
        if item not in found:
            found.append(item)
    return found


def _can_be(document: Document, field: str) -> Callable[[list[Document]], bool]:
    def can_be(rows: list[Document]) -> bool:
        try:
            clean_service({**document, field: rows})
        except Invalid:
            return False
        return True

    return can_be


def _with_rows(
    field: str, rows: list[Document], others: Iterable[Document],
    can_be: Callable[[list[Document]], bool], now_too: bool,
) -> tuple[list[Document], list[Document]]:  # fmt: skip
    """The rows with those of the others that can hold beside them (of now too, where nobody chose
    how it is now); and those that are left out.
    """
    kept, left = list(rows), []
    for row in others:
        at = next((at for at, known in enumerate(kept) if _same(field, known, row)), None)
        if at is not None:
            candidate = [*kept[:at], _wider(kept[at], row), *kept[at + 1 :]]
            if can_be(candidate):
                kept = candidate
        elif row["until"] is None and not now_too:
            left.append(row)
        elif can_be(in_order([*kept, row])):
            kept = in_order([*kept, row])
        else:
            left.append(row)
    return kept, left


def in_order(rows: list[Document]) -> list[Document]:
    """Rows of time, the oldest first; those without an end last."""
    return sorted(rows, key=lambda row: (row["until"] or "9999", row["since"] or ""))


def _same(field: str, one: Document, other: Document) -> bool:
    """Whether two rows say the same of days that they may share."""
    named = ("phase",) if field == "phases" else ("role", "organisation")
    if any(one[name] != other[name] for name in named):
        return False
    if field == "owners" and one["organisation"] is None:
        return bool(one["published_name"] == other["published_name"] and _meet(one, other))
    return _meet(one, other)


def _meet(one: Document, other: Document) -> bool:
    return (one["since"] or "") <= (other["until"] or "9999") and (other["since"] or "") <= (
        one["until"] or "9999"
    )


def _wider(one: Document, other: Document) -> Document:
    """One row of two that say the same: from the start of the first to the end of the last."""
    first, last = sorted((one, other), key=lambda row: row["until"] or "9999")
    since = first["since"]
    if not (first["until"] and last["since"] and first["until"] <= last["since"]):
        since = min(filter(None, (one["since"], other["since"])), default=None)
    found = {**one, "since": since, "until": last["until"]}
    for name in ("source", "published_name"):
        if name in one:
            found[name] = one[name] or other[name]
    return found


def united_owners(rows: Iterable[Document]) -> list[Document]:
    """Owners with one row for what one organisation does without a break, as when two
    organisations became one.
    """
    kept: list[Document] = []
    for row in rows:
        at = next((at for at, known in enumerate(kept) if _same("owners", known, row)), None)
        if at is None:
            kept.append(row)
        else:
            kept[at] = _wider(kept[at], row)
    return kept


def _service(after: Document, stays: Document, goes: Document) -> Document:
    slugs = {stays["slug"], goes["slug"]}
    after["relations"] = [row for row in after["relations"] if row["service"] not in slugs]
    for name in (goes["name"], stays["name"]):
        known = [after["name"], *(row["name"] for row in after["names"])]
        if not any(name.casefold() == each.casefold() for each in known):
            # Not a former name: the record that stays never had it.
            other = {"name": name, "kind": ServiceNameKind.SYNONYM.value, "language": "en"}
            after["names"] = [*after["names"], {**other, "until": None}]
    return clean_service(after)


def _organisation(after: Document, stays: Document, goes: Document) -> Document:
    own = {f"slug:{stays['slug']}", f"slug:{goes['slug']}"}
    own |= {*stays["identifiers"], *goes["identifiers"]}
    after["parents"] = [row for row in after["parents"] if row["organisation"] not in own]
    after["successions"] = [row for row in after["successions"] if row["successor"] not in own]
    spelt: dict[str, Document] = {row["alias"]: row for row in reversed(after["aliases"])}
    said = {row["name"].casefold() for row in after["names"]} | {after["name"].casefold()}
    for name in (goes["name"], stays["name"], goes["abbreviation"], stays["abbreviation"]):
        if name and name != after["abbreviation"] and name.casefold() not in said:
            spelt.setdefault(name, {"alias": name, "source": None})
    after["aliases"] = [spelt[alias] for alias in sorted(spelt)]
    if after["start_date"] and after["end_date"] and after["end_date"] < after["start_date"]:
        after["end_date"] = stays["end_date"] if after["end_date"] == goes["end_date"] else None
        after["start_date"] = stays["start_date"]
    return clean_organisation(after)


def with_reference(rows: Iterable[Document], field: str, old: set[str], new: str) -> list[Document]:
    """Rows that refer to another record, each once, with one reference for those of old."""
    return _union([], ({**row, field: new} if row[field] in old else row for row in rows))
