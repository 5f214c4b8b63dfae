"""What a service and the ways it met its needs say when it is retired, and when that was wrong."""

from __future__ import annotations

from datetime import date

from portal.catalogue import component_words, words
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.service_questions import Question, patch
from portal.errors import N_, Invalid

REPLACES = words.ServiceRelation.REPLACES.value
_STOPPED = component_words.UsageStatus.STOPPED.value


def is_retired(document: Document) -> bool:
    """Whether a service's open phase is that it is retired."""
    return any(
        row["phase"] == words.Phase.RETIRED and not row["until"] for row in document["phases"]
    )


def retired(document: Document, on: date) -> Document:
    """A service's document once it is retired.

    Raises:
        Invalid: it is retired already, or its present phase began later.
    """
    if is_retired(document):
        raise Invalid("on", N_("The service is retired already"))
    values = {"phase": words.Phase.RETIRED.value, "since": on}
    try:
        return {**document, **patch(Question.PHASE, document, values, on)}
    except Invalid as problem:
        raise Invalid("on", problem.marked) from None


def brought_back(document: Document) -> Document:
    """A service's document without its retirement, where nothing tells what it said before."""
    phases = [row for row in document["phases"] if row["until"]]
    if phases:
        last = max(phases, key=lambda row: str(row["until"]))
        phases = [{**row, "until": None} if row is last else row for row in phases]
    else:
        phases = [{"phase": words.Phase.UNKNOWN.value, "since": None, "until": None}]
    return {**document, "phases": phases}


def replacing(document: Document, slug: str) -> Document:
    """A service's document once it replaces another."""
    row = {"relation": REPLACES, "service": slug}
    relations = document["relations"]
    return document if row in relations else {**document, "relations": [*relations, row]}


def ended(usage: Document, on: date) -> Document:
    """A usage's document once the service has stopped: on the day, or as it started if that was
    later; what was to end before keeps its day.
    """
    day = max(on.isoformat(), usage["since"] or "")
    if usage["until"] and usage["until"] < day:
        return {**usage, "status": _STOPPED}
    basis = component_words.DateBasis.PUBLISHED.value
    return {**usage, "status": _STOPPED, "until": day, "until_basis": basis}
