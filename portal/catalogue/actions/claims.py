"""What a component's provider says of those who say that they use it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.accounts.store import people
from portal.audit import Act, Document
from portal.catalogue.component_words import DisputeReason, EvidenceKind
from portal.catalogue.store import claims, evidence
from portal.catalogue.store.evidence import Said
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid


def answer(database: Database, usage_id: int, said: Said, act: Act) -> None:
    """Confirm or dispute one claim.

    Raises:
        Missing: there is no such use of a component.
        Invalid: a day is still to come, or the dispute says what the claim says.
    """
    with database.writing() as session:
        one_at_a_time(session)
        claims.component_of(session, usage_id)
        _refuse(session, usage_id, said, act)
        evidence.add(session, usage_id, said, act)


def _refuse(session: Session, usage_id: int, said: Said, act: Act) -> None:
    for field, day in (("in_use_since", said.in_use_since), ("stopped_on", said.stopped_on)):
        if day is not None and day > act.day:
            raise Invalid(field, N_("The date must be today or in the past"))
    claim = claims.state_of(session, usage_id, act.day)
    if said.in_use_since is not None and said.in_use_since == claim.since:
        raise Invalid("in_use_since", N_("That is the date they gave: confirm it instead"))


def confirm(
    database: Database, component_id: int, ids: Collection[int], act: Act, day: date
) -> int:  # fmt: skip
    """Confirm several claims of one component at once; how many. Those that were removed, or have
    stopped meanwhile, are passed over.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = claims.of_component(session, component_id, ids)
        for usage_id in sorted(found):
            evidence.add(session, usage_id, Said(EvidenceKind.PROVIDER_CONFIRMED, day), act)
        return len(found)


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add what providers say of the demo set's claims that nobody has said anything of; how many.

    Args:
        database: the portal's.
        rows: of each the `service` and `capability`, `by` (an address), `days` ago, `reason` and
            `since` of a dispute, and a `note`.
        act: who loads the set.

    Raises:
        Missing: there is no such usage.
        Invalid: somebody is not here.
    """
    added = 0
    with database.writing() as session:
        for row in rows:
            usage_id = claims.usage_at(session, row["service"], row["capability"])
            person = people.by_email(session, row["by"])
            if person is None:
                raise Invalid("by", N_("Nobody with this address is here"))
            if evidence.of_usage(session, usage_id):
                continue
            kind, reason = EvidenceKind.PROVIDER_CONFIRMED, None
            if row["reason"]:
                kind, reason = EvidenceKind.PROVIDER_DISPUTED, DisputeReason(row["reason"])
            since = date.fromisoformat(row["since"]) if row["since"] else None
            on = act.day - timedelta(days=row["days"])
            said = Said(kind, on, reason, since, note=row["note"])
            evidence.add(session, usage_id, said, replace(act, actor=people.actor(person.id)))
            added += 1
    return added
