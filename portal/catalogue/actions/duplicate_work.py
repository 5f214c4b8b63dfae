"""The pairs that wait for a person to decide, for the list of what waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Kind, Permission, Person, Role, may
from portal.accounts.work import Item
from portal.catalogue.store import duplicates
from portal.catalogue.store.duplicates import PairQuery
from portal.catalogue.words import PairDecision, RecordKind
from portal.errors import N_

TASK, MERGE = "decide_duplicate", "merge_duplicate"
LABELS = {
    TASK: N_("Decide whether these records are one"),
    MERGE: N_("Merge these records: somebody decided that they are one"),
}
#: So many pairs of one organisation's own stand in the list.
MOST = 20


def to_decide(session: Session, person: Person, day: date) -> Iterator[Item]:
    """The pairs that somebody may decide: of an organisation's own for its administrators, how
    many there are for the portal's. Those that are one and not merged yet, each.
    """
    if may(person, Permission.MANAGE_PORTAL):
        for kind in RecordKind:
            query = PairQuery(kind, PairDecision.WAITING)
            many = duplicates.counts(session, query)[0][kind.value]
            if many:
                href = f"/duplicates?kind={kind.value}&state=waiting"
                pairs = "pair" if many == 1 else "pairs"
                yield Item(TASK, f"{many:,} {pairs} of {kind.value}s", href)
            yield from _to_merge(session, kind, None)
        return
    role = Role.ORGANISATION_ADMINISTRATOR
    bodies = {
        grant.id
        for grant in person.grants
        if grant.role is role and grant.kind is Kind.ORGANISATION
    }
    for kind in RecordKind if bodies else ():
        for row in duplicates.within(session, kind, PairDecision.WAITING, bodies, MOST):
            name = f"{row.one.name} / {row.other.name}"
            yield Item(TASK, name, f"/duplicates/{row.id}/decide", detail=row.why)
        yield from _to_merge(session, kind, bodies)


def _to_merge(session: Session, kind: RecordKind, bodies: set[int] | None) -> Iterator[Item]:
    for row in duplicates.within(session, kind, PairDecision.SAME, bodies, MOST):
        name = f"{row.one.name} / {row.other.name}"
        yield Item(MERGE, name, f"/duplicates/{row.id}/merge", detail=row.reason or "")
