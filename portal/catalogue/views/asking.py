"""Who asks the storefront: as the address says, else the organisation of who has signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, redirect, request

from portal.catalogue.actions import finding_organisations
from portal.catalogue.store import asking, organisation_names
from portal.catalogue.views.base import leads_on
from portal.web.pages import query_url
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.catalogue.store.asking import Asking


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks.

    Attributes:
        organisation: theirs, where it is known.
        typed: what was typed that is none.
        may_be: addresses and names of those that it may mean.
        own: it was not asked for: it is that of the person who has signed in.
    """

    organisation: Asking | None = None
    typed: str | None = None
    may_be: tuple[tuple[str, str], ...] = ()
    own: bool = False


def who_asks(session: Session, typed: str | None) -> Who:
    """Who asks, by an address or a name; a name that surely means one leads to its address."""
    if "organisation" not in request.args:
        person = current_person()
        if not person.is_authenticated:
            return Who()
        return Who(asking.of_grants(session, person.grants), own=True)
    if not typed:
        return Who()
    if found := asking.by_slug(session, typed):
        return Who(found)
    leads_on("organisation", typed)
    return _named(session, typed)


def _named(session: Session, typed: str) -> Who:
    meant = finding_organisations.find(session, typed)
    wanted = [meant.sure] if meant.sure else [reference for reference, _name in meant.may_be]
    known = organisation_names.by_reference(session, wanted)
    if meant.sure:
        abort(redirect(query_url(organisation=known[meant.sure].slug), 302))
    return Who(None, typed, tuple((known[ref].slug, known[ref].name) for ref in wanted))
