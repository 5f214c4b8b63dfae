"""Send links for the figures of one period, take them back, and give figures by them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal import jobs, mail
from portal.accounts.rules.addresses import clean_email
from portal.audit import Act, Document, record
from portal.db import Database
from portal.errors import N_, Invalid, Missing, Refused
from portal.jobs import Run
from portal.performance.actions import answering
from portal.performance.models.collecting import FigureLink
from portal.performance.models.data_sets import DataSet
from portal.performance.models.values import DataBatch
from portal.performance.rules import figure_links as rules
from portal.performance.rules import tokens
from portal.performance.rules.answers import Answer
from portal.performance.rules.entries import Sent
from portal.performance.store import data_sets, figure_links
from portal.performance.words import ValueStatus, Way

KIND = "figure_link"


class Over(Missing):
    """A link that does not work, for whatever reason: nobody is told which."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What the mail with a link says.

    Attributes:
        to: the address as it was typed.
        about: the data set, with what it is of.
        period: in words.
        public_url: where the portal is.
    """

    to: str
    about: str
    period: str
    public_url: str


def send(
    database: Database, data_set_id: int, start: date, letter: Letter, days: int, act: Act
) -> FigureLink:
    """Send a link for the figures of a period. Its token is in the mail and nowhere else.

    Raises:
        Invalid: it is no address, or too many links work already.
        Refused: the data set is closed, or there is no form for the period.
    """
    to, token = clean_email(letter.to), tokens.new_token()
    ends_at = act.at + timedelta(days=days)
    with database.writing() as session:
        row = answering.open_set(session, data_set_id)
        answering.sheet(session, row, start)
        if start > act.day:
            raise Refused("the period has not begun")
        if figure_links.working(session, row.id, act.at) >= rules.MOST:
            message = N_("%(most)s links of this data set work already: revoke one first")
            raise Invalid("email", message, most=rules.MOST)
        made = FigureLink(
            data_set_id=row.id, start=start, digest=tokens.digest(token), email=to,
            asked_by=act.actor, sent_at=act.at, ends_at=ends_at,
        )  # fmt: skip
        session.add(made)
        session.flush()
        values = {
            "about": letter.about, "period": letter.period, "days": days,
            "link": f"{letter.public_url}/figures/{token}",
        }  # fmt: skip
        mail.queue(session, to, KIND, values, _key(made.id), act.at, priority=jobs.URGENT)
        _record(session, act, "data_set.link_sent", made, None)
        return made


def revoke(database: Database, data_set_id: int, link_id: int, act: Act) -> None:
    """Take a link back at once, and forget the address it went to.

    Raises:
        Missing: there is no such link.
        Invalid: it does not work any more.
    """
    with database.writing() as session:
        data_sets.locked(session, data_set_id)
        found = figure_links.get(session, data_set_id, link_id)
        session.refresh(found)
        if not rules.works(found, act.at):
            raise Invalid("link", N_("This link does not work any more"))
        before = _document(found)
        found.revoked_at = act.at
        _end(session, found, act, "data_set.link_revoked", before)


def opened(session: Session, token: str, at: datetime) -> FigureLink:
    """The link with a token. Raises Over where it does not work."""
    found = figure_links.by_digest(session, tokens.digest(token))
    if found is None or not rules.works(found, at):
        raise Over("the link does not work")
    return found


def _held(session: Session, token: str, at: datetime) -> tuple[FigureLink, DataSet]:
    """The link and its data set, for a transaction that writes by it."""
    row = answering.open_set(session, opened(session, token, at).data_set_id)
    # Whoever held the data set before may have used the link, or taken it back.
    return opened(session, token, at), row


def answer(database: Database, token: str, number: int, given: Answer, base: str, act: Act) -> None:
    """Keep the answer to one question, as `answering.answer` does. A note of the team's stays where
    none is given: whoever has a link is not shown it.

    Raises:
        Over: the link does not work.
    """
    with database.writing() as session:
        link, row = _held(session, token, act.at)
        known = answering.sheet(session, row, link.start).answers.get(number)
        if known is not None and given.note is None:
            given = replace(given, note=known.note)
        by = replace(act, actor=rules.actor(link.id))
        answering.answer_in(session, row, link.start, number, given, base, by)


def submit(database: Database, token: str, status: ValueStatus, base: str, act: Act) -> DataBatch:
    """Send the answers, as `answering.submit` does, and use the link up.

    Raises:
        Over: the link does not work.
    """
    with database.writing() as session:
        link, row = _held(session, token, act.at)
        by = replace(act, actor=rules.actor(link.id))
        sent = Sent(Way.LINK)
        batch = answering.submit_in(session, row, link.start, status, base, sent, by)
        before = _document(link)
        link.used_at = act.at
        _end(session, link, by, "data_set.link_used", before)
        return batch


@jobs.handler("performance.forget_links", every=timedelta(days=1))
def forget(run: Run) -> None:
    """Forget the addresses of links that have ended."""
    at = run.clock()
    with run.database.writing() as session:
        ended = figure_links.forget_over(session, at)
        mail.forget_these(session, [_key(link_id) for link_id in ended], at)


def _end(session: Session, link: FigureLink, act: Act, tag: str, before: Document) -> None:
    link.email = None
    mail.forget_these(session, [_key(link.id)], act.at)
    _record(session, act, tag, link, before)


def _key(link_id: int) -> str:
    return f"{KIND}:{link_id}"


def _document(link: FigureLink) -> Document:
    return {
        "link_id": link.id,
        "link_for": link.start.isoformat(),
        "ends_at": link.ends_at.isoformat(),
        "used_at": link.used_at.isoformat() if link.used_at else None,
        "revoked_at": link.revoked_at.isoformat() if link.revoked_at else None,
    }


def _record(
    session: Session, act: Act, tag: str, link: FigureLink, before: Document | None
) -> None:
    session.flush()
    # Beside what changed, the event says of which link.
    told = None if before is None else {**before, "link_id": None, "link_for": None}
    record(session, act, tag, data_sets.THING, link.data_set_id, told, _document(link))
