from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.assessments.rules import finding
from portal.assessments.rules.finding import Needs, Points, Said
from portal.assessments.rules.finding_documents import clean_finding
from portal.errors import Invalid

POINTS = Points(
    {1: "Understand user needs", 2: "Have a multidisciplinary team", 3: "Assisted digital support",
     10: "Test the end-to-end service"},
    frozenset({3}),
)  # fmt: skip
NEEDS = Needs({"card-payments": ["Take card payments", "card", "pay online"],
               "text-messages": ["Send text messages", "SMS"]})  # fmt: skip
BODY = """
**Reasons**

The panel was impressed by how well the team knows its users.

The team had not done research with people who need support to use the service.

**Recommendations**

_Assisted digital_

- Find out why people who start the form do not finish it, and test with those without broadband.
- The team must remove the jargon from the letters that it sends after somebody pays online.

## Point 10 - Test the end-to-end service

There is no plan for testing the whole service before it is opened to everybody.

| **Criteria** | **Passed** | **Criteria** | **Passed** |
| 1 | No | 2 | Yes |
"""


def test_sentences_know_their_headings() -> None:
    said = list(finding.said_in(BODY))
    assert [s.position for s in said] == list(range(1, len(said) + 1))
    assert [s.headings for s in said][2] == ("Recommendations", "Assisted digital")
    assert said[-1].headings == ("Point 10 - Test the end-to-end service",)
    assert not any("|" in s.text for s in said), "tables tell nothing"


def test_what_is_broken_is_suggested_and_praise_is_not() -> None:
    found = finding.suggestions(BODY, POINTS, NEEDS)
    texts = [each.sentence for each in found]
    assert not any("impressed" in text for text in texts)
    assert len(texts) == 4
    by_start = {text.split()[0]: each for text, each in zip(texts, found, strict=True)}
    assert by_start["There"].point == 10, "by the heading"
    assert by_start["Find"].point == 3, "by the words of the heading"
    jargon = next(each for each in found if "jargon" in each.sentence)
    assert jargon.need == "card-payments"


@pytest.mark.parametrize(
    "text",
    [
        "The panel have concluded that the service is on track to meet the standard at this stage.",
        "The service should be submitted for a reassessment once it meets what is asked for here.",
        "Have you thought about how people without broadband will use the service in their homes?",
        "Too short to matter.",
    ],
)
def test_formalities_are_not_suggested(text: str) -> None:
    assert finding.score(Said(1, text, ("Recommendations",))) == 0


def test_what_follows_but_counts() -> None:
    praised = "The team has a strong designer and a good grasp of what its users are trying to do."
    turned = "The team has a strong designer, but it does not test with people who need support."
    assert finding.score(Said(1, praised, ())) == 0
    assert finding.score(Said(1, turned, ())) > 0


def test_numbers_in_headings() -> None:
    assert finding.named("Point 10 - Test the service") == [10]
    assert finding.named("Analysis (points 8 and 18 of the standard)") == [8, 18]
    assert finding.named("14. Make sure that you can update it") == [14]
    assert finding.named("User needs") == []


def test_those_that_are_alike_follow_each_other() -> None:
    texts = ["Research with disabled people is missing", "The code is closed and not published",
             "No research with disabled people was done", "Nobody publishes the code"]  # fmt: skip
    assert finding.together(texts, 0.2) == [0, 2, 1, 3]
    assert finding.alike(texts[0], texts[0]) == 1


@given(st.text(max_size=400), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_breaks_it(text: str, lines: list[str]) -> None:
    body = "\n".join([*lines, text])
    found = finding.suggestions(body, POINTS, NEEDS)
    assert len({each.position for each in found}) == len(found)
    assert all(finding.LEAST <= each.score <= 100 for each in found)
    assert {each.point for each in found} <= {None, *POINTS.titles}


@given(st.lists(st.text(max_size=80), max_size=12))
def test_together_only_changes_the_order(texts: list[str]) -> None:
    assert sorted(finding.together(texts)) == list(range(len(texts)))


def test_a_finding_is_of_something() -> None:
    said = {"title": " Forms are long ", "summary": "", "capability": "forms", "point": None}
    assert clean_finding(said)["title"] == "Forms are long"
    for wrong, field in (({"title": " "}, "title"), ({"capability": None}, "capability"),
                         ({"point": "x/y"}, "point"), ({"title": "x" * 201}, "title")):  # fmt: skip
        with pytest.raises(Invalid) as problem:
            clean_finding({**said, **wrong})
        assert problem.value.field == field
