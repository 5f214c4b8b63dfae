"""What the catalogue's views share: the database, today, former addresses, arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import abort, has_request_context, redirect, request
from werkzeug.wrappers import Response

from portal import audit, clock
from portal.audit import london_day
from portal.catalogue.forms.as_at import AsAt
from portal.catalogue.rules.filters import Key, encode_key
from portal.catalogue.store import components, organisations, records, services
from portal.digits import LAST_ID as LAST_ID  # noqa: PLC0414
from portal.errors import Problem
from portal.web.arguments import PAGE_SIZE as PAGE_SIZE  # noqa: PLC0414
from portal.web.arguments import misplaced as misplaced  # noqa: PLC0414
from portal.web.arguments import one_of as one_of  # noqa: PLC0414
from portal.web.arguments import place as place  # noqa: PLC0414
from portal.web.arguments import refuse_unknown as refuse_unknown  # noqa: PLC0414
from portal.web.arguments import unknown as unknown  # noqa: PLC0414
from portal.web.formats import Format
from portal.web.links import pairs, same_route
from portal.web.pages import Paging, paging, query_url
from portal.web.reading import database as database  # noqa: PLC0414
from portal.web.reading import reading as reading  # noqa: PLC0414  the views take it from here
from portal.web.reading import recently, stop_reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Find = Callable[["Session", str], Any]
#: Whose records keep their former addresses.
FOLDERS = {
    "services": services.THING,
    "organisations": organisations.THING,
    "components": components.THING,
    "suppliers": organisations.THING,
}
#: The arguments of an address that asks for a day.
DATE = ("on-day", "on-month", "on-year")


def today() -> date:
    """The date in London: a change of government is dated there."""
    return london_day(clock.now())


def version() -> str:
    """What every catalogue page depends on: the catalogue's own version, and the day."""
    return f"{recently(_version)}-{today()}"


def _version() -> str:
    with reading() as session:
        return audit.version(session)


def found(session: Session, thing: str, slug: str, find: Find | None = None) -> Any:
    """The record at an address. Raises Missing, which `from_former` answers where it had one.

    Args:
        session: where to look.
        thing: the kind of record.
        slug: its part of the address.
        find: gives the record at a slug, or raises Missing; the whole record without it.
    """
    return (find or records.BY_SLUG[thing])(session, slug)


def from_former() -> Response | None:
    """Lead from a former address of a record to the same page at its present one, in the same
    format and with what was sent; None where there is nothing to lead to.
    """
    thing = FOLDERS.get(request.path.split("/")[1])
    slug = (request.view_args or {}).get("slug")
    if thing is None or slug is None:
        return None
    with reading() as session:
        now = records.SLUG_NOW[thing](session, slug)
    if now in (None, slug):
        return None
    code = 301 if request.method in ("GET", "HEAD") else 308
    return redirect(same_route(pairs(), slug=now), code)


def leads_on(name: str, slug: str) -> None:
    """Redirect to the same list by the present slug, where the argument `name` of this address
    gives a former one.
    """
    if name not in records.SLUG_NOW:
        return
    with reading() as session:
        now = records.SLUG_NOW[name](session, slug)
    if now is not None:
        abort(redirect(query_url(**{name: now}), 301))


def day_asked(form: AsAt, fmt: Format) -> date | None:
    """The day that an address asks for; None for today, or on a page that shows the error.

    Raises:
        Problem: outside pages, where what was asked for is no day.
    """
    day = form.day()
    if form.errors and fmt != "html":
        raise Problem(form.error_list()[0]["text"])
    return day


def around(previous: Key | None, following: Key | None) -> Paging:
    """Links to the pages around a keyset page."""
    return paging(
        {"before": encode_key(previous)} if previous else None,
        {"after": encode_key(following)} if following else None,
    )


def stream(rows: Callable[[Session], Iterator[dict[str, Any]]]) -> Callable[[], Iterator[Any]]:
    """The rows of a download, read in a session that lives as long as the download."""
    source = database()

    def run() -> Iterator[dict[str, Any]]:
        if has_request_context():
            stop_reading()  # a download holds one connection, and outlives the request
        with source.reading() as session:
            yield from rows(session)

    return run
