"""Replay recorded exchanges: what programs sent to another portal, and what it answered."""

from __future__ import annotations

import gzip
import json
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.performance.actions import moving_in
from portal.performance.actions.moving_in import Flags
from portal.performance.models.data_sets import DataMeasure, DataSet
from portal.performance.rules import moments
from portal.performance.rules.entries import Record
from portal.performance.store import data_sets, records
from portal.performance.words import SetKind, Unit
from tests.support.data import ACT

TOKEN = "tok"
OWN = Path(__file__).parent / "pairs"
#: A folder with recorded exchanges that the repository does not hold.
SHARED = Path(os.environ.get("PORTAL_RECORDINGS", "."))
Case = dict[str, Any]
#: What is sent, by the label of the exchange, where it is not the usual.
AUTHORISED = {
    "no auth": None, "bad prefix": "Basic tok", "wrong token": "Bearer nope",
    "lower bearer": "bearer tok", "token w/ trailing space": "Bearer tok ",
    "unauth before body check": "Bearer no",
}  # fmt: skip
TYPES = {
    "no content type": None, "charset ct": "application/json; charset=utf-8",
    "form ct": "application/x-www-form-urlencoded", "vnd json": "application/vnd.api+json",
}  # fmt: skip
#: What a clock or a random number made.
_VOLATILE = {"_updated_at"}
_UPDATED = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{6}\+00:00")
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Different:
    """An answer that is not the recorded one."""

    label: str
    status: tuple[int, int]
    wanted: Any
    given: Any


def load(folder: Path, name: str) -> Case:
    found: Case = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def label(case: Case) -> str:
    return str(case.get("label") or case["path"])


def make_sets(session: Session) -> None:
    """The data sets that the writes go to."""
    for group, type_, flags in (
        ("g", "raw", Flags(open_schema=True)),
        ("g", "auto", Flags(["_timestamp", "channel"], open_schema=True)),
        ("svc", "notifications", Flags()),
        ("svc", "payments", Flags()),
        ("svc", "transactions-by-channel", Flags()),
    ):
        moving_in.create(session, group, type_, [TOKEN], flags, ACT)
    row = DataSet(group="g", type="schema", title="Counts", kind=SetKind.OWN, auto_ids=[])
    count = DataMeasure(key="count", title="Count", unit=Unit.COUNT, summable=True)
    data_sets.add(session, row, [], [count], ACT)
    moving_in.create(session, "g", "schema", [TOKEN], Flags(), ACT)


def fill_sets(session: Session, recorded: Case) -> None:
    """The data sets that are read, with their records: some without a moment, as old ones are."""
    settings = {"raw_queries_allowed": "raw_queries"}
    for name in {*recorded["data"], *recorded["config"]}:
        group, type_ = name.split("/")
        given = recorded["config"].get(name, {})
        flags = Flags(open_schema=True, **{settings.get(k, k): v for k, v in given.items()})
        made = moving_in.create(session, group, type_, [TOKEN], flags, ACT)
        rows = recorded["data"].get(name, ())
        put = [record(row) for row in rows]
        records.put(session, made.id, put, ACT.at.replace(microsecond=123456))


def record(row: Case) -> Record:
    """A record as it is kept, though one without a moment would be refused."""
    at = moments.read(row.get("_timestamp"))
    known = {"_id": str(uuid.uuid4()), **row}
    if at is not None:
        known["_timestamp"] = at.isoformat()
    return Record(known["_id"], at, None, known)


def replay(client: FlaskClient, cases: list[Case]) -> Iterator[Different]:
    """Send each request in turn, and tell what is answered differently."""
    for case in cases:
        answer = send(client, case)
        wanted, given = _told(case["body"]), _body(answer, case)
        same = answer.status_code == case["status"] and wanted == given and _headers(answer, case)
        if not same:
            yield Different(label(case), (case["status"], answer.status_code), wanted, given)


def send(client: FlaskClient, case: Case) -> TestResponse:
    headers = {"Accept": "*/*"}
    path = case["path"]
    if "req" not in case:
        return client.open(path, method=case["method"], headers=headers)
    name = label(case)
    data = (case["req"] or "").encode("latin-1")
    if name == "gzip bomb":
        data = gzip.compress(b" " * 20_000_000)  # the recorded one was cut short
    if name == "12MB plain":
        data = b"[" + b" " * 12_000_000 + b"]"
    if name == "unicode":
        data = case["req"].encode("latin-1")
    if "gzip" in name:
        headers["Content-Encoding"] = "gzip"
    authorised = AUTHORISED.get(name, f"Bearer {TOKEN}")
    if authorised is not None:
        headers["Authorization"] = authorised
    return client.open(
        path, method=case["method"], headers=headers, data=data or None,
        content_type=TYPES.get(name, "application/json"),
    )  # fmt: skip


def _told(body: Any) -> Any:
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return _stable(body)
    return _stable(body)


def _body(answer: TestResponse, case: Case) -> Any:
    if answer.mimetype != "application/json":
        return _stable(answer.get_data(as_text=True))
    return _stable(json.loads(answer.get_data())) if answer.get_data() else ""


def _stable(value: Any) -> Any:
    """Without what a clock or a random number made, or Python 2's `u` before texts."""
    if isinstance(value, list):
        return [_stable(each) for each in value]
    if isinstance(value, dict):
        return {key: _stable(each) for key, each in value.items() if not _is_volatile(key, each)}
    if not isinstance(value, str):
        return value
    return re.sub(r"\bu'", "'", _UPDATED.sub("", value))


def _is_volatile(key: str, value: Any) -> bool:
    made = isinstance(value, str) and (
        _RANDOM_ID.fullmatch(value) or re.fullmatch("[a-z-]+-[0-9]+", value)
    )
    return key in _VOLATILE or (key == "_id" and bool(made))


def _headers(answer: TestResponse, case: Case) -> bool:
    return all(answer.headers.get(name) == value for name, value in case["headers"].items())
