"""All SQL about savings runs: what went in, what came out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.audit import Act, Document, record
from portal.catalogue.store.organisations import iso
from portal.db import insert_rows
from portal.errors import N_, Missing
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.models.runs import SavingsClaim, SavingsInput, SavingsQuantity, SavingsRun
from portal.reports.words import Basis, RunState

#: What the history calls it.
THING = "savings_run"


class Listed(NamedTuple):
    """A run as lists show it, with the version that it used."""

    id: int
    as_at: date
    basis: Basis
    state: RunState
    progress: int
    asked_at: datetime
    done_at: datetime | None
    number: int
    code: str | None
    inputs_digest: str | None
    lines_digest: str | None
    result: Document


def by_id(session: Session, run_id: int) -> SavingsRun:
    """A run. Raises Missing."""
    found = session.get(SavingsRun, run_id, populate_existing=True)
    if found is None:
        raise Missing(N_("There is no such run"))
    return found


def finished(run: SavingsRun) -> SavingsRun:
    """The run, where it is done. Raises Missing."""
    if run.state is not RunState.DONE:
        raise Missing(N_("The run is not finished"))
    return run


def document(run: SavingsRun) -> Document:
    """A run as the history has it."""
    return {
        "set": run.set_id, "as_at": iso(run.as_at), "basis": run.basis.value, "seed": run.seed,
        "state": run.state.value, "code": run.code, "inputs_digest": run.inputs_digest,
        "lines_digest": run.lines_digest, "failed": run.failed,
    }  # fmt: skip


def add(
    session: Session, set_id: int, as_at: date, basis: Basis, seed: int, act: Act
) -> SavingsRun:
    """Add a run that waits to be done."""
    run = SavingsRun(
        set_id=set_id, as_at=as_at, basis=basis, seed=seed, state=RunState.WAITING,
        asked_by=act.actor, asked_at=act.at, result={},
    )  # fmt: skip
    session.add(run)
    session.flush()
    record(session, act, "savings_run.asked", THING, run.id, None, document(run))
    return run


def unfinished(session: Session, set_id: int, as_at: date, basis: Basis, seed: int) -> int | None:
    """The id of such a run that waits or is being worked out, if there is one."""
    r = SavingsRun
    query = select(r.id).where(
        r.set_id == set_id, r.as_at == as_at, r.basis == basis, r.seed == seed,
        r.state.in_((RunState.WAITING, RunState.RUNNING)),
    )  # fmt: skip
    return session.scalar(query.limit(1))


def listing(
    session: Session, scopes: Iterable[int], after: int | None = None, limit: int | None = None
) -> list[Listed]:
    """The runs with sets of these scopes, newest first, from below the id `after` on."""
    r, s = SavingsRun, AssumptionSet
    query = (
        select(
            r.id, r.as_at, r.basis, r.state, r.progress, r.asked_at, r.done_at, s.number, r.code,
            r.inputs_digest, r.lines_digest, r.result,
        )
        .join(s, s.id == r.set_id)
        .where(s.scope.in_(list(scopes)))
        .order_by(r.id.desc())
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(r.id < after)
    return [Listed._make(row) for row in session.execute(query)]


def latest_done(
    session: Session, scope: int, before: int | None = None
) -> tuple[SavingsRun, AssumptionSet] | None:
    """The newest finished run of a scope, or the newest before another, with the version of the
    assumptions that it used.
    """
    r, s = SavingsRun, AssumptionSet
    query: Any = (
        select(r, s)
        .join(s, s.id == r.set_id)
        .where(s.scope == scope, r.state == RunState.DONE)
        .order_by(r.id.desc())
        .limit(1)
    )
    if before is not None:
        query = query.where(r.id < before)
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def empty(session: Session, run_id: int) -> None:
    """Forget what an attempt that did not finish left."""
    session.execute(delete(SavingsClaim).where(SavingsClaim.run_id == run_id))
    session.execute(delete(SavingsInput).where(SavingsInput.run_id == run_id))


def progress(session: Session, run_id: int, per_cent: int) -> None:
    """Note how far a run is."""
    values = {"progress": per_cent, "state": RunState.RUNNING}
    session.execute(update(SavingsRun).where(SavingsRun.id == run_id).values(values))


def keep_input(session: Session, run_id: int, part: int, body: bytes) -> None:
    """Keep a part of what goes in, compressed."""
    insert_rows(session, SavingsInput, [{"run_id": run_id, "part": part, "body": body}])


def parts(session: Session, run_id: int, limit: int | None = None) -> list[bytes]:
    """What went in, in its parts, or the first ones of them."""
    i = SavingsInput
    query = select(i.body).where(i.run_id == run_id).order_by(i.part).limit(limit)
    return list(session.scalars(query))


def keep_quantities(session: Session, run_id: int, body: bytes) -> None:
    """Keep what the figures follow from (rules/places.packed)."""
    session.add(SavingsQuantity(run_id=run_id, body=body))


def quantities(session: Session, run_id: int) -> bytes | None:
    """What was kept of them; None of a run from before any were."""
    return session.scalar(select(SavingsQuantity.body).where(SavingsQuantity.run_id == run_id))


def claim_count(session: Session, run_id: int) -> int:
    """How many rows of claims a run has."""
    query = select(func.count()).select_from(SavingsClaim).where(SavingsClaim.run_id == run_id)
    return session.scalar(query) or 0
