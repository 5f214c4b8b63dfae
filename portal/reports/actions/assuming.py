"""Draft a version of the assumptions, change it, publish it, or delete it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.access import PORTAL, Grant, Kind, Role
from portal.accounts.store import grants, people
from portal.audit import Act, record
from portal.db import Database, one_at_a_time
from portal.errors import N_, Invalid, Refused
from portal.reports.models.assumptions import AssumptionSet
from portal.reports.rules.assumptions import WORTH, Row, check
from portal.reports.rules.years import financial_year
from portal.reports.store import assumption_sets, price_rows
from portal.reports.words import Assumed, EvidenceClass, SetState, SizeBand

#: What a first draft says until somebody changes it (docs/savings.md).
FIRST: dict[str, Any] = {"horizon": 5, "rate": Decimal("0.035"), "claim_years": 3}
LONGEST_HORIZON = 60
#: Why somebody else has to publish a version.
OWN = N_("You drafted or changed this version: somebody else publishes it")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a version says beside its assumptions; years by the calendar year they begin in."""

    base_year: int
    price_year: int
    horizon: int
    rate: Decimal
    claim_years: int
    note: str | None


def draft(database: Database, scope: int, act: Act) -> int:
    """Begin a version: a copy of the newest published one of its scope, else of everybody's, else
    empty. Its number.

    Raises:
        Refused: there is a draft of this scope already.
    """
    with database.writing() as session:
        one_at_a_time(session)
        if assumption_sets.newest(session, scope, SetState.DRAFT):
            raise Refused(N_("There is a draft already: change or publish that one"))
        return _begin(session, scope, act).number


def _begin(session: Session, scope: int, act: Act) -> AssumptionSet:
    everybody = assumption_sets.EVERYBODY
    from_ = assumption_sets.newest(session, scope, SetState.PUBLISHED)
    from_ = from_ or assumption_sets.newest(session, everybody, SetState.PUBLISHED)
    year = financial_year(act.day)
    values: dict[str, Any] = {**FIRST, "base_year": year, "price_year": year, "note": None}
    rows: list[Row] = []
    if from_ is not None:
        values |= {name: getattr(from_, name) for name in values}
        rows = assumption_sets.rows(session, from_.id)
    return assumption_sets.add(session, {"scope": scope, **values}, rows, act)


def frame(database: Database, scope: int, number: int, wanted: Frame, base: int, act: Act) -> None:
    """Change what a draft says beside its assumptions.

    Args:
        base: the version of the draft that the page showed.

    Raises:
        Missing, Stale: no such draft; it was published, or changed meanwhile.
        Invalid: a value is wrong.
    """
    _check_frame(wanted)
    with database.writing() as session:
        found = assumption_sets.editable(session, scope, number, base)
        before = assumption_sets.frame(found)
        for name in Frame.__slots__:
            setattr(found, name, getattr(wanted, name))
        _touched(session, found, before, act, "assumption_set.edited")


def _check_frame(wanted: Frame) -> None:
    if not 1 <= wanted.horizon <= LONGEST_HORIZON:
        raise Invalid("horizon", N_("Enter a number of years from 1 to 60"))
    if not 0 <= wanted.rate < 1:
        raise Invalid("rate", N_("Enter a discount rate from 0% to 99%"))
    if wanted.claim_years < 0:
        raise Invalid("claim_years", N_("Enter a number of years, 0 or more"))


def _touched(
    session: Session, found: AssumptionSet, before: dict[str, Any], act: Act, tag: str
) -> None:
    found.version += 1
    found.edited_at = act.at
    session.flush()
    after = assumption_sets.frame(found)
    record(session, act, tag, assumption_sets.SET, found.id, before, after)


def put(database: Database, scope: int, number: int, row: Row, act: Act) -> None:
    """Add an assumption to a draft, or change the one that is of the same.

    Raises:
        Missing, Stale: no such draft; it was published meanwhile.
        Invalid: a value is wrong.
    """
    check(row)
    with database.writing() as session:
        found = assumption_sets.by_number(session, scope, number, draft=True)
        _check_price(session, row)
        assumption_sets.put(session, found, row, act)


def _check_price(session: Session, row: Row) -> None:
    """Raise Invalid where an assumption names a row that the price list does not have."""
    if row.price_item is None or row.component is None:
        return
    every = price_rows.of_component(session, row.component)
    if (row.price_item, row.price_since) not in {(each.item, each.since) for each in every}:
        raise Invalid("price_row", N_("The component’s price list has no such row"))


def drop(database: Database, scope: int, number: int, key: str, act: Act) -> None:
    """Take an assumption out of a draft. Raises Missing, and Stale where it is published."""
    with database.writing() as session:
        found = assumption_sets.by_number(session, scope, number, draft=True)
        assumption_sets.drop(session, found, key, act)


def publish(database: Database, scope: int, number: int, approver: str, act: Act) -> None:
    """Publish a draft: nobody changes it any more.

    Args:
        approver: who answers for it, by office: "Chief Economist, Department for Transport".

    Raises:
        Missing, Stale: no such draft; it was published already.
        Invalid: nobody is named, or it assumes too little to work anything out; or whoever asks
            drafted or changed it, and somebody else could publish it.
    """
    with database.writing() as session:
        one_at_a_time(session)
        found = assumption_sets.by_number(session, scope, number, draft=True)
        found.self_approved = is_own(session, found, act)
        if found.self_approved and others(session, found, act.day):
            raise Invalid("approver", OWN)
        _publish(session, found, approver, act)


def is_own(session: Session, found: AssumptionSet, act: Act) -> bool:
    """Whether whoever acts has drafted or changed a version."""
    return act.actor in assumption_sets.changed_by(session, found)


def others(session: Session, found: AssumptionSet, day: date) -> list[str]:
    """Who could publish a version that they have no part in, by name: of everybody's those who run
    the portal, of an organisation's own those who administer it.
    """
    where = Grant(Role.PORTAL_ADMINISTRATOR, Kind.PORTAL, PORTAL.id)
    if found.scope:
        where = Grant(Role.ORGANISATION_ADMINISTRATOR, Kind.ORGANISATION, found.scope)
    holders = grants.with_role(session, where.role, where.kind, where.id, day)
    open_ = [each for each in holders if people.known(session, each, day)]
    actors = {people.actor(each) for each in open_} - assumption_sets.changed_by(session, found)
    return sorted(people.names_of_actors(session, actors).values())


def _publish(session: Session, found: AssumptionSet, approver: str, act: Act) -> None:
    if not approver.strip():
        raise Invalid("approver", N_("Enter who approved it"))
    rows = assumption_sets.rows(session, found.id)
    if not any(row.field in WORTH for row in rows):
        raise Invalid("approver", N_("Add what building or running something alone costs first"))
    future = [row for row in rows if row.dated > act.day]
    if future:
        raise Invalid("approver", N_("“%(key)s” is dated in the future"), key=future[0].key)
    before = assumption_sets.frame(found)
    found.state, found.approver, found.published_at = SetState.PUBLISHED, approver.strip(), act.at
    _touched(session, found, before, act, "assumption_set.published")


def remove(database: Database, scope: int, number: int, act: Act) -> None:
    """Delete a draft; the history keeps what it said. Raises Missing, Stale (published)."""
    with database.writing() as session:
        found = assumption_sets.by_number(session, scope, number, draft=True)
        assumption_sets.remove(session, found, act)


def row_of(given: dict[str, Any]) -> Row:
    """An assumption from its document (store/assumption_sets.document). Raises Invalid."""
    low, central, high = (Decimal(str(given[name])) for name in ("low", "central", "high"))
    since = given.get("price_since")
    return check(
        Row(
            Assumed(given["field"]), low, central, high, EvidenceClass(given["class"]),
            date.fromisoformat(given["dated"]), given.get("capability"), given.get("component"),
            given.get("band") and SizeBand(given["band"]), given.get("source"), given.get("note"),
            given.get("year"), given.get("apart") is True, given.get("price_item"),
            since and date.fromisoformat(since),
        )
    )  # fmt: skip


def bring(database: Database, given: dict[str, Any], approver: str, act: Act) -> tuple[int, bool]:
    """Publish everybody's assumptions as a file has them; the number of the version, and whether
    it is new: the same as the newest published one is not published again.

    Args:
        given: `base_year`, `price_year`, `horizon`, `rate`, `claim_years`, `note`, and
            `assumptions`, a list of documents (row_of).

    Raises:
        Invalid: something is missing or wrong.
    """
    try:
        rows = [row_of(each) for each in given["assumptions"]]
        wanted = Frame(
            int(given["base_year"]), int(given["price_year"]), int(given["horizon"]),
            Decimal(str(given["rate"])), int(given["claim_years"]), given.get("note"),
        )  # fmt: skip
    except (ArithmeticError, KeyError, TypeError, ValueError) as problem:
        raise Invalid("file", N_("The file is not a set of assumptions")) from problem
    _check_frame(wanted)
    everybody = assumption_sets.EVERYBODY
    with database.writing() as session:
        one_at_a_time(session)
        newest = assumption_sets.newest(session, everybody, SetState.PUBLISHED)
        if newest is not None and _same(session, newest, wanted, rows):
            return newest.number, False
        for row in rows:
            _check_price(session, row)
        values = {name: getattr(wanted, name) for name in Frame.__slots__}
        found = assumption_sets.add(session, {"scope": everybody, **values}, rows, act)
        _publish(session, found, approver, act)
        return found.number, True


def _same(session: Session, found: AssumptionSet, wanted: Frame, rows: list[Row]) -> bool:
    frames = [
        [getattr(each, name) for name in Frame.__slots__ if name != "rate"]
        for each in (found, wanted)
    ]
    kept = assumption_sets.rows(session, found.id)
    ordered = sorted(rows, key=lambda row: row.key)
    return frames[0] == frames[1] and found.rate == wanted.rate and kept == ordered
