"""The history of a record, field by field in words: one page for every kind of record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from flask import Response, abort, redirect, request, url_for

from portal import audit
from portal.access import PORTAL, Kind, Permission, may
from portal.accounts.store import people, things
from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.forms.history_words import Change, Document, changes, references, who
from portal.catalogue.forms.labels import label
from portal.catalogue.store import merging, organisation_lists, records, reviews, usage
from portal.catalogue.views.base import (
    DATE,
    PAGE_SIZE,
    found,
    place,
    reading,
    refuse_unknown,
    stream,
    today,
    unknown,
)
from portal.web.formats import Format, respond_list
from portal.web.i18n import _
from portal.web.pages import page, paging
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BATCH = 500
Link = tuple[str, str]
#: Says a change in words: what was before, what is now, and the names of what both speak of.
InWords = Callable[[Document, Document, Mapping[str, str]], list[Change]]
COLUMNS = ("at", "by", "import", "reason", "field", "before", "after")


def history_of(
    fmt: Format, thing: str, slug: str, endpoint: str, crumb: tuple[str, str]
) -> Response:
    """Answer with the changes of the record at `slug`; `endpoint` shows the record itself. A page
    that is asked for a day leads to the record as it was recorded then.
    """
    refuse_unknown(fmt, unknown("before"))
    form = AsAt(request.args, today())
    with reading() as session:
        gone = merging.gone_from(session, thing, slug)
        if gone is None:
            id_, name = found(session, thing, slug, records.TITLES[thing])
    if gone:
        return _of_merged(fmt, thing, slug, gone, endpoint, crumb)
    day = form.day() if fmt == "html" else None
    if day:
        abort(redirect(url_for(".as_at", slug=slug, on=day)))
    crumbs = [crumb, (name, url_for(endpoint, slug=slug))]
    return told(fmt, thing, id_, name, crumbs, file=slug, form=form)


def _of_merged(
    fmt: Format, thing: str, slug: str, gone: merging.Gone, endpoint: str, crumb: Link
) -> Response:
    """The history of a record that became part of another one, and the way there."""
    about = [
        (_("This record was merged into another one: read that"), url_for(endpoint, slug=slug))
    ]
    return told(fmt, thing, gone.id, gone.name, [crumb], file=slug, about=about)


def told(
    fmt: Format, thing: str, id_: int, name: str, crumbs: list[Link], file: str,
    about: Sequence[Link] = (), form: AsAt | None = None, words: InWords = changes,
) -> Response:  # fmt: skip
    """Answer with the changes of one record.

    Args:
        name: what the page says it is the history of.
        crumbs: the way to it, as (text, address).
        file: what the CSV file is called, before `-history`.
        about: where to read more, as (text, address).
        form: asks for a day, where the record can be read as it was recorded then.
        words: says its changes in words.
    """
    ignored = unknown("before", *(DATE if form else ()))
    refuse_unknown(fmt, ignored)
    rows = _events if fmt == "json" else partial(_fields, words=words)
    return respond_list(
        fmt,
        page=lambda: _page(thing, id_, name, crumbs, about, form, file, ignored, words),
        rows=stream(lambda session: rows(session, thing, id_)),
        columns=COLUMNS,
        name=f"{file}-history",
    )


def _page(
    thing: str, id_: int, name: str, crumbs: list[Link], about: Sequence[Link],
    form: AsAt | None, slug: str, ignored: tuple[str, ...], words: InWords,
) -> Response:  # fmt: skip
    before = place("before")
    with reading() as session:
        events = audit.history_of(session, thing, id_, before, PAGE_SIZE + 1)
        known = _people(session, thing, id_, events)
        shown = _in_words(session, events[:PAGE_SIZE], known, words)
    more = len(events) > PAGE_SIZE
    return page(
        "catalogue/history.html",
        title=_("History of %(name)s", name=name),
        crumbs=crumbs,
        about=about,
        form=form,
        slug=slug,
        events=shown,
        ignored=ignored,
        first=before is None,
        paging=paging(None, {"before": events[PAGE_SIZE - 1].id} if more else None),
    )


#: Gives the names of records of the packages above, by how documents refer to them.
Names = Callable[["Session", Collection[str]], Mapping[str, str]]
_NAMES: dict[str, Names] = {}


def names_with(feature: str, names: Names) -> None:
    """Have the history find what a higher package's records are called."""
    _NAMES[feature] = names


#: By the tag of an event, what of it nobody is told.
_WITHHELD: dict[str, frozenset[str]] = {}


def withhold(tag: str, *fields: str) -> None:
    """Have the history tell nobody of these fields of events."""
    _WITHHELD[tag] = frozenset(fields)


def names_in(session: Session, *documents: Document) -> dict[str, str]:
    """The names of what documents speak of now, by how they refer to it."""
    wanted = set(references(*documents))
    used = usage.names_of(session, wanted)
    return {
        **organisation_lists.names_of(session, wanted),
        **records.names_of(session, wanted),
        **{ref: name or label(how, "arrangement") for ref, (name, how) in used.items()},
        **{ref: name for names in _NAMES.values() for ref, name in names(session, wanted).items()},
    }


def _names(session: Session, events: list[audit.HistoryEvent]) -> dict[str, str]:
    return names_in(session, *(said for event in events for said in (event.before, event.after)))


def _people(
    session: Session, thing: str, id_: int, events: list[audit.HistoryEvent]
) -> dict[str, str]:
    """The names of those who acted, by actor, for a reader who may see the record's people; the
    public is told that it was a person.
    """
    if not current_person().is_authenticated:
        return {}
    # Of a record that was merged away, only the portal's people are told.
    about = PORTAL
    if thing in set(Kind):
        about = things.by_ids(session, [(Kind(thing), id_)]).get((Kind(thing), id_), PORTAL)
    if not may(current_person(), Permission.SEE_PEOPLE, about):
        return {}
    return people.names_of_actors(session, {event.actor for event in events})


def _in_words(
    session: Session, events: list[audit.HistoryEvent], known: dict[str, str], words: InWords
) -> list[dict[str, Any]]:
    names = _names(session, events)
    return [
        {
            "at": event.at,
            "day": audit.london_day(event.at),
            "by": known.get(event.actor) or who(event.actor),
            "batch_id": event.batch_id,
            "reason": event.reason,
            "made": not event.before,
            "confirmed": event.tag == reviews.CONFIRMED,
            "changes": words(event.before, event.after, names),
        }
        for event in events
    ]


def _batches(session: Session, thing: str, id_: int) -> Iterator[list[audit.HistoryEvent]]:
    before: int | None = None
    while events := audit.history_of(session, thing, id_, before, BATCH):
        yield events
        if len(events) < BATCH:
            return
        before = events[-1].id
        session.expunge_all()


def _events(session: Session, thing: str, id_: int) -> Iterator[dict[str, Any]]:
    for event in chain.from_iterable(_batches(session, thing, id_)):
        yield {
            "at": event.at.isoformat(),
            "by": who(event.actor),
            "import": event.batch_id,
            "reason": event.reason,
            "tag": event.tag,
            "before": _told(event, event.before),
            "after": _told(event, event.after),
        }


def _told(event: audit.HistoryEvent, said: Document) -> Document:
    withheld = _WITHHELD.get(event.tag, frozenset())
    return {field: value for field, value in said.items() if field not in withheld}


def _fields(session: Session, thing: str, id_: int, words: InWords) -> Iterator[dict[str, Any]]:
    """One row a changed field, in the words of the page."""
    for events in _batches(session, thing, id_):
        names = _names(session, events)
        for event in events:
            for change in words(event.before, event.after, names):
                yield {
                    "at": event.at.isoformat(),
                    "by": who(event.actor),
                    "import": event.batch_id,
                    "reason": event.reason,
                    "field": change.field,
                    "before": [line.text for line in change.before],
                    "after": [line.text for line in change.after],
                }
