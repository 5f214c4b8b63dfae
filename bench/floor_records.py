"""The floor's record page, JSON and CSV."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from jinja2 import Template

from bench.floor_sql import Connection

SERVICE = """
SELECT s.id, s.slug, s.name, s.purpose, s.user_need, s.transactional, s.category, s.customer_type,
  s.business_model, s.start_page, s.service_address, s.keywords, s.channels, s.sources,
  s.apis_answer, s.yearly_transactions, s.transactions_from, s.transactions_to, s.version,
  s.edited_at, s.audience_set, r.since, r.review_by, r.confirmed_at, s.phase
FROM service s LEFT JOIN review r ON r.kind = 'service' AND r.thing_id = s.id
"""
FIELDS = ("id slug name purpose user_need transactional category customer_type business_model "
          "start_page service_address keywords channels sources apis_answer yearly_transactions "
          "transactions_from transactions_to version edited_at audience_set since review_by "
          "confirmed_at phase"
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
USAGES = """
SELECT c.slug, c.name, m.slug, m.name, u.arrangement, u.product, u.status, u.since, u.until,
  m.lifecycle, m.closes_on, n.name, n.slug, u.id, u.confirmed_on, u.disputed_on
FROM usage u JOIN capability c ON c.id = u.capability_id
LEFT JOIN component m ON m.id = u.component_id LEFT JOIN component n ON n.id = m.successor_id
WHERE u.service_id = %s ORDER BY c.name, u.since, u.id
"""
LEAVES = """
SELECT count(*) FROM capability c
WHERE NOT EXISTS (SELECT 1 FROM capability b WHERE b.parent_id = c.id)
"""
ANSWERS = "SELECT capability_id, answer FROM capability_need WHERE service_id = %s"
JOURNEYS = """
SELECT j.slug, j.name FROM journey_step t JOIN journey j ON j.id = t.journey_id
WHERE t.service_id = %s
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


def children(run: Connection, ids: list[int]) -> dict[str, dict[int, list[Any]]]:
    """The rows that belong to these services, by table and service."""
    marks, found = ", ".join(map(str, ids)), {}
    for name, sql in (("owners", OWNERS), ("phases", PHASES), ("names", NAMES), ("links", LINKS),
                      ("apis", APIS), ("relations", RELATIONS)):  # fmt: skip
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


def record(run: Connection, slug: str, page: Template) -> str:
    """The page of one service."""
    [row] = run(f"{SERVICE} WHERE s.slug = %s", (slug,))
    s = dict(zip(FIELDS, row, strict=True))
    id_ = s["id"]
    mine = {name: by_id.get(id_, []) for name, by_id in children(run, [id_]).items()}
    usages, leaves = run(USAGES, (id_,)), run(LEAVES)[0][0]
    run(ANSWERS, (id_,))
    journeys = run(JOURNEYS, (id_,))
    now = [met(u) for u in usages if u[6] != "stopped"]
    before = [met(u) for u in usages if u[6] == "stopped"]
    owners = [
        (f"/organisations/{o[5]}", o[6], [(None, o[0]), (None, when(o[2], o[3])), (None, o[4])])
        for o in mine["owners"]
    ]
    now_by = {o[0]: (f"/organisations/{o[5]}", o[6]) for o in mine["owners"] if not o[3]}
    start = s["start_page"]
    facts = [
        ("Accountable", *now_by.get("accountable", (None, None))),
        ("Delivers it", *now_by.get("delivers", (None, None))),
        ("User need", None, s["user_need"]), ("Who uses it", None, s["audience_set"]),
        ("Start page", start, start), ("Service address", None, s["service_address"]),
        ("Also known as", None, ", ".join(n[0] for n in mine["names"])),
        ("Channels", None, ", ".join(texts(s["channels"]))),
        ("Transactional", None, "Yes" if s["transactional"] else "No"),
        ("Category", None, s["category"]),
        ("Yearly transactions", None, s["yearly_transactions"]), ("APIs", None, s["apis_answer"]),
        ("Keywords", None, ", ".join(texts(s["keywords"]))),
    ]  # fmt: skip
    tables = [
        ("needs-now", "How it meets its needs", ("Need", "How", "Since", "How it stands", "Source"),
         now),
        ("needs-before", "What it used before", ("Need", "How", "When", "How it stands", "Source"),
         before),
        ("apis", "APIs", ("Name", "Address", "Documentation"),
         [(None, n, [(a, a), (d, d or "Not given")]) for n, a, d in mine["apis"]]),
        ("owners", "Organisations over time", ("Organisation", "What it does", "When", "Source"),
         owners),
        ("phases", "Phases", ("Phase", "When"),
         [(None, p, [(None, when(a, b))]) for p, a, b in mine["phases"]]),
    ]  # fmt: skip
    return page.render(
        title=s["name"], phase=s["phase"], s=s, facts=facts, tables=tables, journeys=journeys,
        unanswered=leaves - len({u[0] for u in usages}), sources=texts(s["sources"]),
        links=[(kind, url) for kind, url, _ in mine["links"]], edited=str(s["edited_at"])[:10],
        confirmed=s["confirmed_at"], by=s["review_by"], since=s["since"],
        state=state(s["review_by"]),
    )  # fmt: skip


def met(u: Any) -> tuple[object, ...]:
    """A row of the table of needs."""
    need, name, component, called, arrangement, product, status, since, until = u[:9]
    how = (f"/components/{component}", called) if component else (None, product or arrangement)
    stands = f"Disputed {u[15]}" if u[15] else f"Confirmed {u[14]}" if u[14] else "Declared"
    return f"/capabilities/{need}", name, [how, (None, f"{status} {when(since, until)}"),
                                           (f"/usages/{u[13]}", f"{stands}. Why"),
                                           (None, "Not given")]  # fmt: skip


def when(since: Any, until: Any) -> str:
    """From when to when."""
    return f"{since or ''} to {until}" if until else f"Since {since}" if since else "Not known"
