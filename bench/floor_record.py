"""The floor's page of one service, in the same words as the portal's."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Template

from bench.floor_records import CHILDREN, FIELDS, SERVICE, children, state, texts
from bench.floor_sql import Connection

USAGES = """
SELECT c.slug, c.name, m.slug, m.name, u.arrangement, u.product, u.status, u.since, u.until,
  m.lifecycle, m.closes_on, n.name, n.slug, u.id, u.confirmed_on, u.disputed_on, n.lifecycle,
  u.planned_live, u.supplier, o.slug, u.reason, u.reason_note, u.note, u.source,
  coalesce(x.name, a.product)
FROM usage u JOIN capability c ON c.id = u.capability_id
LEFT JOIN component m ON m.id = u.component_id LEFT JOIN component n ON n.id = m.successor_id
LEFT JOIN organisation o ON o.id = u.supplier_id
LEFT JOIN usage a ON a.replaces_id = u.id AND a.service_id = u.service_id
LEFT JOIN component x ON x.id = a.component_id
WHERE u.service_id = %s ORDER BY c.name, u.since, u.id
"""
LEAVES = """
SELECT count(*) FROM capability c
WHERE NOT EXISTS (SELECT 1 FROM capability b WHERE b.parent_id = c.id)
"""
ANSWERS = """
SELECT c.slug, c.name, n.answer, n.note FROM capability_need n
JOIN capability c ON c.id = n.capability_id WHERE n.service_id = %s ORDER BY c.name
"""
JOURNEYS = """
SELECT j.slug, j.name, t.position,
  (SELECT count(*) FROM journey_step s WHERE s.journey_id = j.id)
FROM journey_step t JOIN journey j ON j.id = t.journey_id WHERE t.service_id = %s
ORDER BY j.sort_name, t.position
"""
LISTS = {**CHILDREN, "owners": """
SELECT w.service_id, w.role, w.published_name, w.since, w.until, w.source, o.slug, o.name
FROM service_owner w LEFT JOIN organisation o ON o.id = w.organisation_id
WHERE w.service_id IN ({}) ORDER BY w.id
""", "relations": """
SELECT r.service_id, r.relation, o.slug, o.name FROM service_relation r
JOIN service o ON o.id = r.other_id WHERE r.service_id IN ({}) ORDER BY r.id
"""}  # fmt: skip
REPLACED_BY = """
SELECT o.slug, o.name FROM service_relation r JOIN service o ON o.id = r.service_id
WHERE r.other_id = %s AND r.relation = 'replaces' ORDER BY o.id
"""
HELD = """
SELECT a.stage, a.kind, a.held_on, a.result, a.id FROM assessment a
JOIN report r ON r.id = a.report_id WHERE r.same_as_id IS NULL AND a.service_id = %s
"""
HELD_USED = """
SELECT a.stage, a.kind, a.held_on, a.result, a.id, m.name
FROM usage u JOIN assessment a ON a.component_id = u.component_id
JOIN report r ON r.id = a.report_id JOIN component m ON m.id = a.component_id
WHERE u.service_id = %s AND u.status IN ('live', 'stopping', 'integrating')
AND r.same_as_id IS NULL
"""
DATA_SETS = """
SELECT d."group", d.type, d.title, d.last_start, d.due_on, d.closed_on FROM data_set d
WHERE d.service_id = %s AND d.published ORDER BY d."group", d.type
"""
ENDING = ("deprecated", "closing", "closed")
#: The stages in their order, without the one that is not known, and the words of results.
STAGES = {"discovery": "Discovery", "alpha": "Alpha", "beta": "Beta", "live": "Live"}
RESULTS = {"met": ("Passed", "green"), "met_with_conditions": ("Passed with conditions", "yellow"),
           "not_met": ("Not passed", "red")}  # fmt: skip
MONTHS = ("", "January", "February", "March", "April", "May", "June", "July", "August",
          "September", "October", "November", "December")  # fmt: skip
PHASES = {
    "discovery": ("Discovery", "purple"), "alpha": ("Alpha", "pink"),
    "private_beta": ("Private beta", "orange"), "public_beta": ("Public beta", "blue"),
    "live": ("Live", "green"), "retired": ("Retired", "grey"),
    "unknown": ("Phase not known", "grey"),
}  # fmt: skip
SAID = {
    "public": "The public", "business": "Businesses", "internal": "People in government",
    "accountable": "Accountable", "delivers": "Delivers it", "funds": "Funds it",
    "online": "Online", "phone": "Phone", "none": "Offers no API", "unknown": "Not answered",
    "own_build": "Own build", "bought_product": "Bought product", "by_hand": "By hand",
    "gap": "Not met", "considering": "Considering", "planned": "Planned",
    "integrating": "Integrating", "stopping": "Stopping", "source_code": "Source code",
    "needed": "needed; how it is met now is not known.", "not_needed": "not needed.",
    "not_known": "not known.", "depends_on": "Depends on", "replaces": "Replaces",
    "service_owner": "the service team", "None": "",
}  # fmt: skip


@cache
def day(text: str) -> str:
    """A day in words."""
    year, month, number = text[:10].split("-")
    return f"{int(number)} {MONTHS[int(month)]} {year}"


def said(value: Any) -> str | None:
    """A day from the database in words."""
    return day(str(value)) if value else None


def when(since: Any, until: Any) -> str:
    """From when to when."""
    if not since:
        return "Dates not known"
    return f"{said(since)} to {said(until)}" if until else f"Since {said(since)}"


def joined(values: list[str]) -> str:
    """Several labels, the first one with a capital."""
    found = [SAID[value] for value in values]
    return ", ".join([*found[:1], *(each.lower() for each in found[1:])])


def record(run: Connection, slug: str, page: Template) -> str:
    """The page of one service."""
    [row] = run(f"{SERVICE} WHERE s.slug = %s", (slug,))
    s = dict(zip(FIELDS, row, strict=True))
    id_ = s["id"]
    mine = {name: by_id.get(id_, []) for name, by_id in children(run, [id_], LISTS).items()}
    usages, leaves = run(USAGES, (id_,)), run(LEAVES)[0][0]
    answers, journeys = run(ANSWERS, (id_,)), run(JOURNEYS, (id_,))
    instead = run(REPLACED_BY, (id_,)) if s["phase"] == "retired" else []
    held, used = run(HELD, (id_,)), run(HELD_USED, (id_,))
    stale = state(s["review_by"]) == "stale"
    now = [met(u, True, stale) for u in usages if u[6] != "stopped"]
    before = [met(u, False, stale) for u in usages if u[6] == "stopped"]
    owners = [
        (f"/organisations/{o[5]}", o[6], "", [(None, SAID[o[0]], "", ()),
         (None, when(o[2], o[3]), "", ()), (None, o[4] or "Not given", "", ())])
        for o in mine["owners"]
    ]  # fmt: skip
    now_by = {o[0]: (f"/organisations/{o[5]}", o[6]) for o in mine["owners"] if not o[3]}
    start, many, apis = s["start_page"], s["yearly_transactions"], mine["apis"]
    facts = [
        ("Accountable", *now_by.get("accountable", (None, "Not known"))),
        ("Delivers it", *now_by.get("delivers", (None, None))),
        ("User need", None, s["user_need"]),
        ("Who uses it", None, joined(s["audience_set"].split(",")) if s["audience_set"]
         else "Not known"),
        ("Start page", start, start), ("Service address", None, s["service_address"]),
        ("Also known as", None, ", ".join(n[0] for n in mine["names"])),
        ("Channels", None, joined(texts(s["channels"]))),
        ("Transactional", None, "Yes" if s["transactional"] else "No"),
        ("Category", None, s["category"]),
        ("Yearly transactions", None, "Not published" if many is None else
         f"{many:,} from {said(s['transactions_from'])} to {said(s['transactions_to'])}"),
        ("APIs", None, ("1 API" if len(apis) == 1 else f"{len(apis)} APIs") if apis
         else SAID[s["apis_answer"]]),
        ("Keywords", None, ", ".join(texts(s["keywords"]))),
    ]  # fmt: skip
    uses = ("Need", "How", "When", "How it stands", "Source")
    needs = [
        ("needs-now", "How it meets its needs", "govuk-visually-hidden", uses, now),
        ("needs-before", "What it used before", "govuk-table__caption--m", uses, before),
    ]
    tables = [
        ("apis", "APIs", "govuk-table__caption--m", ("Name", "Address", "Documentation"),
         [(None, n, "", [(a, a, "", ()), (d, d or "Not given", "", ())]) for n, a, d in apis]),
        ("owners", "Organisations over time", "govuk-table__caption--m",
         ("Organisation", "What it does", "When", "Source"), owners),
        ("phases", "Phases", "govuk-table__caption--m", ("Phase", "When"),
         [(None, PHASES[p][0], "" if b else "(now)", [(None, when(a, b), "", ())])
          for p, a, b in mine["phases"]]),
    ]  # fmt: skip
    return page.render(
        title=s["name"], phase=PHASES[s["phase"]], s=s, facts=facts, needs=needs, tables=tables,
        journeys=journeys, unanswered=leaves - len({u[0] for u in (*usages, *answers)}),
        answered=bool(usages or answers),
        answers=[(a, b, SAID.get(c, c), d) for a, b, c, d in answers],
        ending=[u for u in usages if u[6] != "stopped" and u[9] in ENDING],
        related=[(SAID.get(a, a), b, c) for a, b, c in mine["relations"]], instead=instead,
        failed=sorted({u[5] for u in used if failed(u[5], used)}),
        data_sets=[(a, b, c, said(d), said(e), f) for a, b, c, d, e, f in run(DATA_SETS, (id_,))],
        here=f"/services/{slug}", sources=texts(s["sources"]),
        links=[(SAID[kind], url) for kind, url, _ in mine["links"]], edited=said(s["edited_at"]),
        confirmed=said(s["confirmed_at"]), who=SAID[str(s["confirmed_as"])],
        by=said(s["review_by"]), since=said(s["since"]), state=state(s["review_by"]),
        held=len(held), latest=latest(held),
        retired=next((said(a) for p, a, b in mine["phases"] if p == "retired" and not b), None),
    )  # fmt: skip


def latest(held: list[Any]) -> tuple[str, ...] | None:
    """The last result of the furthest stage."""
    found = {}
    for stage, kind, day_, result, _ in sorted(held, key=lambda a: (str(a[2] or ""), a[4])):
        if kind not in ("mock", "peer_review") and result in RESULTS and stage in STAGES:
            called = STAGES[stage] + (f": {kind.replace('_', '-')}" if kind != "assessment" else "")
            found[stage] = (called, *RESULTS[result], said(day_) or "Date not known")
    return next((found[stage] for stage in reversed(STAGES) if stage in found), None)


def failed(component: str, held: list[Any]) -> bool:
    """Whether a component stands as not passed."""
    last = latest([row[:5] for row in held if row[5] == component])
    return last is not None and last[1] == RESULTS["not_met"][0]


def met(u: Any, now: bool, stale: bool) -> tuple[Any, ...]:
    """A row of the table of needs."""
    need, name, component, called, arrangement, product, status, since, until = u[:9]
    plain = SAID.get(arrangement, arrangement)
    how = (f"/components/{component}", called, "") if component else (
        None, f"{plain}: {product}" if product else plain, "")  # fmt: skip
    planned = status in ("considering", "planned", "integrating")
    if planned:
        days = f"Planned for {said(u[17])}" if u[17] else "No date given"
    elif since and until:
        days = f"Since {said(since)}, until {said(until)}"
    else:
        days = f"Since {said(since)}" if since else "Dates not known"
    if now and status != "live":
        days = f"{SAID[status]}. {days}"
    more = [f"({u[18]})" if u[18] and u[18] != product else "", u[21] or SAID.get(u[20], ""),
            f"Replaced by {u[24]}" if u[24] and not now else "", u[22] or ""]  # fmt: skip
    confirmed = f"{'Lapsed' if stale else 'Confirmed'} {said(u[14])}" if u[14] else "Declared"
    stands = f"Disputed {said(u[15])}" if u[15] else "Planned" if planned else confirmed
    return f"/capabilities/{need}", name, "", [
        (*how, [each for each in more if each]), (None, days, "", ()),
        (f"/usages/{u[13]}", stands, name, ()), (None, u[23] or "Not given", "", ()),
    ]  # fmt: skip
