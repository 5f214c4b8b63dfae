"""What the search promises, one rule a test, over made-up services."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.search import Document, Found, find, reason, rebuild
from portal.search.english import is_english
from portal.search.spelling import vocabulary


def service(number: int, name: str, others: str = "", body: str = "") -> Document:
    return Document("service", number, name, others, body=body)


TRADERS = ("scrap", "street", "gold", "fur", "seed", "tea", "hop")
LICENCES = [service(100 + n, f"Licence for {trade} traders") for n, trade in enumerate(TRADERS)]
SERVICES = [
    service(1, "Motor insurance"),
    service(2, "Rock armour grants"),
    service(3, "Wide loads on roads"),
    service(4, "Still births", body="Register a still birth."),
    service(5, "Apply for probate"),
    service(6, "Construction Industry Scheme"),
    service(7, "Tax Return", body="Send a return."),
    service(8, "Waste returns"),
    service(9, "Returns of oil producers"),
    service(10, "Prescribed time limits"),
    service(11, "Prescription charges"),
    service(12, "Planning permission"),
    service(13, "Emergency plans"),
    service(14, "Electronic signatures on forms"),
    service(15, "Jobseeker's Allowance"),
    service(16, "Personal watercraft", "Jet ski", body="A licence for jet ski riders."),
    service(17, "Apprenticeships"),
    service(18, "Stamp duty land tax"),
    service(19, "Land of the stamp: tax on duty free shops"),
    service(20, "Vehicle tax", "Road tax"),
    service(21, "Health cards", "EHIC"),
    service(22, "Zebra crossings"),
    service(23, "Zebru herds"),
    *LICENCES,
]


@pytest.fixture
def indexed(session: Session) -> Session:
    rebuild(session, "service", SERVICES)
    return session


def ids(session: Session, query: str) -> list[int]:
    return find(session, "service", query).ids


@pytest.mark.parametrize("word", ["moor", "rocket", "wife", "spill", "stilt"])
def test_an_english_word_is_never_put_right(indexed: Session, word: str) -> None:
    assert vocabulary(indexed, "service").nearest(word), "there is a word it could become"
    alone = find(indexed, "service", word)
    assert (alone.ids, alone.corrected) == ([], None)
    assert alone.suggestion  # offered, not done
    beside = find(indexed, "service", f"{word} probate")
    assert (beside.ids, beside.corrected, beside.ignored) == ([5], None, (word,))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(word=st.from_regex(r"[a-z]{3,12}", fullmatch=True))
def test_only_words_that_are_no_words_are_put_right(indexed: Session, word: str) -> None:
    corrected = find(indexed, "service", word).corrected
    if is_english(word) or len(word) <= 3:
        assert corrected is None or " " in corrected, "only ever parted in two"


@pytest.mark.parametrize(
    ("typo", "meant"),
    [("probait licence", "probate licence"), ("porbate", "probate"), ("zebro", "zebru")],
)
def test_a_correction_gives_the_list_of_the_right_spelling(
    indexed: Session, typo: str, meant: str
) -> None:
    found = find(indexed, "service", typo)
    right = find(indexed, "service", meant)
    assert found.corrected == meant
    assert (found.ids, found.points) == (right.ids, right.points)


def test_a_short_word_needs_its_first_letter(indexed: Session) -> None:
    assert find(indexed, "service", "wtock").ids == []
    assert find(indexed, "service", "rokc").corrected == "rock"


@pytest.mark.parametrize("mark", ['""', "“”"])
def test_words_in_quotation_marks_are_taken_as_they_are(indexed: Session, mark: str) -> None:
    assert ids(indexed, "probait") == [5]
    exact = find(indexed, "service", f"{mark[0]}probait{mark[1]}")
    assert (exact.ids, exact.corrected, exact.suggestion) == ([], None, "probate")
    assert ids(indexed, "car tax")[0] == 20
    assert 20 not in ids(indexed, f"{mark[0]}car{mark[1]} tax")


def test_a_long_word_may_have_three_slips(indexed: Session) -> None:
    assert find(indexed, "service", "aprentiship").corrected == "apprenticeship"


def test_a_unique_abbreviation_beats_a_common_word_in_names(indexed: Session) -> None:
    assert ids(indexed, "CIS return")[0] == 6


def test_an_abbreviation_wants_its_words_in_order(indexed: Session) -> None:
    assert ids(indexed, "SDLT") == [18, 19]
    found = find(indexed, "service", "SDLT")
    assert found.points[0] > 1.5 * found.points[1]


@pytest.mark.parametrize(
    ("query", "first", "then"),
    [("prescription", 11, 10), ("prescribed", 10, 11), ("plan", 13, 12), ("planning", 12, 13)],
)
def test_the_form_that_was_typed_comes_first(
    indexed: Session, query: str, first: int, then: int
) -> None:
    assert ids(indexed, query) == [first, then]


def test_a_synonym_does_not_lead_on_through_its_stem(indexed: Session) -> None:
    assert ids(indexed, "dole") == [15]  # "signing on" is no "signature"


def test_what_has_only_the_common_word_is_left_out(indexed: Session) -> None:
    assert ids(indexed, "jet ski licence") == [16]
    assert len(ids(indexed, "licence")) == len(LICENCES) + 1
    assert ids(indexed, "jet ski personal waste") == [16], "one word of four is not enough"


def test_without_the_rare_word_the_common_one_is_enough(indexed: Session) -> None:
    found = find(indexed, "service", "rocket licence")
    assert len(found.ids) == len(LICENCES) + 1
    assert found.ignored == ("rocket",)


def test_a_record_with_a_verb_before_its_name_is_as_near(session: Session) -> None:
    both = [service(1, "Probate applications"), service(2, "Apply for probate")]
    rebuild(session, "service", both)
    found = find(session, "service", "probate")
    assert found.points[0] - found.points[1] < 0.5


def query_of(found: Found) -> str | None:
    assert found.query is not None
    return reason(found.query, "Vehicle tax", ["Fahrzeugsteuer", "Road tax disc", "Steuer"])


def test_the_other_name_that_shows_the_match_is_given(indexed: Session) -> None:
    assert query_of(find(indexed, "service", "fahrzeugsteuer")) == "Fahrzeugsteuer"
    assert query_of(find(indexed, "service", "disc")) == "Road tax disc"
    assert query_of(find(indexed, "service", "vehicle tax")) is None, "the name shows it"
    assert query_of(find(indexed, "service", "probate")) is None, "nothing shows it"
