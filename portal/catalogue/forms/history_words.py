"""A change in the history in words: labels for fields and values, names for references."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from portal.catalogue.forms import component_rows
from portal.catalogue.forms.labels import LABELS, label
from portal.web.filters import long_date
from portal.web.i18n import _

Document = Mapping[str, Any]

#: The labels of values, by field, also inside lists of records.
_OF = {
    "audiences": "audience",
    "channels": "channel",
    "phase": "phase",
    "role": "role",
    "apis_answer": "apis",
    "language": "language",
    "delivery": "delivery",
    "sectors": "sector",
    "lifecycle": "lifecycle",
    "stage": "stage",
    "basis": "cost_basis",
    "arrangement": "arrangement",
    "status": "usage_status",
    "since_basis": "date_basis",
    "until_basis": "date_basis",
    "reason": "not_shared_reason",
    "measure": "measure",
    "answer": "need_answer",
    "decision": "pair_decision",
    "evidence": "evidence",
    "dispute": "dispute",
    "code_held_by": "held_by",
    "data_held_by": "held_by",
    "exit_plan": "exit_plan",
    "exemption_state": "exemption_state",
    "reason_kind": "not_shared_reason",
    "spend_decision": "spend_decision",
    "from_phase": "phase",
}
#: `kind` and `relation` mean different things in different lists.
_KIND = {
    "names": {**LABELS["service_name"], **LABELS["organisation_name"]},
    "links": LABELS["link"],
    "successions": LABELS["succession"],
    "parents": LABELS["parent"],
    "relations": LABELS["relation"],
    "": {**LABELS["kind"], **LABELS["component_kind"]},
}
_ORGANISATIONS = ("organisation", "successor", "provider", "supplier_organisation")
#: The fields of a document that hold the slug of another record, and of which kind it is.
_RECORDS = {
    "service": "service",
    "capability": "capability",
    "component": "component",
    "successor": "component",
    "parent": "capability",
    "replaces": "usage",
}
#: The same in records of its lists: what succeeds an organisation is one.
_LISTED = ("service", "capability", "component")


#: The words of features that import the catalogue: of fields, of the values of some, and how other
#: values are said.
_FIELDS: dict[str, str] = {}
_VALUES: dict[str, Mapping[str, str]] = {}
_SAID: dict[str, Callable[[str], str]] = {}


def teach(
    fields: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    records: Mapping[str, str] | None = None,
    said_so: Mapping[str, Callable[[str], str]] | None = None,
) -> None:
    """Add what a higher package keeps in its documents. A field that the catalogue has a label for
    keeps that.

    Args:
        fields: labels of fields.
        values: labels of values, by field.
        records: the fields that refer to a record, and of which kind; see `names_with` of the
            pages of histories.
        said_so: by field, what puts a value into words.
    """
    _FIELDS.update(fields)
    _VALUES.update(values)
    _RECORDS.update(records or {})
    _SAID.update(said_so or {})


def _called(field: str) -> str:
    return str(LABELS["field"].get(field) or _FIELDS.get(field, field))


class Line(NamedTuple):
    """One value in words; a Welsh name says so for screen readers."""

    text: str
    language: str | None = None


class Said(NamedTuple):
    """A field and what it says; nothing where nobody has said."""

    field: str
    lines: list[Line]


class Change(NamedTuple):
    """A field and what it said; of a list, only what went and what came. `apart` where these are
    plain values, none of which became another.
    """

    field: str
    before: list[Line]
    after: list[Line]
    apart: bool = False


def who(actor: str) -> str:
    """Who acted, without a name: people are told apart only to those who may know."""
    kind, _colon, name = actor.partition(":")
    if kind == "command":
        return _("Import") if "import" in name else _("Command line")
    if kind == "token":
        return _("Program")
    if kind == "link":
        return _("Somebody with a link by email")
    return _("Person") if kind == "person" else actor


def references(*documents: Document) -> Iterator[str]:
    """What documents refer to: organisations as they do, other records as `component:SLUG`."""
    for document in documents:
        for name in ("provider", "supplier_organisation", "organisation"):
            if document.get(name):
                yield str(document[name])
        for name, value in document.items():
            # A document of several parts has fields such as `2.service`.
            of = _RECORDS.get(name.rpartition(".")[2])
            if of and value:
                yield f"{of}:{value}"
        for name, bodies in document.items():
            if name.endswith("organisations") and isinstance(bodies, list):
                yield from (str(body) for body in bodies if body)
        for value in map(_listed, document.values()):
            for item in value if isinstance(value, list) else ():
                if isinstance(item, dict):
                    yield from (str(item[k]) for k in _ORGANISATIONS if item.get(k))
                    yield from (f"{k}:{item[k]}" for k in _LISTED if item.get(k))
                    if isinstance(item.get("needs"), list):
                        yield from (f"capability:{need}" for need in item["needs"])


def changes(before: Document, after: Document, names: Mapping[str, str]) -> list[Change]:
    """What a change did, a field at a time; a new record shows the fields that say something.

    Args:
        names: of what the documents refer to, as `references` gives it.
    """
    found: list[Change] = []
    for field in dict.fromkeys([*before, *after]):
        old, new = _listed(before.get(field)), _listed(after.get(field))
        apart = False
        if isinstance(old, list) or isinstance(new, list):
            old, new = old or [], new or []
            apart = not any(isinstance(item, dict) for item in (*old, *new))
            gone = [_line(field, item, names) for item in old if item not in new]
            come = [_line(field, item, names) for item in new if item not in old]
            if not gone and not come and old != new:  # the same items in another order
                apart = False
                gone, come = ([_line(field, item, names) for item in x] for x in (old, new))
        else:
            gone = [] if old is None else [_line(field, old, names)]
            come = [] if new is None else [_line(field, new, names)]
        if gone or come:
            found.append(Change(_called(field), gone, come, apart))
    return found


def said(document: Document, names: Mapping[str, str]) -> dict[str, Said]:
    """Every field of a document in words, in its order.

    Args:
        names: of what the document refers to, as `references` gives it.
    """
    found: dict[str, Said] = {}
    for field, value in document.items():
        told = _listed(value)
        items = told if isinstance(told, list) else [] if told is None else [told]
        found[field] = Said(_called(field), [_line(field, item, names) for item in items])
    return found


def _listed(value: Any) -> Any:
    """Answers by capability as a list of records, each with its capability."""
    if not isinstance(value, dict):
        return value
    answers = {name: answer for name, answer in value.items() if isinstance(answer, dict)}
    return [{"capability": name, **answer} for name, answer in answers.items() if answer]


def _line(field: str, value: object, names: Mapping[str, str]) -> Line:
    if isinstance(value, dict):
        return Line(_record(field, value, names), value.get("language"))
    if field in _RECORDS:
        return Line(names.get(f"{_RECORDS[field]}:{value}", str(value)))
    if field in _ORGANISATIONS:
        return Line(names.get(str(value), str(value)))
    return Line(_value(field, value))


def _value(field: str, value: object) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return f"{value:,}"
    if field == "kind":
        return str(_KIND[""].get(str(value), value))
    if field in _SAID:
        return _SAID[field](str(value))
    if field in _VALUES:
        return str(_VALUES[field].get(str(value), value))
    if field in _OF:
        return label(value, _OF[field])
    return _day(value) or str(value)


def _day(value: object) -> str | None:
    text = str(value)
    if len(text) != 10 or text[4] != "-":
        return None
    try:
        return long_date(date.fromisoformat(text))
    except ValueError:
        return None


def _record(field: str, record: Document, names: Mapping[str, str]) -> str:
    written = component_rows.in_words(field, record, names)
    if written is not None:
        return written
    parts: list[str] = []
    for name, value in record.items():
        if value is None or value == "" or (name == "language" and value == "en"):
            continue
        if name in ("kind", "relation"):
            parts.append(str(_KIND.get(field, {}).get(str(value), value)))
        elif name in _LISTED:
            parts.append(names.get(f"{name}:{value}", str(value)))
        elif name in _ORGANISATIONS:
            parts.append(names.get(str(value), str(value)))
        elif name == "published_name":
            if not record.get("organisation"):
                parts.append(_("“%(name)s” (as published)", name=value))
        elif name in ("conditions_by", "conditions_met_on"):
            parts.append(f"{_called(name)} {_value(name, value)}")
        elif name in ("since", "until", "on", "source"):
            parts.append(_dated(name, value))
        elif isinstance(value, list):
            of = "capability" if name == "needs" else name
            parts += [names.get(f"{of}:{each}", _value(name, each)) for each in value]
        else:
            parts.append(_value(name, value))
    return ", ".join(parts)


def _dated(name: str, value: object) -> str:
    day = _day(value) or str(value)
    if name == "since":
        return _("from %(day)s", day=day)
    if name == "until":
        return _("until %(day)s", day=day)
    if name == "on":
        return _("on %(day)s", day=day)
    return _("source: %(source)s", source=value)
