"""The questions about a service: answers become a document, and a document shows as answers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.rules.documents import clean_service
from portal.catalogue.rules.service_questions import (
    ASKED,
    Question,
    answered,
    patch,
    unanswered,
    values_of,
)
from portal.errors import Invalid

DAY = date(2026, 11, 21)
SERVICE = clean_service(
    {
        "slug": "pay-a-fine",
        "name": "Pay a fine",
        "purpose": "Take payments of fines.",
        "user_need": "Pay quickly.",
        "audiences": ["public"],
        "channels": ["online"],
        "transactional": True,
        "names": [
            {"name": "Talu dirwy", "kind": "synonym", "language": "cy", "until": None},
            {"name": "PAF", "kind": "abbreviation", "language": "en", "until": None},
            {"name": "Fine desk", "kind": "former", "language": "en", "until": "2020-01-01"},
        ],
        "phases": [
            {"phase": "alpha", "since": "2024-01-01", "until": "2025-01-01"},
            {"phase": "public_beta", "since": "2025-01-01", "until": None},
        ],
        "owners": [
            {"role": "accountable", "organisation": "hmcts", "published_name": None,
             "since": "2020-01-01", "until": None, "source": None},
            {"role": "funds", "organisation": "moj", "published_name": None,
             "since": None, "until": None, "source": None},
        ],
        "apis": [{"name": "Fines API", "address": None, "documentation": "https://a.example/docs"}],
        "links": [{"kind": "source_code", "url": "https://c.example/a", "title": "Ours"}],
        "yearly_transactions": 12_000,
        "transactions_from": "2025-04-01",
        "transactions_to": "2026-03-31",
    }
)  # fmt: skip


@pytest.mark.parametrize("question", Question)
def test_what_is_shown_and_sent_back_changes_nothing(question):
    shown = values_of(question, SERVICE)
    after = clean_service({**SERVICE, **patch(question, SERVICE, shown, DAY)})
    assert {**after, "names": [], "owners": []} == {**SERVICE, "names": [], "owners": []}
    for field in ("names", "owners"):
        assert sorted(map(repr, after[field])) == sorted(map(repr, SERVICE[field]))


@pytest.mark.parametrize("question", Question)
def test_an_answer_touches_its_own_fields_only(question):
    assert set(patch(question, SERVICE, values_of(question, SERVICE), DAY)) == set(
        ASKED[question].fields
    )


def test_no_two_questions_share_a_field():
    fields = [field for asked in ASKED.values() for field in asked.fields]
    assert len(fields) == len(set(fields))


def test_fewer_than_12_questions_stand_before_a_service_can_be_registered():
    assert len(unanswered({})) < 12


def test_unanswered_are_the_needed_ones_without_an_answer():
    assert unanswered(SERVICE) == []
    assert Question.APIS in unanswered({**SERVICE, "apis": [], "apis_answer": "unknown"})
    assert not answered(Question.PURPOSE, {**SERVICE, "purpose": None})
    assert Question.ADDRESSES not in unanswered({})


def test_a_renamed_service_keeps_its_name_as_a_former_one():
    values = {**values_of(Question.NAME, SERVICE), "name": "Pay a court fine"}
    after = patch(Question.NAME, SERVICE, values, DAY)
    assert after["name"] == "Pay a court fine"
    assert {"name": "Pay a fine", "kind": "former", "language": "en",
            "until": "2026-11-21"} in after["names"]  # fmt: skip


def test_a_mistaken_name_that_is_put_right_on_its_day_was_none():
    values = {**values_of(Question.NAME, SERVICE), "name": "Play a fine"}
    mistaken = {**SERVICE, **patch(Question.NAME, SERVICE, values, DAY)}
    back = {**values_of(Question.NAME, mistaken), "name": "Pay a fine"}
    after = patch(Question.NAME, mistaken, back, DAY)
    assert "Play a fine" not in [row["name"] for row in after["names"]]
    later = patch(Question.NAME, mistaken, back, date(2026, 11, 22))
    assert "Play a fine" in [row["name"] for row in later["names"]]


def test_a_draft_that_changes_its_name_never_had_the_other():
    draft = {"name": "Pay a fine"}
    after = patch(Question.NAME, draft, {"name": "Pay it", "welsh_name": "Talu’n ôl"}, DAY)
    assert [(row["name"], row["kind"], row["language"]) for row in after["names"]] == [
        ("Talu’n ôl", "synonym", "cy")
    ]


def test_another_phase_ends_the_one_before_on_the_same_day():
    after = patch(Question.PHASE, SERVICE, {"phase": "live", "since": date(2026, 5, 1)}, DAY)
    assert after["phases"][-2:] == [
        {"phase": "public_beta", "since": "2025-01-01", "until": "2026-05-01"},
        {"phase": "live", "since": "2026-05-01", "until": None},
    ]


def test_the_first_known_phase_takes_the_place_of_not_known():
    unknown = {**SERVICE, "phases": [{"phase": "unknown", "since": None, "until": None}]}
    after = patch(Question.PHASE, unknown, {"phase": "live", "since": None}, DAY)
    assert after["phases"] == [{"phase": "live", "since": "2026-11-21", "until": None}]


@pytest.mark.parametrize(
    ("phase", "since"), [("live", date(2024, 12, 31)), ("public_beta", date(2024, 6, 1))]
)
def test_a_phase_cannot_begin_before_the_one_it_follows(phase, since):
    with pytest.raises(Invalid) as wrong:
        patch(Question.PHASE, SERVICE, {"phase": phase, "since": since}, DAY)
    assert wrong.value.field == "since"


def test_another_organisation_takes_over_and_the_others_stay():
    after = patch(
        Question.ORGANISATION, SERVICE, {"reference": "dvla", "since": date(2026, 4, 1)}, DAY
    )
    rows = {(row["organisation"], row["since"], row["until"]) for row in after["owners"]}
    assert rows == {("hmcts", "2020-01-01", "2026-04-01"), ("dvla", "2026-04-01", None),
                    ("moj", None, None)}  # fmt: skip


def test_an_organisation_cannot_take_over_before_the_present_one_did():
    with pytest.raises(Invalid) as wrong:
        patch(Question.ORGANISATION, SERVICE,
              {"reference": "dvla", "since": date(2019, 1, 1)}, DAY)  # fmt: skip
    assert wrong.value.field == "since"


def test_apis_are_read_from_lines_and_keep_what_is_known_of_them():
    both = {
        "name": "Fines API",
        "address": "https://api.example",
        "documentation": "https://d.example",
    }
    known = {**SERVICE, "apis": [both]}
    assert values_of(Question.APIS, known)["apis"] == "Fines API https://d.example"
    after = patch(Question.APIS, known, {
        "answer": "offers", "apis": "Fines API https://e.example\nRefunds: https://r.example",
    }, DAY)  # fmt: skip
    assert after["apis"] == [
        {**both, "documentation": "https://e.example"},
        {"name": "Refunds", "address": None, "documentation": "https://r.example"},
    ]


@pytest.mark.parametrize("line", ["Fines API", "https://only.example", "Fines ftp://a.example"])
def test_a_line_that_is_no_api_is_refused(line):
    with pytest.raises(Invalid) as wrong:
        patch(Question.APIS, SERVICE, {"answer": "offers", "apis": line}, DAY)
    assert wrong.value.field == "apis"


def test_transactions_need_their_last_day():
    values = {"yearly_transactions": 5, "transactions_to": None}
    with pytest.raises(Invalid) as wrong:
        patch(Question.TRANSACTIONS, SERVICE, values, DAY)
    assert wrong.value.field == "transactions_to"


def test_a_day_without_transactions_is_refused_and_nothing_takes_both():
    values = {"yearly_transactions": None, "transactions_to": date(2026, 3, 31)}
    with pytest.raises(Invalid) as wrong:
        patch(Question.TRANSACTIONS, SERVICE, values, DAY)
    assert wrong.value.field == "yearly_transactions"
    nothing = patch(Question.TRANSACTIONS, SERVICE, {**values, "transactions_to": None}, DAY)
    assert set(nothing.values()) == {None}


def test_a_link_that_leads_nowhere_is_refused():
    with pytest.raises(Invalid) as wrong:
        patch(Question.LINKS, SERVICE, {"guidance": "see the wiki"}, DAY)
    assert wrong.value.field == "guidance"


@given(
    phases=st.lists(
        st.tuples(st.sampled_from(["discovery", "alpha", "live"]), st.integers(0, 900)), max_size=6
    )
)
def test_phases_never_overlap_whatever_is_answered(phases):
    document = {**SERVICE, "phases": [{"phase": "unknown", "since": None, "until": None}]}
    for phase, days in phases:
        since = date.fromordinal(date(2024, 1, 1).toordinal() + days)
        try:
            made = patch(Question.PHASE, document, {"phase": phase, "since": since}, DAY)
        except Invalid:
            continue
        document = clean_service({**document, **made})
    assert len([row for row in document["phases"] if row["until"] is None]) == 1


def test_a_retired_service_changes_no_phase():
    phases = [{"phase": "retired", "since": None, "until": None}]
    with pytest.raises(Invalid, match="bring it back"):
        patch(Question.PHASE, {**SERVICE, "phases": phases}, {"phase": "live", "since": None}, DAY)


def test_the_same_organisation_keeps_its_place():
    shown = values_of(Question.ORGANISATION, SERVICE)
    assert patch(Question.ORGANISATION, SERVICE, shown, DAY) == {"owners": SERVICE["owners"]}
