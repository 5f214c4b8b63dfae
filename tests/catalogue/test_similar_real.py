"""Pairs of real service-assessment reports, where those are at hand, by labels made by hand.

A pair is two reports on one service: "same name" where their titles are the same but for what they
say of the report, "other name" where not. "Related" pairs are parts of one service or two services
that share data; they count neither way. Nothing in the rules may name a report for its own sake.
The constants were chosen on these reports: this keeps what was reached and foretells nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from portal.catalogue.rules.similar import Known, key_of
from portal.catalogue.rules.similar_pairs import pairs
from portal.catalogue.rules.similar_words import name_words

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REPORTS = DATA / "service-standard-reports.json"
LABELS = Path(__file__).with_name("report_pairs.tsv")
FIRST = 30

pytestmark = pytest.mark.skipif(not REPORTS.is_file(), reason="the real data is not here")
Places = Sequence[int]
Pairs = set[tuple[int, int]]


@pytest.fixture(scope="module")
def reports() -> list[Known]:
    rows = json.loads(REPORTS.read_text(encoding="utf-8"))
    return [Known(row["title"], row["summary"]) for row in rows]


def labelled(*kinds: str) -> Pairs:
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {(int(row["a"]), int(row["b"])) for row in rows if row["kind"] in kinds}


def suggested(
    reports: list[Known], places: Places, other_names: bool = False
) -> list[tuple[int, int]]:
    """The first pairs among the reports at these places, as places in the whole list."""
    found = pairs([reports[at] for at in places], FIRST, other_names)
    return [(places[pair.a], places[pair.b]) for pair in found]


def first_of_each(reports: list[Known], by: Callable[[Known], str]) -> list[int]:
    seen: dict[str, int] = {}
    for at, report in enumerate(reports):
        seen.setdefault(by(report), at)
    return sorted(seen.values())


def last_of_each(reports: list[Known], by: Callable[[Known], str]) -> list[int]:
    return sorted({by(report): at for at, report in enumerate(reports)}.values())


def name(report: Known) -> str:
    return key_of(name_words(report.name))


def title(report: Known) -> str:
    return report.name


def recall(found: list[tuple[int, int]], meant: Pairs) -> float:
    return len(meant.intersection(found)) / len(meant)


def test_all_reports(reports: list[Known]) -> None:
    """There are more true pairs than places, and all that come first are true."""
    found = suggested(reports, range(len(reports)))
    assert len(labelled("same name", "other name").intersection(found)) == FIRST


def test_reports_whose_names_differ(reports: list[Known]) -> None:
    found = suggested(reports, range(len(reports)), other_names=True)
    assert recall(found, labelled("other name")) >= 0.85


@pytest.mark.parametrize("choose", [first_of_each, last_of_each])
@pytest.mark.parametrize("by", [name, title])
def test_one_report_of_each_name(
    reports: list[Known],
    by: Callable[[Known], str],
    choose: Callable[[list[Known], Callable[[Known], str]], list[int]],
) -> None:
    places = choose(reports, by)
    true = {pair for pair in labelled("same name", "other name") if set(pair) <= set(places)}
    assert len(true) >= 8
    assert recall(suggested(reports, places), true) >= 0.85


def test_what_comes_first_is_right_where_names_differ(reports: list[Known]) -> None:
    found = suggested(reports, first_of_each(reports, name))[:7]
    assert len(labelled("same name", "other name").intersection(found)) >= 6
