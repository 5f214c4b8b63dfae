"""Ask for a savings run, do it, and do it over to see whether the same comes out."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy.orm import Session

from portal import jobs
from portal.audit import Act, record
from portal.catalogue.actions.importing import seldom_collecting
from portal.db import Database, one_at_a_time
from portal.errors import N_, Refused
from portal.reports import rules as model
from portal.reports.models.runs import SavingsRun
from portal.reports.rules import inputs as lines
from portal.reports.rules.assumptions import Terms
from portal.reports.rules.claim import Claim
from portal.reports.rules.places import Places, packed
from portal.reports.rules.results import Judged, result, weak_keys
from portal.reports.rules.runs import Platform, Tally, claims, platform_claims
from portal.reports.store import assumption_sets, claim_rows, inputs, runs
from portal.reports.words import Basis, RunState, SetState

JOB = "reports.savings_run"
#: So many lines, or claims, are written at once: others write in between.
SOME = 5_000
#: So many new objects are waited for until cycles are looked for, of which a run makes none.
OBJECTS = 500_000
#: How far a run is when all is read, when all is claimed, and when all is drawn, in per cent.
_READ, _CLAIMED, _DRAWN = 15, 70, 80
T = TypeVar("T")
#: Told how far a run is, in per cent.
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a run: its document, the digests of what went in and came out, and the
    quantities that the figures follow from.
    """

    result: dict[str, Any]
    inputs_digest: str
    lines_digest: str
    places: Places


@cache
def code() -> str:
    """The digest of the model and of the libraries' versions: what a run depends on besides its
    inputs.
    """
    digest = hashlib.sha256()
    folder = Path(model.__file__).parent
    lock = folder.parents[2] / "requirements.txt"
    for path in [*sorted(folder.glob("*.py")), lock]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def ask(session: Session, scope: int, number: int, basis: Basis, seed: int, act: Act) -> int:
    """Ask for a run with a published version of the assumptions, as the records stand today; its
    number. One of the same that is not finished yet is that run.

    Raises:
        Missing: there is no such version.
        Refused: it is a draft.
    """
    found = assumption_sets.by_number(session, scope, number)
    if found.state is not SetState.PUBLISHED:
        raise Refused(N_("Publish the assumptions first: a run has to be repeatable"))
    one_at_a_time(session)
    waits = runs.unfinished(session, found.id, act.day, basis, seed)
    if waits is not None:
        return waits
    run = runs.add(session, found.id, act.day, basis, seed, act)
    jobs.add(session, JOB, {"run": run.id}, act.at, f"{JOB}:{run.id}")
    return run.id


def do(database: Database, run_id: int, clock: Callable[[], datetime]) -> None:
    """Do a run that waits; one that an earlier attempt left is begun again. A finished one stays.

    Raises:
        Missing: there is no such run.
    """
    act = Act("command:worker", clock(), JOB)
    with database.writing() as session:
        run = runs.by_id(session, run_id)
        if run.state is RunState.DONE:
            return
        runs.empty(session, run_id)
        runs.progress(session, run_id, 0)
    last = 0

    def told(per_cent: int) -> None:
        nonlocal last
        if per_cent != last:
            with database.writing() as session:
                runs.progress(session, run_id, per_cent)
            last = per_cent

    with seldom_collecting(OBJECTS):
        terms, parts = _read(database, run)
        told(_READ)
        with claim_rows.Sorter() as rows:
            outcome = work_out(parts, terms, run.seed, rows.add, told)
            _keep(database, run_id, rows, told)
    with database.writing() as session:
        run = runs.by_id(session, run_id)
        before = runs.document(run)
        runs.keep_quantities(session, run_id, packed(outcome.places))
        run.state, run.done_at, run.progress = RunState.DONE, clock(), 100
        run.code, run.result = code(), outcome.result
        run.inputs_digest, run.lines_digest = outcome.inputs_digest, outcome.lines_digest
        session.flush()
        record(session, act, "savings_run.done", runs.THING, run_id, before, runs.document(run))


def _read(database: Database, run: SavingsRun) -> tuple[Terms, list[bytes]]:
    """The assumptions of a run, and what the records say, which it keeps in parts."""
    with database.reading() as session:
        terms = assumption_sets.terms(session, assumption_sets.by_id(session, run.set_id))
        platforms = [list(each) for each in inputs.platforms(session, run.as_at)]
        first = orjson.dumps({"platforms": platforms, "undated": inputs.undated(session)})
        every = (lines.line(each) for each in inputs.uses(session, run.as_at, run.basis))
        parts = [zlib.compress(first), *(zlib.compress(b"".join(some)) for some in _some(every))]
    for number, part in enumerate(parts):
        with database.writing() as session:
            runs.keep_input(session, run.id, number, part)
    return terms, parts


def _keep(database: Database, run_id: int, rows: claim_rows.Sorter, told: Told) -> None:
    kept = 0
    for some in rows.in_order():
        with database.writing() as session:
            claim_rows.keep(session, run_id, some)
        kept += len(some)
        told(_DRAWN + (100 - _DRAWN) * kept // (len(rows) + 1))


def work_out(
    parts: list[bytes], terms: Terms, seed: int, keep: Callable[[list[Claim]], None], told: Told
) -> Outcome:
    """What follows from the parts of an input.

    Args:
        keep: is given the claims, some at a time.
    """
    said, came = hashlib.sha256(), hashlib.sha256()
    first = orjson.loads(zlib.decompress(parts[0]))
    platforms = platforms_of(first)
    said.update(_described(terms, platforms))
    below = lines.below(_lines(parts))
    tally, judged = Tally(undated=first["undated"]), Judged(weak_keys(terms))

    def heard() -> Iterator[lines.Used]:
        for raw in _lines(parts, told):
            used = lines.read(raw)
            said.update(lines.said(raw))
            yield used

    made = claims(lines.by_service(heard()), below, terms, tally)
    for some in _some(chain(made, _late(lambda: platform_claims(platforms, terms, tally)))):
        for claim in some:
            judged.add(claim)
        came.update(b"".join(claim.said() for claim in some))
        keep(some)
    told(_CLAIMED)
    found = result(platforms, terms, tally, judged, seed)
    return Outcome(found, said.hexdigest(), came.hexdigest(), tally.places)


def _late(make: Callable[[], Iterable[T]]) -> Iterator[T]:
    """What is made only when it is asked for: after everything before it."""
    yield from make()


def platforms_of(first: dict[str, Any]) -> list[Platform]:
    """The components, from the first part of an input."""
    return [
        Platform(id_, slug, tuple((day, many) for day, many in published))
        for id_, slug, published in first["platforms"]
    ]


def places_of(parts: list[bytes], terms: Terms) -> Places:
    """The quantities that follow from the parts of an input, with these years."""
    tally = Tally()
    every = map(lines.read, _lines(parts))
    for _ in claims(lines.by_service(every), lines.below(_lines(parts)), terms, tally):
        pass
    return tally.places


def _described(terms: Terms, platforms: list[Platform]) -> bytes:
    """The assumptions and what is known of platforms, without ids."""
    rows = [
        # Where what came later is not said, the digest is that of before.
        {name: said for name, said in row.items() if said or name not in assumption_sets.LATER}
        for row in map(assumption_sets.document, terms.chosen.rows.values())
    ]
    numbers = [terms.base_year, terms.horizon, str(terms.rate), terms.claim_years]
    known = [[each.slug, each.published] for each in platforms]
    return orjson.dumps([numbers, rows, known], option=orjson.OPT_SORT_KEYS)


def _lines(parts: list[bytes], told: Told = lambda _: None) -> Iterator[bytes]:
    for number, part in enumerate(parts[1:], start=1):
        yield from zlib.decompress(part).splitlines()
        told(_READ + (_CLAIMED - _READ) * number // len(parts))


def _some(every: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(every)
    while some := list(islice(waiting, SOME)):
        yield some


@dataclass(frozen=True, slots=True)
class Replayed:
    """What doing a finished run over gave: whether by the same code, and whether the same."""

    same_code: bool
    same_inputs: bool
    same_lines: bool
    same_result: bool

    @property
    def same(self) -> bool:
        """Everything came out as it was."""
        return self.same_inputs and self.same_lines and self.same_result


def replay(database: Database, run_id: int) -> Replayed:
    """Do a finished run over from what it kept, writing nothing.

    Raises:
        Missing: there is no such run.
        Refused: it is not finished.
    """
    with database.reading() as session:
        run = runs.by_id(session, run_id)
        if run.state is not RunState.DONE:
            raise Refused(N_("The run is not finished"))
        terms = assumption_sets.terms(session, assumption_sets.by_id(session, run.set_id))
        parts = runs.parts(session, run_id)
    with seldom_collecting(OBJECTS):
        found = work_out(parts, terms, run.seed, lambda _: None, lambda _: None)
    return Replayed(
        run.code == code(),
        run.inputs_digest == found.inputs_digest,
        run.lines_digest == found.lines_digest,
        orjson.dumps(run.result, option=orjson.OPT_SORT_KEYS)
        == orjson.dumps(found.result, option=orjson.OPT_SORT_KEYS),
    )


def _failed(session: Session, payload: dict[str, Any], at: datetime, reason: str) -> None:
    run = runs.by_id(session, int(payload["run"]))
    before = runs.document(run)
    run.state, run.failed = RunState.FAILED, reason[:500]
    session.flush()
    act = Act("command:worker", at, JOB)
    record(session, act, "savings_run.failed", runs.THING, run.id, before, runs.document(run))


@jobs.handler(JOB, failed=_failed)
def _work(run: jobs.Run) -> None:
    do(run.database, int(run.payload["run"]), run.clock)
