"""What lists of reports are asked for, what reports are about, and what their text may do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.rules import report_documents as d
from portal.assessments.rules.report_matching import Candidates, Known
from portal.assessments.rules.report_queries import FACETS, Cell, ReportQuery, counts, fits, parse
from portal.errors import Invalid
from portal.web.markdown import html

NAMES = ("q", "organisation", "stage", "result", "kind", "year", "standard", "point", "rating",
         "counterparts", "component", "after", "before", "x")  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=30))))
def test_any_address_says_something_or_is_named(pairs: list[tuple[str, str]]) -> None:
    query, ignored = parse(pairs)
    assert all(isinstance(each, str) for each in ignored)
    assert query.point is None or query.standard


def test_an_address_in_full() -> None:
    query, ignored = parse(
        [("stage", "alpha"), ("stage", "beta"), ("result", "met"), ("year", "2014"),
         ("year", "unknown"), ("kind", "mock"), ("point", "service-standard-1.10"),
         ("rating", "not_met"), ("counterparts", "yes"), ("q", "  two   words ")]
    )  # fmt: skip
    assert ignored == ()
    assert query == ReportQuery(
        "two words", None, ("alpha", "beta"), ("met",), ("mock",), ("2014", "unknown"),
        "service-standard-1", 10, ("not_met",), True,
    )  # fmt: skip
    assert query.standards == (), "points of other versions count as well"
    query, ignored = parse([("standard", "service-standard-2"), ("point", "3")])
    assert (query.standard, query.point, query.standards) == (
        "service-standard-2", 3, ("service-standard-2",),
    )  # fmt: skip
    _query, ignored = parse([("point", "3"), ("stage", "gamma"), ("after", "bm8")])
    assert set(ignored) == {"point=3", "stage=gamma", "after"}


VALUES = {
    "stages": ("alpha", "beta"), "results": ("met", "not_met"), "kinds": ("mock", "assessment"),
    "years": ("2014", "2015"), "standards": ("a-1", "unknown"),
}  # fmt: skip
CELLS = st.lists(
    st.builds(Cell, *(st.sampled_from(VALUES[f]) for f in FACETS), many=st.integers(1, 9))
)
QUERIES = st.builds(
    ReportQuery,
    stages=st.sampled_from([(), ("alpha",), ("alpha", "beta")]),
    results=st.sampled_from([(), ("met",)]),
    years=st.sampled_from([(), ("2014",)]),
    standard=st.sampled_from([None, "a-1", "unknown"]),
)


@given(CELLS, QUERIES)
def test_a_choice_leaves_as_many_as_it_says(cells: list[Cell], query: ReportQuery) -> None:
    total, found = counts(cells, query)
    assert total == sum(cell.many for cell in cells if fits(cell, query))
    for facet in ("stages", "results", "kinds", "years"):
        for value, many in found[facet].items():
            alone = {name: getattr(query, name) for name in ("stages", "results", "kinds", "years")}
            one = ReportQuery(**{**alone, facet: (value,)}, standard=query.standard)
            assert counts(cells, one)[0] == many


def test_sure_is_the_same_name_and_organisation() -> None:
    known = Candidates(
        [
            Known("boats", frozenset(["Hire a boat", "Boats"]), frozenset([1])),
            Known("boats-2", frozenset(["Hire a boat"]), frozenset([2])),
            Known("boats-3", frozenset(["Hire a boat"]), frozenset([2, 3])),
        ],
        [Known("purse", frozenset(["Purse"]), frozenset([1])),
         Known("boat-thing", frozenset(["Boats"]), frozenset([2]))],
        {9: [8], 8: [1], 1: [9]},
    )  # fmt: skip
    assert known.service("HIRE A BOAT!", [1]) == "boats"
    assert known.service("Hire a boat", [2]) is None, "two are called so"
    assert known.service("Hire a boat", [3]) == "boats-3"
    assert known.service("Hire a boat", []) is None, "nobody knows the organisation"
    assert known.service("Boats", [9]) == "boats", "it was followed by another, and that by a third"
    assert known.service("Hire boats", [1]) is None
    assert (known.component("purse", [1]), known.component("purse", [2])) == ("purse", None)
    assert known.component("Boats", [2]) is None, "a service is called so"


def test_documents_say_which_field_is_wrong() -> None:
    draft = {"slug": "a", "key": "a", "title": "A", "1.name": "A", "1.owners": ["B"]}
    clean = d.clean(draft)
    assert d.positions(clean) == [1]
    assert clean["1.organisations"] == [None]
    assert d.clean(clean) == clean
    for field, value in (
        ("title", " "), ("1.name", ""), ("1.stage", "gamma"), ("1.held_on", "today"),
        ("1.standard", "x"), ("source", "ftp://x"), ("verbatim", 7),
        ("1.points", [{"number": 1, "verbatim": "x", "rating": "met"}] * 1
         + [{"number": 1, "verbatim": "y", "rating": "met"}]),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            d.clean({**draft, field: value})
        assert refused.value.field.startswith(field)
    again = d.clean({**draft, "1.kind": "assessment", "1.again_of": "a.2"})
    assert again["1.again_of"] is None, "only what is held again is again"


@given(st.text(max_size=200))
def test_text_of_others_does_no_harm(text: str) -> None:
    made = html(text).lower()
    assert "<script" not in made
    assert "<h1" not in made
    assert "<img" not in made


def test_markdown_is_shown() -> None:
    made = html(
        "Say *hello*\n\n- [a](https://a.example)\n- [b](javascript:x)\n\n<b onclick=x>c</b>"
    )
    assert '<ul class="govuk-list govuk-list--bullet">' in made
    assert 'href="https://a.example"' in made
    assert 'href="javascript' not in made
    assert "<b " not in made
    table = html("| a |\n|---|\n| 1 |")
    assert ('class="govuk-table__header"' in table, 'scope="col"' in table) == (True, True)
    assert html("![words](https://a.example/p.png)").strip() == '<p class="govuk-body">words</p>'
