"""Take in what scans, invoices, reports and documents say of usages."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from portal.audit import Act
from portal.catalogue.actions.importing import Batch, begin
from portal.catalogue.component_words import EvidenceKind
from portal.catalogue.rules.importing import Aside, Desired, Outcome, Parsed, Progress
from portal.catalogue.store import components, evidence, mentions, roster_services, services
from portal.catalogue.store.evidence import Said

_SERVICE = "No service, or more than one, is surely meant by this"
_COMPONENT = "There is no component with this address"
_USAGE = "The service does not say that it uses this component: that has to be declared first"


def apply(session: Session, parsed: Parsed, act: Act, progress: Progress | None = None) -> Outcome:
    """Add the evidence that is not there yet. It speaks for usages that are declared, and makes
    none.
    """
    batch = begin(session, parsed, act)
    known, ids = roster_services.known(session), services.ids_by_slug(session)
    offered = components.ids_by_slug(session)
    for done, desired in enumerate(parsed.desired, start=1):
        said = desired.fields
        service = known.meant(said["service"], False, None)
        component = offered.get(said["component"])
        if service is None:
            _aside(batch, desired, "service", _SERVICE)
        elif component is None:
            _aside(batch, desired, "component", _COMPONENT)
        else:
            usage_id = mentions.usage_of(session, ids[service], component)
            if usage_id is None:
                _aside(batch, desired, "component", _USAGE)
            else:
                _add(batch, usage_id, desired)
        if progress:
            progress(done, len(parsed.desired))
    return batch.finish()


def _aside(batch: Batch, desired: Desired, column: str, reason: str) -> None:
    value = desired.fields[column]
    batch.outcome.aside.append(Aside(desired.file, desired.row, column, value, reason))


def _add(batch: Batch, usage_id: int, desired: Desired) -> None:
    fields = desired.fields
    said = Said(
        EvidenceKind(fields["kind"]), date.fromisoformat(fields["on"]), note=fields["note"],
        source=fields["source"],
    )  # fmt: skip
    same = (said.kind, said.said_on, said.note, said.source)
    there = evidence.of_usage(batch.session, usage_id)
    if same in {(row.kind, row.said_on, row.note, row.source) for row in there}:
        batch.outcome.unchanged += 1
        return
    evidence.add(batch.session, usage_id, said, batch.act)
    batch.outcome.created += 1
