"""The read API: what the records of a data set say, one by one or put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from flask import Response, request

from portal import clock
from portal.audit import london_day
from portal.performance.models.data_sets import DataSet
from portal.performance.rules import tokens as token_rules
from portal.performance.rules.freshness import out_of_date
from portal.performance.rules.queries import Query, WrongQuery, read
from portal.performance.store import data_sets, tokens
from portal.performance.store import reading as store
from portal.performance.views.api_answers import (
    NO_CACHE,
    NO_HEADER,
    NO_SET,
    error,
    laid_out,
    shared,
    told,
)
from portal.performance.views.api_bodies import sent_token
from portal.web import csv_out
from portal.web.caching import etag_of
from portal.web.reading import reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WARNING = "Warning: This data-set is unpublished. Data may be subject to change or be inaccurate."
#: For how long others may keep an answer, in seconds.
KEPT, KEPT_REALTIME = 1800, 120
#: Fields that are told with a space in files for spreadsheets, as they always were.
_MOMENTS, _ENDS = ("_timestamp", "_updated_at"), ("_start_at", "_end_at")


def answer(group: str, type_: str, old: bool = False) -> Response:
    """What is asked of a data set, as JSON or CSV; `old` says at the old form of its address."""
    with reading() as session:
        found = data_sets.find(session, group, type_)
        if found is None or not found.queryable:
            return error(404, NO_SET)
        if request.method == "OPTIONS":
            return _options()
        if not found.published and not _has_token(session, found):
            return error(401, NO_HEADER)
        args = dict(request.args.lists())
        try:
            query = read(args, found.raw_queries, clock.now())
            return _answer(session, found, query, old)
        except WrongQuery as problem:
            return error(400, str(problem))


def _options() -> Response:
    """What browsers ask before a page of another portal may read."""
    response = shared(Response(status=200))
    response.headers["Allow"] = "GET, HEAD, OPTIONS"
    response.headers["Access-Control-Max-Age"] = "86400"
    allowed = "cache-control, govuk-request-id, request-id"
    response.headers["Access-Control-Allow-Headers"] = allowed
    return response


def _has_token(session: Session, data_set: DataSet) -> bool:
    kept = tokens.of_set(session, data_set.id)
    return token_rules.matching(kept, sent_token() or "", clock.now()) is not None


def _answer(session: Session, data_set: DataSet, query: Query, old: bool) -> Response:
    etag = etag_of(store.mark(session, data_set), query.start, query.end)
    if request.if_none_match.contains_weak(etag) and data_set.published:
        response = Response(status=304)
    elif query.csv and data_set.published:
        spaced = _ENDS if query.grouped else _MOMENTS
        response = _csv(_rows(session, data_set, query), spaced)
    else:
        body = _json(session, data_set, query)
        if old and query.grouped:
            body = laid_out(orjson.loads(body)).encode()
        response = Response(body, content_type="application/json")
    if data_set.published:
        if not (old and query.grouped):
            response.set_etag(etag)
        kept = KEPT_REALTIME if data_set.realtime else KEPT
        response.headers["Cache-Control"] = f"max-age={kept}, must-revalidate"
    else:
        response.headers["Cache-Control"] = NO_CACHE
    return shared(response)


def _json(session: Session, data_set: DataSet, query: Query) -> bytes:
    if query.grouped:
        rows = orjson.dumps(store.grouped(session, data_set, query))
    else:
        rows = f"[{','.join(store.texts(session, data_set, query))}]".encode()
    warning = b"" if data_set.published else b', "warning": ' + orjson.dumps(WARNING)
    return b'{"data": ' + rows + warning + b"}"


def _rows(session: Session, data_set: DataSet, query: Query) -> list[dict[str, Any]]:
    if query.grouped:
        return store.grouped(session, data_set, query)
    return [orjson.loads(text) for text in store.texts(session, data_set, query)]


def _csv(rows: Iterable[dict[str, Any]], spaced: Sequence[str]) -> Response:
    """The rows as a file for spreadsheets; lists in them as rows of their own."""
    flat = [
        {key: str(value) if isinstance(value, bool) else value for key, value in each.items()}
        for row in rows
        for each in _unfolded(row)
    ]
    header = sorted({key for row in flat for key in row})
    for row in flat:
        row.update({key: row[key].replace("T", " ") for key in spaced if key in row})
    cells = ([row.get(key) for key in header] for row in flat)
    # Clients of the original read 3.0 where 3.0 was sent.
    body = b"".join(csv_out.stream(header, cells, whole=False)) if flat else b""
    response = Response(body, content_type="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=export.csv"
    return response


def _unfolded(row: dict[str, Any]) -> list[dict[str, Any]]:
    series = row.get("values")
    if not isinstance(series, list) or not all(isinstance(each, dict) for each in series):
        return [row]
    return [{**{k: v for k, v in row.items() if k != "values"}, **each} for each in series]


def status() -> Response:
    """That the portal and its database answer."""
    with reading() as session:
        data_sets.find(session, "", "")
    response = told(200, status="ok", message="app is up")
    response.headers["Cache-Control"] = NO_CACHE
    return response


def status_of_sets() -> Response:
    """The published data sets that are overdue, with by how many seconds."""
    now = clock.now()
    with reading() as session:
        late = [out_of_date(row, now) for row in data_sets.overdue(session, london_day(now))]
    if late:
        many = f"{len(late)} {'data-sets are' if len(late) > 1 else 'data-set is'} out of date"
        response = told(200, status="not okay", data_sets=late, message=many)
    else:
        message = "All data_sets are in date"
        response = told(200, status="ok", data_sets=None, message=message)
    response.headers["Cache-Control"] = NO_CACHE
    return response
