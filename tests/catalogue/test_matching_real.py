"""The matching rules measured on real lists of names, where those are at hand.

The bars are for names the rules have not seen: nothing in the rules or the facts may name a row
of these lists for its own sake. Names of both halves are measured apart, so a change that only
helps the names somebody looked at shows.
"""

from __future__ import annotations

import csv
import random
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from portal.catalogue.rules.matching import Named, NameIndex, What, normalise

REPO = Path(__file__).resolve().parents[2]
DATA = REPO.parent / "shared" / "data"
FACTS = REPO / "portal" / "catalogue" / "facts"
REGISTERS = {
    "government-organisation": "government-organisation",
    "local-authority-eng": "local-authority-eng",
    "local-authority-sct": "local-authority-sct",
    "local-authority-nir": "local-authority-nir",
    "principal-local-authority": "principal-local-authority-wls",
}
COLUMNS: dict[str, What] = {
    "name": "name",
    "official-name": "official name",
    "official_name": "official name",
    "name-cy": "welsh name",
    "name_cy": "welsh name",
    "official-name-cy": "welsh name",
    "abbreviation": "abbreviation",
}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not here")


def rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def day(text: str | None) -> date | None:
    parts = [int(part) for part in (text or "").split("-") if part]
    return date(*[*parts, 1, 1][:3]) if parts else None


def published(with_facts: bool) -> list[Named]:
    """Every name in the registers and, if asked for, in our own facts."""
    ended: dict[str, date | None] = {}
    kinds: dict[str, str] = {}
    names: list[tuple[str, str, What, date | None]] = []

    def add(one: str, row: dict[str, str], start: str) -> None:
        for column, what in COLUMNS.items():
            if row.get(column):
                names.append((one, row[column], what, day(row.get(start))))

    for scheme, stem in REGISTERS.items():
        for row in rows(DATA / "registers" / f"{stem}.tsv"):
            one = f"{scheme}:{row[scheme]}"
            kinds[one] = "local_authority" if "local" in scheme else "other"
            ended[one] = day(row["end-date"])
            add(one, row, "start-date")
    if with_facts:
        for row in rows(FACTS / "organisations.tsv"):
            kinds[row["id"]] = row["kind"]
            ended[row["id"]] = day(row["end_date"])
            add(row["id"], row, "start_date")
        for row in rows(FACTS / "kinds.tsv"):
            kinds[row["id"]] = row["kind"] or kinds[row["id"]]
            add(row["id"], {"abbreviation": row["abbreviation"]}, "")
        for row in rows(FACTS / "ended.tsv"):
            ended[row["id"]] = day(row["end_date"])
        for row in rows(FACTS / "aliases.tsv"):
            names.append((row["id"], row["alias"], "alias", None))
        for row in rows(FACTS / "names.tsv"):
            names.append((row["id"], row["name"], "former name", None))
    return [
        Named(one, name, ended[one], what, kinds[one], started)
        for one, name, what, started in names
        if one in kinds
    ]


@pytest.fixture(scope="module", params=[False, True], ids=["registers", "with facts"])
def index(request: pytest.FixtureRequest) -> NameIndex:
    return NameIndex(published(with_facts=request.param))


def variants() -> list[tuple[str, str]]:
    path = DATA / "registers" / "local-authority-name-variants.tsv"
    found = [(row["name"], row["local-authority"]) for row in rows(path)]
    random.Random(20).shuffle(found)
    return found


def pay_names() -> list[str]:
    with (DATA / "govuk-pay" / "services-by-organisation.csv").open(encoding="utf-8") as file:
        return sorted({row["organisation"] for row in csv.DictReader(file)})


@pytest.mark.parametrize("half", [0, 1])
def test_spellings_seen_in_the_wild(index: NameIndex, half: int) -> None:
    names = variants()[half::2]
    found = [(index.match(name), meant) for name, meant in names]
    sure = [(one, meant) for one, meant in found if one.matched]
    right = [one for one, meant in sure if one.matched == meant]
    offered = [one for one, meant in found if meant in {s.id for s in one.suggestions}]
    assert len(right) / len(sure) >= 0.995
    assert len(right) / len(names) >= 0.95
    assert len(offered) / len(names) >= 0.985


def test_other_bodies_of_a_place_are_not_its_council(index: NameIndex) -> None:
    other = {"town", "parish", "community", "police", "constabulary", "nhs", "cadets", "squadron"}
    for name in pay_names():
        if other & set(normalise(name).split()):
            assert "local-authority" not in (index.match(name).matched or ""), name


def test_councils_and_departments_on_a_real_list_are_found() -> None:
    index = NameIndex(published(with_facts=True))
    endings = ("City Council", "Borough Council", "District Council", "County Council")
    councils = [name for name in pay_names() if name.endswith(endings)]
    assert councils
    for name in councils:
        assert index.match(name).matched, name


def test_departments_and_agencies_on_a_real_list_are_found(index: NameIndex) -> None:
    path = DATA / "performance-platform" / "services.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    names = {row[column] for row in read for column in ("Department", "Agency/body")} - {""}
    found = [name for name in names if index.match(name).matched]
    assert len(found) / len(names) >= 0.75
    assert not [one for n in names if "local-authority" in (one := index.match(n).matched or "")]


@pytest.mark.parametrize("one_in", [100, pytest.param(10, marks=pytest.mark.judge)])
def test_a_body_missing_from_the_index_is_not_taken_for_another(one_in: int) -> None:
    names = published(with_facts=False)
    for gone in sorted({name.id for name in names})[::one_in]:
        index = NameIndex(name for name in names if name.id != gone)
        for name in (one.name for one in names if one.id == gone):
            assert index.match(name).matched is None, name


@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.judge)])
def test_one_wrong_letter_never_leads_to_another_body(one_in: int) -> None:
    names = published(with_facts=False)
    index = NameIndex(names)
    own: dict[str, set[str]] = {}
    for named in names:
        own.setdefault(normalise(named.name), set()).add(named.id)
    chance = random.Random(5)
    for named in names[::one_in]:
        text = named.name
        at = chance.randrange(1, max(2, len(text) - 1))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        for slip in (
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        ):
            if normalise(slip) not in own:
                matched = index.match(slip).matched
                assert matched is None or matched in own[normalise(text)], slip


def test_ten_times_the_names_take_ten_times_as_long(index: NameIndex) -> None:
    def spent(names: list[str]) -> float:
        begun = time.process_time()
        for name in names:
            index.match(name)
        return time.process_time() - begun

    some = pay_names()[:200]
    spent(some)  # what is looked up once and kept is no part of it
    assert spent(some * 10) < 20 * spent(some)
