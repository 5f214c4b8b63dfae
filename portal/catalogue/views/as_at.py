"""A record as it was recorded on a day: one page for every kind of record."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, url_for

from portal import audit
from portal.audit import Document
from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.forms.history_words import Said, said, who
from portal.catalogue.store import as_at, components, merging, organisations, services
from portal.catalogue.store.as_at import Stood
from portal.catalogue.views.base import found, reading, refuse_unknown, today, unknown
from portal.catalogue.views.histories import Link, names_in
from portal.errors import N_, Problem
from portal.web.errors import answer
from portal.web.filters import long_date
from portal.web.formats import Column, Format, respond_record
from portal.web.i18n import _
from portal.web.pages import page

#: What a file says beside the fields.
ABOUT = ("as_at", "last_changed_at", "last_changed_by", "last_changed_import",
         "last_changed_reason")  # fmt: skip
#: Whose own page answers for a day as well: with what was true then, as is known now.
OTHER_TIME = (organisations.THING, components.THING)


def as_at_of(fmt: Format, thing: str, slug: str, on: date, crumb: Link) -> Response:
    """Answer with the record at `slug` as it was recorded at the end of a day in London; 404 for
    a day before it was in the catalogue.

    Raises:
        Missing: no record has or had this address. Of one that was merged since, the days before
            that are its own.
        Problem: the day is still to come.
    """
    refuse_unknown(fmt, unknown())
    with reading() as session:
        gone = merging.gone_from(session, thing, slug)
        if gone and on < audit.london_day(gone.merged_at):
            id_, now = gone.id, {"slug": slug, "name": gone.name}
        else:
            id_, now = found(session, thing, slug, as_at.NOW[thing])
        if on > today():
            raise Problem(N_("Date must be today or in the past"))
        stood = as_at.stood(session, thing, id_, now, on)
        if stood is None:
            first = audit.first_at(session, thing, id_)
            return _not_yet(fmt, now, on, first and audit.london_day(first), crumb)
        fields = said(stood.document, names_in(session, stood.document))
    return respond_record(
        fmt,
        page=lambda: _page(thing, now, on, stood, fields, crumb),
        document=lambda: _about(stood, on) | stood.document,
        columns=[*ABOUT, *(_column(name, field) for name, field in fields.items())],
        name=f"{slug}-{on}",
    )


def _about(stood: Stood, on: date) -> Document:
    last = stood.last
    values = (on, last.at.isoformat(), who(last.actor), last.batch_id, last.reason)
    return dict(zip(ABOUT, values, strict=True))


def _column(name: str, field: Said) -> Column:
    """A field of a file: a list in the words of the page, anything else as it is."""
    texts = [line.text for line in field.lines]
    return Column(name, lambda row: texts if isinstance(row[name], (list, dict)) else row[name])


def _page(
    thing: str, now: Document, on: date, stood: Stood, fields: dict[str, Said], crumb: Link
) -> Response:
    name = stood.document["name"]
    return _shown(
        _("%(name)s, as recorded on %(day)s", name=name, day=long_date(on)), now, on, crumb,
        fields=fields.values(),
        last=stood.last,
        by=who(stood.last.actor),
        other_time=thing in OTHER_TIME,
        needs=thing == services.THING,
    )  # fmt: skip


def _not_yet(fmt: Format, now: Document, on: date, since: date | None, crumb: Link) -> Response:
    name, day = now["name"], long_date(on)
    told = _("“%(name)s” was not in the catalogue on %(day)s.", name=name, day=day)
    if since:
        told += " " + _("It has been in the catalogue since %(day)s.", day=long_date(since))
    if fmt != "html":
        return answer(404, detail=told)
    title = _("%(name)s was not recorded on %(day)s", name=name, day=day)
    return _shown(title, now, on, crumb, status=404, told=told, since=since)


def _shown(title: str, now: Document, on: date, crumb: Link, **context: Any) -> Response:
    show = url_for(".show", slug=now["slug"])
    history = url_for(".history", slug=now["slug"])
    return page(
        "catalogue/as_at.html",
        title=title,
        crumbs=[crumb, (now["name"], show), (_("History"), history)],
        form=AsAt(None, today(), shown=on),
        show=show,
        history=history,
        slug=now["slug"],
        on=on,
        today=today(),
        ignored=unknown(),
        **context,
    )
