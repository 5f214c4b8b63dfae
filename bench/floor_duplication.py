"""The floor's duplication report: the kept counts, added up and written out."""

from __future__ import annotations

import json
from typing import Any

from jinja2 import Template

from bench.floor_reuse import NEEDS
from bench.floor_sql import Connection

COUNTS = """
SELECT capability_id, counted, whose, count(*), sum(many), sum(many * many),
       sum(CASE WHEN many > 1 THEN many ELSE 0 END)
FROM duplication_count WHERE organisation_id = -1 AND kind = '' AND phase = %s AND many > 0
  AND counted IN ('shared', 'own', 'bought', 'alike', 'bodies', 'open', 'reasoned', 'exempt')
GROUP BY capability_id, counted, whose
"""
ENDS = """
SELECT capability_id, whose, min(item) FROM duplication_count
WHERE organisation_id = -1 AND kind = '' AND phase = %s AND counted = 'end' AND many > 0
  AND item >= %s GROUP BY capability_id, whose
"""
OFFERED = """
SELECT o.capability_id, c.sectors FROM component_capability o
JOIN component c ON c.id = o.component_id WHERE c.lifecycle = 'live' AND c.kind <> 'contract'
"""
ANSWERED = """
SELECT capability_id, counted, many FROM reuse_count WHERE organisation_id = -1 AND kind = ''
  AND phase = %s AND component_id = 0 AND (capability_id <> 0 OR counted = 'services')
  AND counted IN ('services', 'needed', 'not_needed')
"""
PAIRS = "SELECT decision, count(*) FROM duplicate_pair WHERE kind = 'service' GROUP BY decision"


def duplication(run: Connection, phase: str, day: str, page: Template) -> str:
    """What is met several times over, by need."""
    needs, ways = run(NEEDS), dict[int, dict[str, Any]]()
    open_to: dict[int, list[str]] = {}
    for need, sectors in run(OFFERED):
        open_to.setdefault(need, []).append(sectors)
    for need, counted, _whose, *numbers in run(COUNTS, (phase,)):
        of = ways.setdefault(need, {})
        of[counted] = _plus(of.get(counted), numbers)
    for need, _whose, end in run(ENDS, (phase, day)):
        ways[need]["end"] = min(end, ways[need].get("end", end))
    said: dict[tuple[int, str], int] = {}
    for need, counted, many in run(ANSWERED, (phase,)):
        said[need, counted] = said.get((need, counted), 0) + many
    rows = [
        row(each, ways[each[0]], open_to.get(each[0], []), said)
        for each in needs
        if each[0] in ways
    ]
    rows.sort(key=lambda row: (-row["open"], -row["separate"], row["name"]))
    return page.render(
        title="Duplication and overlap", rows=rows, needs=needs, pairs=dict(run(PAIRS)),
        addressable=sum(row["open"] for row in rows), phase=phase,
        fragmented=sum(row["bodies"] > 1 for row in rows),
    )  # fmt: skip


def _plus(one: list[int] | None, other: list[Any]) -> list[int]:
    numbers = [int(each) for each in other]
    return numbers if one is None else [a + b for a, b in zip(one, numbers, strict=True)]


def row(
    need: Any, of: dict[str, Any], offered: list[Any], said: dict[tuple[int, str], int]
) -> dict[str, Any]:
    """The numbers of a row; all components of the made-up catalogue are open to anyone."""
    nothing = [0, 0, 0, 0]
    shared, own, bought = (of.get(way, nothing) for way in ("shared", "own", "bought"))
    uses = shared[1] + own[1] + bought[1]
    may = any("anyone" in (json.loads(each) if isinstance(each, str) else each) for each in offered)
    services = said.get((0, "services"), 0)
    known = said.get((need[0], "needed"), 0) + said.get((need[0], "not_needed"), 0)
    return {
        "slug": need[1], "name": need[2], "open": of.get("open", nothing)[1] if may else 0,
        "reasoned": of.get("reasoned", nothing)[1] if may else 0,
        "exempt": of.get("exempt", nothing)[1], "end": of.get("end") if may else None,
        "bodies": of.get("bodies", nothing)[1], "overlap": of.get("alike", nothing)[3],
        "offering": len(offered), "ways": (shared[1], own[1], bought[1]),
        "separate": shared[0] + bought[0] + own[1],
        "effective": uses * uses / (shared[2] + bought[2] + own[1]),
        "left": (services - known) / services,
    }  # fmt: skip
