"""Bring in the standard that the portal ships: what is there already stays as it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.assessments.rules.shipped import Shipped, service_standard
from portal.assessments.store import standards
from portal.audit import Act, Document
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many versions there are, came, and were there already."""

    read: int
    created: int

    @property
    def unchanged(self) -> int:
        """Those that were there."""
        return self.read - self.created


def load(database: Database, act: Act) -> Loaded:
    """Add the versions of the Service Standard that are not there yet, published. A second run
    changes nothing; a version is never changed once it is there.

    Raises:
        Clash: somebody has made another standard at its address.
    """
    shipped = service_standard()
    with database.writing() as session:
        one_at_a_time(session)
        standard_id = _standard(session, shipped, act)
        known = standards.version_ids(session, standard_id)
        for number, document in shipped.versions.items():
            if number in known:
                _refuse_another(session, known[number], document)
                continue
            points = document["points"]
            made = standards.new_version(
                session, standard_id, number, document, None, points, act, "standard.added"
            )
            standards.publish(session, made, act)
        created = len(shipped.versions.keys() - known.keys())
        if created:
            _relate(session, shipped, standard_id, set(known), act)
    return Loaded(len(shipped.versions), created)


def _standard(session: Session, shipped: Shipped, act: Act) -> int:
    found = standards.id_at(session, shipped.standard["slug"])
    return found or standards.add(session, shipped.standard, None, act)


def _refuse_another(session: Session, version_id: int, shipped: Document) -> None:
    there = standards.version(session, version_id)
    titles = [point["title"] for point in shipped["points"]]
    if [point.title for point in there.points] != titles:
        message = N_("Version %(number)s of the standard at this address is another one")
        raise Clash("number", message, number=there.number)


def _relate(
    session: Session, shipped: Shipped, standard_id: int, known: set[int], act: Act
) -> None:
    """Relate the points of new versions; what a person has said of older ones stays."""
    places = {
        (number, at): id_
        for number, version_id in standards.version_ids(session, standard_id).items()
        for at, id_ in standards.point_ids(session, version_id).items()
    }
    new = [pair for pair in shipped.counterparts if not known.issuperset(v for v, _n in pair)]
    for older, newer in new:
        standards.relate(session, places[older], places[newer], act)
    said = ["/".join(map(str, older)) + " = " + "/".join(map(str, newer)) for older, newer in new]
    standards.mapped(session, standard_id, {"counterparts": []}, {"counterparts": said}, act)
