"""What the pages of data sets share: a data set at its address, whose it is, and the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import url_for

from portal.access import PORTAL, Kind, Permission, Thing, may
from portal.accounts.store import things
from portal.catalogue.views.base import reading
from portal.errors import N_, Missing
from portal.performance.models.data_sets import DataSet
from portal.performance.store import data_sets
from portal.web.i18n import _
from portal.web.people import current_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FOLDERS = {Kind.SERVICE: "services", Kind.COMPONENT: "components"}
ONE = "/data-sets/<slug:group>/<data_set_type:type_>"


class Of(NamedTuple):
    """What a data set is of, as pages show it; all empty where it is of nothing in the
    catalogue.
    """

    kind: Kind | None
    slug: str
    name: str

    @property
    def href(self) -> str | None:
        """The page of the service or component."""
        return f"/{FOLDERS[self.kind]}/{self.slug}" if self.kind else None


class Seen(NamedTuple):
    """A data set with what it is of, also as the policy sees it, and whether the reader answers
    for it.
    """

    row: DataSet
    of: Of
    keeps: bool
    thing: Thing

    @property
    def href(self) -> str:
        """Its page."""
        return url_for("data_set_values.show", group=self.row.group, type_=self.row.type)


def thing_at(group: str, type_: str, **_rest: object) -> Thing:
    """What a data set is of, as the policy sees it. Raises Missing."""
    with reading() as session:
        return thing_of(session, row_at(session, group, type_))


def thing_of(session: Session, row: DataSet) -> Thing:
    """The same of a data set that is at hand."""
    found = data_sets.thing_of(row)
    return things.by_id(session, *found) if found else PORTAL


def row_at(session: Session, group: str, type_: str) -> DataSet:
    """The data set at an address, with its schema. Raises Missing."""
    found = data_sets.find(session, group, type_)
    if found is None:
        raise Missing(N_("There is no such data set"))
    return found


def seen_at(group: str, type_: str) -> Seen:
    """The data set at an address. Raises Missing, also for one that the reader may not read."""
    with reading() as session:
        return seen(session, row_at(session, group, type_))


def seen(session: Session, row: DataSet) -> Seen:
    """A data set as the reader sees it. Raises Missing where they may not."""
    thing = thing_of(session, row)
    keeps = may(current_person(), Permission.KEEP_FIGURES, thing)
    if not row.published and not keeps:
        raise Missing(N_("There is no such data set"))
    return Seen(row, of(session, row), keeps, thing)


def of(session: Session, row: DataSet) -> Of:
    """What a data set is of."""
    key = data_sets.thing_of(row)
    if key is None:
        return Of(None, "", "")
    named = things.names(session, [key])[key]
    return Of(key[0], named.slug, named.name)


def crumbs_to(found: Seen, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The trail to a page below a data set's own."""
    title = f"{found.of.name}: {found.row.title}" if found.of.name else found.row.title
    return [(_("Data sets"), url_for("data_sets.index")), (title, found.href), *more]
