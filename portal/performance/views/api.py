"""The write API: programs send records to a data set, with one of its tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Blueprint, Flask, Response, request

from portal import clock
from portal.audit import Act
from portal.errors import Missing
from portal.performance.actions import receiving
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import personal
from portal.performance.rules import tokens as token_rules
from portal.performance.rules.entries import Sent
from portal.performance.rules.records import WrongRecords
from portal.performance.store import data_sets, tokens
from portal.performance.views import api_answers, api_reading
from portal.performance.views.api_answers import (
    NO_CONFIG,
    NO_HEADER,
    NOT_ALLOWED,
    done,
    error,
    marked,
    not_found,
    wrong,
)
from portal.performance.views.api_bodies import (
    REPEATED,
    BadBody,
    sent_json,
    sent_records,
    sent_token,
)
from portal.performance.words import Way
from portal.web import limits
from portal.web.guard import public
from portal.web.logs import request_id
from portal.web.reading import database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

blueprint = Blueprint("data_api", __name__)
ADDRESS = "/data/<group>/<type_>"
OLD = (
    "Deprecation Warning: accessing by data-set name is deprecated, "
    "Please use the /data-group/data-type form"
)
NOT_EMPTY = "Not implemented: you can only pass an empty JSON list"
CLOSED = "This data set is closed: it takes no more records"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
READS = ("GET", "HEAD", "OPTIONS")


class Allowed(NamedTuple):
    """A data set that somebody may write to, and the token by which."""

    data_set_id: int
    token_id: int


class Writing(NamedTuple):
    """A write under way: its transaction, to what, how and by whom."""

    session: Session
    data_set: DataSet
    sent: Sent
    act: Act


def install(app: Flask, writes_per_minute: int) -> None:
    """Register the addresses.

    Args:
        app: the portal.
        writes_per_minute: how often one token may write; 0 sets no limit.
    """
    app.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)  # no browser sends the header by itself
    api_answers.install(app)
    for name in ("data", "record", "by_name"):
        endpoint = f"{blueprint.name}.{name}"
        limits.posts(app, endpoint, {_who: writes_per_minute}, "minute", WRITES)


def _who() -> str:
    """Whose writes are counted together: a digest, which may stand in a storage."""
    return token_rules.digest(request.headers.get("Authorization", ""))


@blueprint.route(ADDRESS, methods=[*READS, "POST", "PUT"], provide_automatic_options=False)
@public
def data(group: str, type_: str) -> Response:
    """The records of a data set: read them, send more, or empty it."""
    if request.method in READS:
        return api_reading.answer(group, type_)
    return _write(group, type_, _post if request.method == "POST" else _put)


@blueprint.route("/<data_set_name:name>", methods=[*READS, "POST"], provide_automatic_options=False)
@public
def by_name(name: str) -> Response:
    """The same at the old form of the address."""
    group, _, type_ = name.partition("_")
    if request.method in READS:
        return marked(api_reading.answer(group, type_, old=True))
    return _write(group, type_, lambda: _post(OLD))


@blueprint.route(
    f"{ADDRESS}/", methods=["GET", *WRITES], defaults={"record_id": ""}, strict_slashes=False
)
@blueprint.route(f"{ADDRESS}/<path:record_id>", methods=["GET", *WRITES])
@public
def record(group: str, type_: str, record_id: str) -> Response:
    """One record: change some of its fields, or delete it. There is nothing to read here."""
    if request.method == "PATCH" and record_id:
        return _write(group, type_, lambda: _patch(record_id))
    if request.method == "DELETE" and record_id:
        return _write(group, type_, lambda: _delete(record_id))
    if record_id or request.path.endswith("/"):
        return not_found()
    return error(405, NOT_ALLOWED)


#: What is done in the transaction of a write; and what reads the body first and gives that.
Step = Callable[[Writing], Response]


def _post(warning: str | None = None) -> Step:
    rows = sent_records()

    def step(to: Writing) -> Response:
        receiving.receive(to.session, to.data_set, rows, to.sent, to.act)
        return done(message=warning) if warning else done()

    return step


def _put() -> Step:
    rows = sent_json()
    if rows != []:
        raise BadBody(NOT_EMPTY)

    def step(to: Writing) -> Response:
        receiving.empty(to.session, to.data_set, to.sent, to.act)
        return done(message=f"{_name(to.data_set.group, to.data_set.type)} now contains 0 records")

    return step


def _patch(record_id: str) -> Step:
    fields: Any = sent_json()

    def step(to: Writing) -> Response:
        receiving.change(to.session, to.data_set, record_id, fields, to.sent, to.act)
        return done()

    return step


def _delete(record_id: str) -> Step:
    def step(to: Writing) -> Response:
        receiving.delete(to.session, to.data_set, record_id, to.sent, to.act)
        return done()

    return step


def _write(group: str, type_: str, read_body: Callable[[], Step]) -> Response:
    """Check that there is a data set, then the header, then the token, then what was sent; then
    write all of it in one transaction.
    """
    at = clock.now()
    allowed = _allowed(group, type_, at)
    if isinstance(allowed, Response):
        return allowed
    try:
        return _written(allowed, read_body(), at)
    except BadBody as problem:
        listed = problem.listed and request.method == "POST"
        return wrong([problem.message]) if listed else error(400, problem.message)
    except WrongRecords as problem:
        return wrong(problem.messages)
    except Missing:
        return error(404, "Could not find record")


def _allowed(group: str, type_: str, at: datetime) -> Allowed | Response:
    with database().reading(fresh=True) as session:
        found = data_sets.at_address(session, group, type_)
        if found is None:
            return error(404, NO_CONFIG)
        id_, closed_on = found
        if "Authorization" not in request.headers:
            return error(401, NO_HEADER)
        token = sent_token()
        kept = token_rules.matching(tokens.of_set(session, id_), token or "", at)
        if kept is None:
            return error(401, _invalid(session, token, _name(group, type_)))
        if closed_on is not None:
            return error(400, CLOSED)
        return Allowed(id_, kept.id)


def _invalid(session: Session, token: str | None, name: str) -> str:
    """What is said of a token that is none of the data set's. Of what may be somebody's secret,
    such as a token of another data set, nothing is repeated.
    """
    secret = token is not None and (
        len(token) >= REPEATED
        or personal.looks_like(token) is not None
        or tokens.is_known(session, token_rules.digest(token))
    )
    said = "" if secret else f" '{token}'"
    return f"Unauthorized: Invalid bearer token{said} for '{name}'"


def _name(group: str, type_: str) -> str:
    return f"{group}_{type_}"


def _written(allowed: Allowed, step: Step, at: datetime) -> Response:
    act = Act(f"token:{allowed.token_id}", at, request_id())
    with database().writing() as session:
        tokens.note_used(session, allowed.token_id, act.day)
        data_set = data_sets.locked(session, allowed.data_set_id)
        return step(Writing(session, data_set, Sent(Way.API, token_id=allowed.token_id), act))


@blueprint.get("/_status")
@public
def status() -> Response:
    """That the portal and its database answer."""
    return api_reading.status()


@blueprint.get("/_status/data-sets")
@public
def status_of_sets() -> Response:
    """The data sets that are overdue."""
    return api_reading.status_of_sets()
