"""Search over a small hand-made set: what it finds, in which order, and that nothing breaks it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.search import Document, find, put, rebuild, remove

SERVICES = [
    Document(
        "service", 1, "Renew a driving licence", "D1", "Driver and Vehicle Licensing Agency DVLA"
    ),
    Document(
        "service", 2, "Vehicle tax renewals", "tax disc", "DVLA", "Tax a car, motorcycle or van."
    ),
    Document("service", 3, "Vehicle tax: refunds", "", "DVLA"),
    Document("service", 4, "Apply for a passport", "", "HM Passport Office HMPO"),
    Document("service", 5, "Carer’s Allowance: new claims", "", "DWP", "Looking after someone."),
    Document(
        "service", 6, "Personal Independence Payment", "PIP", "DWP", "A passport to other help."
    ),
    Document("service", 7, "E-petitions created", "", "Government Digital Service GDS"),
    Document("service", 8, "Passport", "", "Isle of Wight"),
    Document("service", 9, "Gŵyl y Banc: bank holidays", "", "Cabinet Office"),
    Document("organisation", 1, "Passport Office"),
]


@pytest.fixture
def indexed(session: Session) -> Session:
    for thing in ("service", "organisation"):
        rebuild(session, thing, [d for d in SERVICES if d.thing == thing])
    return session


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("renew driving license", 1),
        ("HOW DO I RENEW MY DRIVING LICENCE?", 1),
        ("renewing a drivers licence", 1),
        ("tax my car", 2),
        ("cartax", 2),
        ("tax disc", 2),
        ("car tax refund", 3),
        ("passport", 8),  # exactly that name, before the longer one
        ("pass port", 8),
        ("pasport", 8),
        ("apply for a pasbort", 4),
        ("carers allowence", 5),
        ("pip", 6),
        ("P.I.P.", 6),
        ("epetition", 7),
        ("gwyl", 9),
        ("GŴYL", 9),
        ("petit", 7),
        ("gds petition", 7),
        ("adnewyddu trwydded yrru", 1),
    ],
)
def test_the_right_service_comes_first(indexed: Session, query: str, first: int) -> None:
    assert find(indexed, "service", query).ids[0] == first


def test_kinds_are_apart(indexed: Session) -> None:
    assert find(indexed, "organisation", "passport").ids == [1]
    assert find(indexed, "nothing", "passport").ids == []


def test_only_allowed_records_are_found(indexed: Session) -> None:
    assert find(indexed, "service", "passport", allowed={4, 6}).ids == [4, 6]
    assert find(indexed, "service", "passport", allowed=[]).ids == []


def test_a_correction_is_said_and_a_right_word_is_not_corrected(indexed: Session) -> None:
    assert find(indexed, "service", "drving licence").corrected == "drving licence".replace(
        "drv", "driv"
    )
    assert find(indexed, "service", "driving licence").corrected is None


def test_words_that_match_nothing_are_named(indexed: Session) -> None:
    found = find(indexed, "service", "passport zzyzxqq")
    assert found.ids[0] == 8
    assert found.ignored == ("zzyzxqq",)


@pytest.mark.parametrize("query", ["", "  ", "?!", "\x00", "''", '"', "\ud800"])
def test_nothing_to_look_for_finds_nothing(indexed: Session, query: str) -> None:
    assert find(indexed, "service", query).ids == []


@pytest.mark.parametrize(
    "query",
    ["'; DROP TABLE search_document; --", 'NEAR("a" b)', "names: x", "* AND OR NOT (", "a:* & !b",
     "x" * 5000, "passport\x00tax", "{names} : tax", "^tax -car +van", "日本語 パスポート", "%_\\"],
)  # fmt: skip
def test_syntax_of_either_database_is_only_text(indexed: Session, query: str) -> None:
    find(indexed, "service", query)
    assert find(indexed, "service", "passport").ids[0] == 8


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=st.text(max_size=60) | st.text("\"'*():^-+&|!<>\\ taxcr", max_size=40))
def test_no_text_breaks_the_search(indexed: Session, query: str) -> None:
    found = find(indexed, "service", query)
    assert len(found.ids) == len(set(found.ids)) <= len(SERVICES)


def test_a_change_is_found_and_the_old_text_is_not(indexed: Session) -> None:
    put(indexed, [Document("service", 3, "Aardvark permits")])
    assert find(indexed, "service", "aardvark").ids == [3]
    assert 3 not in find(indexed, "service", "vehicle tax refunds").ids
    remove(indexed, "service", [3])
    assert find(indexed, "service", "aardvark").ids == []


def test_writes_keep_the_word_counts_that_a_rebuild_gives(indexed: Session) -> None:
    words = text("SELECT word, documents FROM search_word WHERE thing = 'service' ORDER BY word")
    rebuilt = indexed.execute(words).all()
    put(indexed, [Document("service", 3, "Aardvark permits"), Document("service", 20, "Vehicle")])
    put(indexed, [SERVICES[2]])
    remove(indexed, "service", [20, 21])
    assert indexed.execute(words).all() == rebuilt


def test_what_was_rolled_back_is_forgotten(indexed: Session) -> None:
    with indexed.begin_nested() as savepoint:
        put(indexed, [Document("service", 30, "Quokka permits")])
        assert find(indexed, "service", "quoka").corrected == "quokka"
        savepoint.rollback()
    assert find(indexed, "service", "quoka").corrected is None


def test_too_many_are_capped_and_the_exact_name_is_not_lost(session: Session) -> None:
    many = [Document("service", n, f"Fishing permits in area {n}") for n in range(1500)]
    rebuild(session, "service", [*many, Document("service", 9999, "Fishing permits")])
    found = find(session, "service", "fishing permits")
    assert found.capped
    assert len(found.ids) == 1000
    assert found.ids[0] == 9999
    assert find(session, "service", "area 17").ids[0] == 17
    assert find(session, "service", "area 17").ignored == ()
    assert not find(session, "service", "1234").capped


def test_a_rebuild_refuses_documents_of_another_kind(session: Session) -> None:
    with pytest.raises(ValueError, match="organisation"):
        rebuild(session, "service", [SERVICES[-1]])
