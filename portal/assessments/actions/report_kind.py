"""What imports, their undo, the queue of names and the search do with reports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from sqlalchemy.orm import Session

from portal import search
from portal.assessments.rules.report_documents import clean, parted, placed, positions
from portal.assessments.store import (
    findings,
    report_matching,
    report_search,
    report_tables,
    suggestions,
)
from portal.assessments.store.report_documents import THING, Change, Reports
from portal.audit import Act, Document
from portal.catalogue.store import further_kinds
from portal.db import chunks

MATCHED = "owner matched"


def restore(session: Session, fields: Mapping[int, Document], act: Act, tag: str) -> None:
    """Give reports fields back that they had."""
    reports = Reports(session)
    now = reports.documents(list(fields))
    changes = [Change(id_, now[id_], _restored(now[id_], had)) for id_, had in fields.items()]
    reports.write(changes, act, tag)
    search.put(session, report_search.documents(session, list(fields)))


def _restored(now: Document, had: Document) -> Document:
    """What a report says with some fields as they were; an assessment without a name was none."""
    both = {**now, **had}
    there = {place for place in positions(both) if both[placed(place, "name")]}
    return clean({n: v for n, v in both.items() if (p := parted(n)) is None or p[0] in there})


def follow(session: Session, name: str, organisation_id: int | None, act: Act) -> int:
    """Let the owners of assessments that are published under a name be an organisation, or none;
    how many reports changed.
    """
    reports = Reports(session)
    means = reports.names[organisation_id] if organisation_id else None
    done = 0
    for ids in chunks(report_matching.owned_as(session, name)):
        changes = []
        for id_, now in reports.documents(ids).items():
            after = dict(now)
            for place in positions(now):
                field = placed(place, "organisations")
                pairs = zip(now[placed(place, "owners")], now[field], strict=True)
                after[field] = [means if owner == name else body for owner, body in pairs]
            changes.append(Change(id_, now, after))
        changed = reports.write(changes, act, MATCHED)
        search.put(session, report_search.documents(session, changed))
        done += len(changed)
    return done


def _along(session: Session, ids: Collection[int]) -> Iterator[str]:
    """What people made of reports that goes with them: their sentences in findings."""
    found = suggestions.grouped_of(session, ids)
    many = sum(map(len, found.values()))
    if many:
        yield (
            "These reports have sentences that people put into findings; they go as well: "
            f"{many} (findings: {len(found)})."
        )


def _remove(session: Session, ids: Collection[int], act: Act, tag: str) -> None:
    for finding_id, quoted in suggestions.grouped_of(session, ids).items():
        findings.told(session, finding_id, "report_gone", quoted, [], act)
    report_tables.remove(session, ids, act, tag)


def install() -> None:
    """Register what the catalogue asks of reports."""
    further_kinds.register(
        further_kinds.Further(
            thing=THING,
            model=report_tables.MODEL,
            name=report_tables.NAME,
            points=report_tables.POINTS,
            restore=restore,
            remove=_remove,
            keeps=report_matching.names_carried,
            follow=follow,
            documents=report_search.documents,
            along=_along,
        )
    )
