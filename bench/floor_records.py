"""The floor's JSON and CSV of records, and what its record page reads as well."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson

from bench.floor_sql import Connection

SERVICE = """
SELECT s.id, s.slug, s.name, s.purpose, s.user_need, s.transactional, s.category, s.customer_type,
  s.business_model, s.start_page, s.service_address, s.keywords, s.channels, s.sources,
  s.apis_answer, s.yearly_transactions, s.transactions_from, s.transactions_to, s.version,
  s.edited_at, s.audience_set, r.since, r.review_by, r.confirmed_at,
  r.confirmed_as, s.phase
FROM service s LEFT JOIN review r ON r.kind = 'service' AND r.thing_id = s.id
"""
FIELDS = ("id slug name purpose user_need transactional category customer_type business_model "
          "start_page service_address keywords channels sources apis_answer yearly_transactions "
          "transactions_from transactions_to version edited_at audience_set since review_by "
          "confirmed_at confirmed_as phase"
          ).split()  # fmt: skip
OWNERS = """
SELECT w.service_id, w.role, w.published_name, w.since, w.until, w.source, o.slug, o.name,
  (SELECT min(i.identifier) FROM organisation_identifier i WHERE i.organisation_id = o.id)
FROM service_owner w LEFT JOIN organisation o ON o.id = w.organisation_id
WHERE w.service_id IN ({}) ORDER BY w.id
"""
PHASES = (
    "SELECT service_id, phase, since, until FROM service_phase WHERE service_id IN ({}) ORDER BY id"
)
NAMES = ("SELECT service_id, name, kind, language, until FROM service_name "
         "WHERE service_id IN ({}) ORDER BY id")  # fmt: skip
LINKS = "SELECT service_id, kind, url, title FROM service_link WHERE service_id IN ({}) ORDER BY id"
APIS = ("SELECT service_id, name, address, documentation FROM service_api WHERE service_id IN ({}) "
        "ORDER BY id")  # fmt: skip
RELATIONS = """
SELECT r.service_id, r.relation, o.slug FROM service_relation r JOIN service o ON o.id = r.other_id
WHERE r.service_id IN ({}) ORDER BY r.id
"""
HEADER = ("slug name phase accountable accountable_identifier delivers funds purpose user_need "
          "audiences transactional category customer_type business_model start_page "
          "service_address keywords other_names channels apis_answer apis links relations "
          "yearly_transactions transactions_from transactions_to sources edited_on confirmed_on "
          "review_by review_state").split()  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
BATCH = 500


def place(after: str) -> tuple[str, int]:
    """The name and id behind the portal's key of a page."""
    found: list[Any] = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    return found[0], found[1]


def texts(value: Any) -> Any:
    """A list from JSON: one driver reads it, the other gives the text."""
    return json.loads(value) if isinstance(value, str) else value


def day(value: Any) -> str | None:
    """A day as ISO text."""
    return str(value) if value is not None else None


CHILDREN = {"owners": OWNERS, "phases": PHASES, "names": NAMES, "links": LINKS, "apis": APIS,
            "relations": RELATIONS}  # fmt: skip


def children(
    run: Connection, ids: list[int], of: dict[str, str] = CHILDREN
) -> dict[str, dict[int, list[Any]]]:
    """The rows that belong to these services, by table and service."""
    marks, found = ", ".join(map(str, ids)), {}
    for name, sql in of.items():
        mine: dict[int, list[Any]] = {}
        for row in run(sql.format(marks)):
            mine.setdefault(row[0], []).append(row[1:])
        found[name] = mine
    return found


def documents(run: Connection, rows: list[Any], named: bool = False) -> Iterator[dict[str, Any]]:
    """The documents of services."""
    lists = children(run, [row[0] for row in rows])
    for row in rows:
        s = dict(zip(FIELDS, row, strict=True))
        mine = {name: by_id.get(s["id"], []) for name, by_id in lists.items()}
        owners = []
        for role, published, since, until, source, _slug, name, reference in mine["owners"]:
            owner = {"role": role, "organisation": reference, "published_name": published,
                     "since": day(since), "until": day(until), "source": source}  # fmt: skip
            owners.append({**owner, "name": name or published} if named else owner)
        transactional = s["transactional"]
        yield {
            "slug": s["slug"], "name": s["name"], "purpose": s["purpose"],
            "user_need": s["user_need"],
            "audiences": s["audience_set"].split(",") if s["audience_set"] else [],
            "transactional": None if transactional is None else bool(transactional),
            "category": s["category"], "customer_type": s["customer_type"],
            "business_model": s["business_model"], "start_page": s["start_page"],
            "service_address": s["service_address"], "keywords": texts(s["keywords"]),
            "names": [{"name": n, "kind": k, "language": c, "until": day(u)}
                      for n, k, c, u in mine["names"]],
            "links": [{"kind": k, "url": u, "title": t} for k, u, t in mine["links"]],
            "channels": texts(s["channels"]),
            "phases": [{"phase": p, "since": day(a), "until": day(b)}
                       for p, a, b in mine["phases"]],
            "owners": owners, "apis_answer": s["apis_answer"],
            "apis": [{"name": n, "address": a, "documentation": d} for n, a, d in mine["apis"]],
            "relations": [{"relation": r, "service": o} for r, o in mine["relations"]],
            "yearly_transactions": s["yearly_transactions"],
            "transactions_from": day(s["transactions_from"]),
            "transactions_to": day(s["transactions_to"]), "sources": texts(s["sources"]),
            "edited_on": str(s["edited_at"])[:10],
            "confirmed_on": str(s["confirmed_at"])[:10] if s["confirmed_at"] else None,
            "review_by": day(s["review_by"]), "review_state": state(s["review_by"]),
        }  # fmt: skip


def state(by: Any) -> str | None:
    """How a record that is to be confirmed by a day stands today."""
    if by is None:
        return None
    left = (date.fromisoformat(str(by)) - date.today()).days  # noqa: DTZ011
    if left < 0:
        return "stale" if left <= -60 else "overdue"
    return "due" if left <= 30 else "fresh"


def as_json(run: Connection, asked: dict[str, str]) -> bytes:
    """The records that a filter by phase, category or both leaves."""
    where = " AND ".join(f"s.{name} = %s" for name in asked)
    rows = run(f"{SERVICE} WHERE {where} ORDER BY s.sort_name, s.id", list(asked.values()))
    found = list(documents(run, rows))
    return orjson.dumps({"items": found, "count": len(found)})


def as_csv(run: Connection) -> Iterator[bytes]:
    """Everything, safe to open in a spreadsheet, a few hundred rows in memory."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    yield buffer.getvalue().encode()
    edge: tuple[str, int] = ("", 0)
    while True:
        rows = run(f"{SERVICE} WHERE (s.sort_name, s.id) > (%s, %s) "
                   f"ORDER BY s.sort_name, s.id LIMIT {BATCH}", edge)  # fmt: skip
        if not rows:
            return
        buffer.seek(0)
        buffer.truncate()
        for d, row in zip(documents(run, rows, named=True), rows, strict=True):
            writer.writerow([safe(value) for value in cells(d, row[-1])])
        yield buffer.getvalue().encode()
        edge = rows[-1][2].lower(), rows[-1][0]


def cells(d: dict[str, Any], phase: str) -> list[Any]:
    """A record as the cells of its row."""

    def held(role: str, field: str) -> str:
        return "; ".join(o[field] for o in d["owners"] if o["role"] == role and not o["until"])

    flag = {None: "", True: "true", False: "false"}[d["transactional"]]
    return [
        d["slug"], d["name"], phase, held("accountable", "name"),
        held("accountable", "organisation"), held("delivers", "name"), held("funds", "name"),
        d["purpose"], d["user_need"], "; ".join(d["audiences"]), flag, d["category"],
        d["customer_type"], d["business_model"], d["start_page"], d["service_address"],
        "; ".join(d["keywords"]), "; ".join(n["name"] for n in d["names"]),
        "; ".join(d["channels"]), d["apis_answer"],
        "; ".join(" ".join(filter(None, a.values())) for a in d["apis"]),
        "; ".join(x["url"] for x in d["links"]),
        "; ".join(f"{r['relation']} {r['service']}" for r in d["relations"]),
        d["yearly_transactions"], d["transactions_from"], d["transactions_to"],
        "; ".join(d["sources"]),
        d["edited_on"], d["confirmed_on"], d["review_by"], d["review_state"],
    ]  # fmt: skip


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + value if isinstance(value, str) and value.startswith(FORMULA) else value
