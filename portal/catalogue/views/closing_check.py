"""Before a component's end is saved: who depends on it, and who will be told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from portal.accounts.views.base import check_page, confirmed
from portal.catalogue.rules.books import BOOKS
from portal.catalogue.rules.closing import Told, called_off, told_about
from portal.catalogue.store import blast, closing, components, editable, records
from portal.catalogue.store.blast import Blast
from portal.catalogue.views.base import reading
from portal.catalogue.views.editing_base import crumbs_to
from portal.errors import Missing
from portal.web.filters import long_date
from portal.web.i18n import _, ngettext
from portal.web.people import act

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response

    from portal.catalogue.store.editable import Record

#: How many of the services the page names.
SHOWN = 10


def before_saving(record: Record, question: str, values: Mapping[str, Any]) -> Response | None:
    """What to look at before an answer is saved that says when a component ends; None where it
    says nothing new of that, nothing depends on it, or this was looked at.

    Raises:
        Invalid: a value is wrong.
    """
    if record.thing != components.THING or confirmed():
        return None
    patch = BOOKS[record.thing].patch(question, record.document, values, act().day)
    after = editable.CLEAN[record.thing]({**record.document, **patch})
    news, off = told_about(record.document, after), called_off(record.document, after)
    if off is not None:
        return _off_page(record, off)
    if news is None:
        return None
    with reading() as session:
        hit = blast.of(session, record.id)
        if not hit.services:
            return None
        told = hit.services - len(closing.untold(session, record.id, date.fromisoformat(news.on)))
        after["successor"] = after["successor"] and _called(session, after["successor"])
        named = blast.names(session, record.id, SHOWN)
    return _page(record, news, hit, told, _named(named, hit.services), after["successor"])


def _off_page(record: Record, day: str) -> Response | None:
    """The same where it goes on after all; None where nobody was told that it ends."""
    with reading() as session:
        told = len(closing.told_services(session, record.id))
    if not told:
        return None
    many = ngettext(
        "Those who answer for the %(num)s service that was told it ends",
        "Those who answer for the %(num)s services that were told it ends", told,
    )  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"key": _("Component"), "value": record.name},
        {"key": _("It was to end on"), "value": _on(day)},
        {"key": _("It ends on"), "value": _("No day: it goes on")},
        {"key": _("Who is told"), "value": many},
    ]
    title = _("Check who is told before you save")
    return check_page(title, rows, _("Save, and tell them"), crumbs_to(record))


def _called(session: Session, slug: str) -> str:
    try:
        return records.TITLES[components.THING](session, slug)[1]
    except Missing:
        return slug  # saving says that there is none


def _named(names: list[str], services: int) -> str:
    left = services - len(names)
    more = [ngettext("%(num)s other", "%(num)s others", left)] if left else []
    return "; ".join([*names, *more])


def _page(
    record: Record, news: Told, hit: Blast, told: int, named: str, successor: str | None
) -> Response:
    transactions = f"{hit.transactions:,}" if hit.counted else _("Not known")
    if hit.counted and hit.uncounted:
        transactions += " " + ngettext(
            "(%(num)s service has no figure)", "(%(num)s services have no figure)", hit.uncounted
        )
    rows: list[dict[str, Any]] = [
        {"key": _("Component"), "value": record.name},
        {"key": _("It ends on"), "value": _on(news.on)},
        {"key": _("Said before"), "value": _on(news.before) if news.before else None},
        {"key": _("What takes over"), "value": successor or _("No successor is named")},
        {"key": _("Services that depend on it"), "value": f"{hit.services:,}: {named}"},
        {"key": _("Their organisations"), "value": f"{hit.organisations:,}"},
        {"key": _("Their transactions a year"), "value": transactions},
        {"key": _("Who is told"), "value": _who(hit.services, told)},
    ]
    title = _("Check who is hit before you save")
    return check_page(title, rows, _("Save, and tell them"), crumbs_to(record))


def _on(day: str) -> str:
    return str(long_date(date.fromisoformat(day)))


def _who(services: int, told: int) -> str:
    if told == services:
        return _("Nobody: all of them were told of this day")
    return _("Those who answer for these services, once, with one email for each person")
