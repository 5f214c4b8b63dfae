"""Record a request to spend, change it, withdraw it, and decide it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.access import Kind
from portal.accounts.store import things
from portal.audit import Act, Document
from portal.catalogue.actions.telling import Letter, told
from portal.catalogue.component_words import SpendDecision
from portal.catalogue.models.spending import SpendRequest, SpendUsage
from portal.catalogue.rules import spending as rules
from portal.catalogue.rules.spending import Condition
from portal.catalogue.store import capabilities, claims, spending
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Invalid, Missing


@dataclass(frozen=True, slots=True)
class Whose:
    """The service that asks, or the organisation where it is for no one service: one of them."""

    service_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        need: slug of the need that it is for.
        funds: ids of the ways of meeting needs that it pays for.
        confidential: whether it stays so when it is decided.
    """

    what: str
    amount: int | None
    years: int | None
    asked_on: date
    need: str | None = None
    reference: str | None = None
    funds: Collection[int] = ()
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, by which body, on which day."""

    decision: SpendDecision
    by: str
    on: date
    reason: str | None = None
    conditions: Iterable[Condition] = field(default=())
    confidential: bool = False


def ask(database: Database, whose: Whose, wanted: Wanted, act: Act) -> int:
    """Record a request; its id. The same sent twice is one.

    Raises:
        Invalid: a value is wrong.
    """
    with database.writing() as session:
        one_at_a_time(session)
        return _ask(session, whose, wanted, act)


def _ask(session: Session, whose: Whose, wanted: Wanted, act: Act) -> int:
    twin = spending.same(
        session, whose.service_id, whose.organisation_id, wanted.what, wanted.asked_on
    )
    if twin is not None:
        there = spending.get(session, twin)
        if there.amount == wanted.amount and there.decision is SpendDecision.WAITING:
            return twin
    made = SpendRequest(
        service_id=whose.service_id, organisation_id=whose.organisation_id,
        decision=SpendDecision.WAITING, recorded_by=act.actor, recorded_at=act.at, conditions=[],
        funds=[],
    )  # fmt: skip
    _fill(session, made, wanted, act)
    spending.add(session, made, act)
    return made.id


def _fill(session: Session, request: SpendRequest, wanted: Wanted, act: Act) -> None:
    rules.refuse_any(rules.wrong_asked(wanted.amount, wanted.years, wanted.asked_on, act.day))
    request.what, request.reference = wanted.what, wanted.reference
    request.amount, request.years = wanted.amount or 0, wanted.years or 1
    request.asked_on, request.confidential = wanted.asked_on, wanted.confidential
    request.capability_id = _need(session, wanted.need)
    known = (
        {each.usage for each in spending.arrangements(session, request.service_id)}
        if request.service_id is not None
        else set()
    )
    if not known.issuperset(wanted.funds):
        raise Invalid("funds", N_("Select from the list what it pays for"))
    there = {each.usage_id: each for each in request.funds}
    request.funds = [there.get(id_) or SpendUsage(usage_id=id_) for id_ in sorted(wanted.funds)]


def _need(session: Session, slug: str | None) -> int | None:
    if slug is None:
        return None
    try:
        return capabilities.leaf(session, slug).id
    except Missing as problem:
        raise Invalid("need", N_("Select the need from the list")) from problem


def change(database: Database, request_id: int, wanted: Wanted, act: Act) -> bool:
    """Put right what is asked for while it waits; False where nothing changes.

    Raises:
        Stale: it is decided or withdrawn.
        Invalid: a value is wrong.
    """
    with database.writing() as session:
        one_at_a_time(session)
        request = spending.get(session, request_id)
        rules.moved(request.decision, SpendDecision.WITHDRAWN)
        before = spending.document_of(request)
        _fill(session, request, wanted, act)
        return spending.changed(session, request, before, act, "spend.changed")


def withdraw(database: Database, request_id: int, act: Act) -> None:
    """Take a request back; raises Stale where it is decided."""
    with database.writing() as session:
        one_at_a_time(session)
        request = spending.get(session, request_id)
        before = spending.document_of(request)
        request.decision = rules.moved(request.decision, SpendDecision.WITHDRAWN)
        spending.changed(session, request, before, act, "spend.withdrawn")


def decide(database: Database, request_id: int, decided: Decided, act: Act, url: str) -> None:
    """Keep what a body decided, and tell those who answer for whoever asked, once.

    Args:
        url: where the portal is, for the mails.

    Raises:
        Stale: it is decided or withdrawn.
        Invalid: the decision does not say what it has to, or whoever decides recorded the request.
    """
    with database.writing() as session:
        one_at_a_time(session)
        request = spending.get(session, request_id)
        values = {"what": request.what, "decision": decided.decision.value,
                  "conditions": len(list(decided.conditions)),
                  "link": f"{url}/spend-requests/{request_id}"}  # fmt: skip
        letter = Letter("spend_decided", values, str(request_id))
        with told(session, [_asker(request)], letter, act):
            _decide(session, request_id, decided, act)


def _asker(request: SpendRequest) -> tuple[Kind, int]:
    if request.service_id is not None:
        return Kind.SERVICE, request.service_id
    return Kind.ORGANISATION, request.organisation_id or 0


def _decide(session: Session, request_id: int, decided: Decided, act: Act) -> None:
    request = spending.get(session, request_id)
    if request.recorded_by == act.actor:
        raise Clash("decision", N_("You recorded this yourself: somebody else decides"))
    rules.moved(request.decision, decided.decision)
    conditions = list(decided.conditions)
    rules.refuse_any(
        rules.wrong_decision(
            decided.decision, decided.reason, conditions, decided.on, request.asked_on, act.day
        )
    )
    before = spending.document_of(request)
    request.decision, request.decided_by = decided.decision, decided.by
    request.decided_on, request.reason = decided.on, decided.reason
    request.confidential = decided.confidential
    spending.set_conditions(request, conditions)
    spending.changed(session, request, before, act, f"spend.{decided.decision.value}")


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Add the requests of a set that are not there yet; how many.

    Args:
        database: the portal's.
        rows: of each `service` or `organisation`, `what`, `amount`, `years`, `need`, `reference`,
            `asked` (days ago), `funds` (needs whose way it pays for), `confidential`, `decision`,
            and of what was decided `decided` (days ago), `by`, `reason`, `conditions` (of each
            `text`, `due` and `met`, in days from today).
        act: who loads the set.
    """
    added = 0
    with database.writing() as session:
        one_at_a_time(session)
        for row in rows:
            kind = Kind.SERVICE if row["service"] else Kind.ORGANISATION
            found = things.by_slug(session, kind, row["service"] or row["organisation"]).id
            whose = Whose(found) if kind is Kind.SERVICE else Whose(None, found)
            if not _there(session, whose, row["reference"]):
                _add(session, whose, row, act)
                added += 1
    return added


def _there(session: Session, whose: Whose, reference: str) -> bool:
    return spending.referred(session, whose.service_id, whose.organisation_id, reference)


def _add(session: Session, whose: Whose, row: Document, act: Act) -> None:
    funds = [claims.usage_at(session, row["service"], need) for need in row["funds"]]
    wanted = Wanted(
        row["what"], row["amount"], row["years"], act.day - timedelta(days=row["asked"]),
        row["need"], row["reference"], funds, row["confidential"],
    )  # fmt: skip
    made = _ask(session, whose, wanted, replace(act, actor="command:demo"))
    if row["decision"] == SpendDecision.WAITING:
        return
    conditions = [
        Condition(each["text"], _in(act, each["due"]), _in(act, each["met"]))
        for each in row["conditions"]
    ]
    on = act.day - timedelta(days=row["decided"])
    decision = SpendDecision(row["decision"])
    decided = Decided(decision, row["by"], on, row["reason"], conditions, row["confidential"])
    _decide(session, made, decided, act)


def _in(act: Act, days: int | None) -> date | None:
    return None if days is None else act.day + timedelta(days=days)
