"""How a component is looked after: the team that answers for it, its last security test, what is
open, and when anybody looked. What nobody has published is none of these, and never "fine".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from portal.catalogue.rules.cleaners import (
    Cleaner,
    Document,
    day,
    day_needed,
    list_of,
    needed,
    periods,
    shape_of,
    text,
    truth,
    web_address,
)
from portal.errors import N_, Invalid

DATED = shape_of({"what": needed(1000), "since": day_needed, "until": day, "source": web_address})
#: The fields of a component's document (see component_documents.py).
CARE: Mapping[str, Cleaner] = {
    "team": text(300),
    "team_reachable": truth,
    "security_tested_on": day,
    "incidents": list_of(DATED),
    "unsupported": list_of(DATED),
    "looked_at_on": day,
}
LISTS = ("incidents", "unsupported")
_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
_WRITTEN = re.compile(rf"{_DAY}(?: to {_DAY})?: ?(.+?)(?: (https?://\S+))?")


def check(clean: Document) -> None:
    """Raise Invalid where a period ends before it starts, or there is a mailbox of no team."""
    for field in LISTS:
        clean[field].sort(key=lambda row: (row["since"], row["what"]))
        periods(field, clean[field])
    if clean["team_reachable"] is not None and not clean["team"]:
        raise Invalid("team", N_("Enter the team"))


def open_on(rows: Iterable[Document], on: date) -> list[Document]:
    """What had begun by a day, and had not ended."""
    now = on.isoformat()
    return [r for r in rows if r["since"] <= now and (r["until"] is None or r["until"] > now)]


def not_later(field: str, value: date | None, on: date) -> str | None:
    """A day that has come, as documents have it. Raises Invalid for a later one."""
    if value is not None and value > on:
        raise Invalid(field, N_("This must be today or in the past"))
    return value.isoformat() if value else None


def written(rows: Iterable[Document]) -> str:
    """A list as a person writes it, a line each: see `read`."""
    return "\n".join(map(_line, rows))


def _line(row: Document) -> str:
    until = f" to {row['until']}" if row["until"] else ""
    what = " ".join(str(row["what"]).split())
    return f"{row['since']}{until}: {what}{' ' + row['source'] if row['source'] else ''}"


def read(field: str, typed: str | None, rows: Iterable[Document], on: date) -> list[Document]:
    """What somebody wrote: `2026-11-02 to 2026-11-03: what it was https://where-it-is-published`,
    of which the end and the address may be left out. A line that is as it was stays what it was.

    Raises:
        Invalid: a line is written in another way, or a day in it is none or begins later.
    """
    known = {_line(row): row for row in rows}
    lines = [" ".join(line.split()) for line in (typed or "").splitlines()]
    return [known.get(line) or _read(field, number, line, on)
            for number, line in enumerate(lines, start=1) if line]  # fmt: skip


def _read(field: str, number: int, line: str, on: date) -> Document:
    found = _WRITTEN.fullmatch(line)
    if found is None:
        text = N_("Line %(number)s: write it like “2026-11-02: what it is”")
        raise Invalid(field, text, number=number)
    since, until, what, source = found.groups()
    try:
        row = DATED(field, {"since": since, "until": until, "what": what, "source": source})
    except Invalid:
        text = N_("Line %(number)s: write days like 2026-11-02 and whole web addresses")
        raise Invalid(field, text, number=number) from None
    if since > on.isoformat() or (until or since) < since:
        text = N_("Line %(number)s: it must have begun, and end after that")
        raise Invalid(field, text, number=number)
    document: Document = row
    return document
