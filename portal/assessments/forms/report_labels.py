"""What pages call the closed lists of reports, and a report's changes in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.assessments.forms.standards import pinned_words
from portal.assessments.rules.report_documents import HIDDEN, parted
from portal.assessments.store.history_names import RECORDS
from portal.catalogue.forms.history_words import Change, Document, Line
from portal.catalogue.forms.labels import label
from portal.web.filters import long_date
from portal.web.i18n import _, lazy

FIELDS: Mapping[str, str] = {
    "stage": lazy("Stage"),
    "kind": lazy("Kind of assessment"),
    "held_on": lazy("Date"),
    "result": lazy("Result"),
    "result_verbatim": lazy("Result as published"),
    "scheme": lazy("Words of the ratings"),
    "standard": lazy("Standard"),
    "pinned_because": lazy("Why this version of the standard"),
    "discovery_on": lazy("Discovery began"),
    "lead_present": lazy("A lead assessor is named"),
    "owners": lazy("Organisations as published"),
    "organisations": lazy("Organisations"),
    "points": lazy("Points"),
    "service": lazy("Service"),
    "component": lazy("Component"),
    "service_match": lazy("How the service was found"),
    "again_of": lazy("Reassessment of"),
    "name": lazy("Name in the report"),
}
_REPORT: Mapping[str, str] = {
    "title": lazy("Title"),
    "summary": lazy("Summary"),
    "body": lazy("Text"),
    "verbatim": lazy("Words as published"),
    "names_dropped": lazy("Names of people left out"),
    "published_on": lazy("Published on"),
    "later": lazy("Continued by"),
    "same_as": lazy("Repeats"),
    "checks": lazy("What is to be checked"),
    "key": lazy("Key"),
}
LABELS: Mapping[str, Mapping[str, str]] = {
    "assessment_stage": {
        "discovery": lazy("Discovery"),
        "alpha": lazy("Alpha"),
        "beta": lazy("Beta"),
        "live": lazy("Live"),
        "live_review": lazy("Live review"),
        "unknown": lazy("Stage not known"),
    },
    "assessment_kind": {
        "assessment": lazy("Assessment"),
        "reassessment": lazy("Reassessment"),
        "amber_review": lazy("Amber evidence review"),
        "self_certification": lazy("Self-certification"),
        "peer_review": lazy("Peer review"),
        "mock": lazy("Mock assessment"),
        "voluntary": lazy("Voluntary assessment"),
    },
    "assessment_result": {
        "met": lazy("Passed"),
        "met_with_conditions": lazy("Passed with conditions"),
        "not_met": lazy("Not passed"),
        "not_rated": lazy("No result stated"),
    },
    "point_rating": {
        "met": lazy("Met"),
        "met_with_conditions": lazy("Met with conditions"),
        "not_met": lazy("Not met"),
        "not_rated": lazy("Not rated"),
    },
    "check_state": {
        "open": lazy("To be checked"),
        "right": lazy("Checked: it is right"),
        "corrected": lazy("Checked and corrected"),
    },
    "service_match": {
        "waiting": lazy("Waiting for somebody to say"),
        "sure": lazy("The same name and organisation"),
        "decided": lazy("Decided by a person"),
        "no_match": lazy("No service of the catalogue"),
    },
    "rating_scheme": {
        "pass_fail": lazy("Pass or not pass"),
        "met": lazy("Met or not met"),
        "rag": lazy("Green, amber or red"),
    },
    "check_field": {
        "department": lazy("Department"),
        "date": lazy("Date"),
        "stage": lazy("Stage"),
        "result": lazy("Result"),
        "points": lazy("Points"),
        "lead": lazy("Lead assessor"),
        "label": lazy("Labels"),
        "links": lazy("Other reports"),
        "names": lazy("Names of people"),
        "body": lazy("Text"),
        "duplicate": lazy("Repeats another report"),
    },
    "import": {"reports": lazy("Assessment reports")},
    "field": {
        **_REPORT,
        **{f"{n}.{name}": text for n in (1, 2) for name, text in FIELDS.items()},
    },
}
#: The colour of each tag, which always says the word as well.
COLOURS = {"met": "green", "met_with_conditions": "yellow", "not_met": "red", "not_rated": "grey"}
_OF = {
    "stage": "assessment_stage", "kind": "assessment_kind", "result": "assessment_result",
    "scheme": "rating_scheme", "service_match": "service_match",
}  # fmt: skip
#: The fields that refer to a record, and of which kind.
_KINDS = {**RECORDS, "service": "service", "component": "component"}
#: What the history tells of no more than that it changed.
_LONG = ("body", "verbatim")


def colour(rating: object) -> str:
    """The colour of the tag of a result or a rating."""
    return COLOURS.get(str(rating), "grey")


def in_words(before: Document, after: Document, names: Mapping[str, str]) -> list[Change]:
    """What a change of a report did, a field at a time.

    Args:
        names: of organisations, by how documents refer to them.
    """
    found = []
    for field in dict.fromkeys([*before, *after]):
        if field in ("slug", "key") or before.get(field) == after.get(field):
            continue
        if HIDDEN in str(after.get(field))[: len(HIDDEN)]:
            corrected = Line(_("Corrected. What it said before is not kept in the history."))
            found.append(Change(_called(field), [], [corrected]))
            continue
        old, new = (_lines(field, said.get(field), names) for said in (before, after))
        if field.rpartition(".")[2] in ("points", "checks", "owners", "organisations"):
            old, new = [x for x in old if x not in new], [x for x in new if x not in old]
        if old or new:
            found.append(Change(_called(field), old, new, field.rpartition(".")[2] == "points"))
    return found


def _called(field: str) -> str:
    part = parted(field)
    if part is None:
        return label(field, "field")
    name = str(FIELDS.get(part[1], part[1]))
    return name if part[0] == 1 else _("%(name)s, assessment %(number)s", name=name, number=part[0])


def _lines(field: str, value: Any, names: Mapping[str, str]) -> list[Line]:
    if value is None or value == "":
        return []
    if field in _LONG:
        return [Line(_("The text as it was published"))]
    items = value if isinstance(value, list) else [value]
    return [Line(_said(field, item, names)) for item in items if item is not None]


def _said(field: str, value: Any, names: Mapping[str, str]) -> str:
    name = field.rpartition(".")[2]
    if name in _OF:
        return label(value, _OF[name])
    if name == "points":
        return f"{value['number']}: {value['verbatim']}"
    if name == "checks":
        what, state = label(value["field"], "check_field"), label(value["state"], "check_state")
        return f"{what}: {value['reason']} ({state})"
    if name in ("held_on", "discovery_on", "published_on"):
        return long_date(date.fromisoformat(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "pinned_because":
        return pinned_words(value)
    if name in _KINDS:
        return names.get(f"{_KINDS[name]}:{value}", str(value))
    return names.get(str(value), str(value))
