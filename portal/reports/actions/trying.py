"""What a finished run's figures follow from, read again: for other assumptions, and to compare."""

from __future__ import annotations

import zlib

import orjson
from sqlalchemy.orm import Session

from portal.reports.actions.running import places_of, platforms_of
from portal.reports.models.runs import SavingsRun
from portal.reports.rules.bridge import Step, bridge, years_of
from portal.reports.rules.places import unpacked
from portal.reports.rules.what_if import Known
from portal.reports.store import assumption_sets, runs
from portal.reports.words import View

#: A page has time to count so many parts of an input again.
PARTS = 5


def known(session: Session, run: SavingsRun) -> Known:
    """What the figures of a finished run follow from. One from before that was kept is read again
    use by use.

    Raises:
        Missing: it is not finished.
    """
    runs.finished(run)
    terms = assumption_sets.terms(session, assumption_sets.by_id(session, run.set_id))
    body = runs.quantities(session, run.id)
    parts = runs.parts(session, run.id, 1 if body is not None else None)
    first = orjson.loads(zlib.decompress(parts[0]))
    places = places_of(parts, terms) if body is None else unpacked(body)
    return Known(terms, platforms_of(first), places, run.seed)


def between(session: Session, before: SavingsRun, after: SavingsRun) -> list[Step]:
    """The way from the figure of one finished run to that of another (rules/bridge.py). The records
    of a large run are not counted again in other years: the step says years and records.

    Raises:
        Missing: one is not finished.
    """
    first, second = known(session, before), known(session, after)
    pence = tuple(run.result["views"][View.WHOLE.value]["npv"] for run in (before, after))
    again = None
    if years_of(first.terms) != years_of(second.terms):
        parts = runs.parts(session, before.id, PARTS + 1)
        if len(parts) <= PARTS:
            again = first._replace(places=places_of(parts, second.terms))
    return bridge(first, second, pence, again)
