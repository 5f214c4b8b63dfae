"""The project's own facts files: every row refers to something, says when, and names its source."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from portal.catalogue import words

REPO = Path(__file__).resolve().parents[2]
FACTS = REPO / "portal" / "catalogue" / "facts"
REGISTERS = REPO / ".." / "shared" / "data" / "registers"
PERFORMANCE = REPO / ".." / "shared" / "data" / "performance-platform"

COLUMNS = {
    "organisations": "id kind name name_cy official_name abbreviation website"
    " local_authority_type start_date end_date source",
    "kinds": "id kind abbreviation source",
    "parents": "child relation parent since until source",
    "aliases": "id alias source",
    "successions": "predecessor kind successor on source",
    "names": "id name kind language since until source",
    "ended": "id end_date source",
}
REGISTER_FILES = {
    "government-organisation": "government-organisation.tsv",
    "local-authority-eng": "local-authority-eng.tsv",
    "local-authority-nir": "local-authority-nir.tsv",
    "local-authority-sct": "local-authority-sct.tsv",
    "principal-local-authority": "principal-local-authority-wls.tsv",
}
REFERENCES = {
    "kinds": ("id",),
    "parents": ("child", "parent"),
    "aliases": ("id",),
    "successions": ("predecessor", "successor"),
    "names": ("id",),
    "ended": ("id",),
}
needs_registers = pytest.mark.skipif(not REGISTERS.is_dir(), reason="the registers aren't here")
needs_performance = pytest.mark.skipif(
    not (REGISTERS.is_dir() and PERFORMANCE.is_dir()), reason="the real data isn't here"
)

Row = dict[str, str]


def rows(name: str) -> list[Row]:
    """The rows of one facts file, by column."""
    with (FACTS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def register(scheme: str) -> dict[str, Row]:
    """One register's rows by identifier (the last, where an identifier comes twice)."""
    path = REGISTERS / REGISTER_FILES[scheme]
    with path.open(encoding="utf-8", newline="") as file:
        read = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {f"{scheme}:{row[scheme]}": row for row in read}


def registered() -> dict[str, Row]:
    """Every row of every register by its identifier."""
    found: dict[str, Row] = {}
    for scheme in REGISTER_FILES:
        found.update(register(scheme))
    return found


def day(text: str) -> date | None:
    """A date, or None where the cell is empty."""
    return date.fromisoformat(text) if text else None


def plain(name: str) -> str:
    """A name as a matcher sees it at its simplest: case, '&', apostrophes and 'the' aside."""
    simple = name.casefold()
    for old, new in (("&", " and "), ("’", "'"), (",", " ")):
        simple = simple.replace(old, new)
    return " ".join(word for word in simple.split() if word != "the")


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_and_cells_are_valid(name: str) -> None:
    with (FACTS / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        text = file.read()
    lines = text.split("\n")
    columns = COLUMNS[name].split()
    assert lines[0].split("\t") == columns
    assert lines[-1] == "", "the file ends with a line break"
    assert "\r" not in text and "\ufeff" not in text
    assert [line for line in lines[1:-1] if line.count("\t") != len(columns) - 1] == []
    assert [row for row in rows(name) if any(cell != cell.strip() for cell in row.values())] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_every_row_has_a_source(name: str) -> None:
    assert [row for row in rows(name) if not row["source"].startswith("https://")] == []
    assert [row for row in rows(name) if " " in row["source"]] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_no_row_comes_twice(name: str) -> None:
    keys = Counter(
        tuple(cell for column, cell in row.items() if column != "source") for row in rows(name)
    )
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "column"),
    [("organisations", "id"), ("kinds", "id"), ("ended", "id")],
)
def test_one_row_per_body(name: str, column: str) -> None:
    ids = Counter(row[column] for row in rows(name))
    assert [key for key, count in ids.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "column", "allowed"),
    [
        ("organisations", "kind", words.OrganisationKind),
        ("kinds", "kind", words.OrganisationKind),
        ("parents", "relation", words.ParentRelation),
        ("successions", "kind", words.SuccessionKind),
        ("names", "language", words.Language),
        ("names", "kind", words.OrganisationNameKind),
    ],
)
def test_words_come_from_the_closed_lists(
    name: str, column: str, allowed: Callable[[str], object]
) -> None:
    for row in rows(name):
        allowed(row[column])


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("organisations", "start_date", "end_date"),
        ("parents", "since", "until"),
        ("names", "since", "until"),
    ],
)
def test_periods_are_iso_days_in_order(name: str, first: str, last: str) -> None:
    for row in rows(name):
        start, end = day(row[first]), day(row[last])
        assert not (start and end) or start < end, row


@pytest.mark.parametrize(("name", "column"), [("successions", "on"), ("ended", "end_date")])
def test_events_have_a_day(name: str, column: str) -> None:
    assert [row for row in rows(name) if not day(row[column])] == []


@needs_registers
@pytest.mark.parametrize("name", REFERENCES)
def test_every_identifier_is_known(name: str) -> None:
    known = set(registered()) | {row["id"] for row in rows("organisations")}
    unknown = [
        row
        for row in rows(name)
        for column in REFERENCES[name]
        if row[column] and row[column] not in known
    ]
    assert unknown == []


@needs_registers
def test_added_bodies_are_not_in_the_registers() -> None:
    known = registered()
    assert [row["id"] for row in rows("organisations") if row["id"] in known] == []


def test_links_do_not_overlap_nor_point_at_themselves() -> None:
    links: dict[tuple[str, str], list[tuple[date, date]]] = {}
    for row in rows("parents"):
        assert row["child"] != row["parent"], row
        period = (day(row["since"]) or date.min, day(row["until"]) or date.max)
        links.setdefault((row["child"], row["parent"]), []).append(period)
    for pair, periods in links.items():
        periods.sort()
        pairs = pairwise(periods)
        assert all(a[1] <= b[0] for a, b in pairs), pair


def test_one_parent_at_a_time() -> None:
    children: dict[str, list[tuple[date, date, str]]] = {}
    for row in rows("parents"):
        since, until = day(row["since"]) or date.min, day(row["until"]) or date.max
        children.setdefault(row["child"], []).append((since, until, row["parent"]))
    for child, periods in children.items():
        periods.sort()
        pairs = pairwise(periods)
        assert all(a[1] <= b[0] for a, b in pairs), (child, periods)


def _cycle(edges: dict[str, set[str]]) -> str | None:
    """A node that reaches itself, or None."""
    for start in edges:
        seen: set[str] = set()
        waiting = list(edges[start])
        while waiting:
            node = waiting.pop()
            if node == start:
                return start
            if node not in seen:
                seen.add(node)
                waiting.extend(edges.get(node, ()))
    return None


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("parents", "child", "parent"), ("successions", "predecessor", "successor")],
)
def test_no_cycles(name: str, low: str, high: str) -> None:
    edges: dict[str, set[str]] = {}
    for row in rows(name):
        if row[high]:
            edges.setdefault(row[low], set()).add(row[high])
    assert _cycle(edges) is None


def test_only_an_abolished_body_has_no_successor() -> None:
    for row in rows("successions"):
        assert bool(row["successor"]) == (row["kind"] != "abolished"), row


def _ends() -> dict[str, date]:
    """The day each body ended: the register's where it gives a day, else, or over it, ours."""
    found = {
        key: day(row["end-date"])
        for key, row in registered().items()
        if len(row["end-date"] or "") == len("2015-03-31")
    }
    found.update({row["id"]: day(row["end_date"]) for row in rows("organisations")})
    found.update({row["id"]: day(row["end_date"]) for row in rows("ended")})
    return {key: end for key, end in found.items() if end}


@needs_registers
def test_a_renamed_merged_or_split_body_has_ended() -> None:
    ends = _ends()
    ending = {"renamed", "merged", "split", "abolished"}
    open_still = {row["predecessor"] for row in rows("successions") if row["kind"] in ending}
    assert sorted(open_still - set(ends)) == []


@needs_registers
def test_no_link_outlives_its_bodies() -> None:
    ends = _ends()
    for row in rows("parents"):
        for body in (row["child"], row["parent"]):
            if body in ends:
                until = day(row["until"])
                assert until and (until - ends[body]).days <= 1, (row, ends[body])


def test_an_alias_means_one_body() -> None:
    bodies: dict[str, set[str]] = {}
    for row in rows("aliases"):
        bodies.setdefault(plain(row["alias"]), set()).add(row["id"])
    assert {alias: ids for alias, ids in bodies.items() if len(ids) > 1} == {}


@needs_registers
def test_an_alias_is_no_other_bodys_name() -> None:
    names = {(plain(row["name"]), key) for key, row in registered().items()}
    names |= {(plain(row["name"]), row["id"]) for row in rows("organisations")}
    bearers: dict[str, set[str]] = {}
    for name, body in names:
        bearers.setdefault(name, set()).add(body)
    taken = [
        row for row in rows("aliases") if bearers.get(plain(row["alias"]), set()) - {row["id"]}
    ]
    assert taken == []


def test_names_of_one_body_follow_each_other() -> None:
    found: dict[tuple[str, str, str], list[tuple[date, date]]] = {}
    for row in rows("names"):
        period = (day(row["since"]) or date.min, day(row["until"]) or date.max)
        found.setdefault((row["id"], row["kind"], row["language"]), []).append(period)
    for key, periods in found.items():
        periods.sort()
        pairs = pairwise(periods)
        assert all(a[1] <= b[0] for a, b in pairs), key


@needs_performance
@pytest.mark.parametrize(
    ("file", "columns"),
    [
        ("services.csv", ("Abbr", "Department", "Agency/body", "Previous dept \n (MOG, Jun 2016)")),
        (
            "transaction-volumes.csv",
            ("Department", "Department Abbreviation", "Body/Agency"),
        ),
    ],
)
def test_every_performance_platform_owner_resolves(file: str, columns: tuple[str, ...]) -> None:
    known = {plain(row["name"]) for row in registered().values()}
    known |= {plain(row["name"]) for row in rows("organisations")}
    known |= {plain(row["alias"]) for row in rows("aliases")}
    known |= {plain(row["abbreviation"]) for row in rows("organisations") + rows("kinds")}
    with (PERFORMANCE / file).open(encoding="utf-8-sig", newline="") as stream:
        read = csv.reader(stream)
        header = next(read)
        places = [header.index(column) for column in columns]
        names = {row[place] for row in read for place in places if row[place]}
    assert sorted(name for name in names if plain(name) not in known) == []
