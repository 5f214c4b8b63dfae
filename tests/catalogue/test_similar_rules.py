"""How alike two services are: what counts, what is passed over, what the list is ordered by."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.catalogue.rules.similar import Comparer, Known, Profile, Rarity, key_of, read, signals
from portal.catalogue.rules.similar_pairs import LEAST, Pair, nearest, pairs
from portal.catalogue.rules.similar_words import name_words, opposed, sentences, sides

FIXTURE = Path(__file__).with_name("near_duplicates.json")
COMPARER = Comparer(Rarity())


def profile(name: str, summary: str = "", **more: object) -> Profile:
    return COMPARER.profile(read(Known(name, summary, **more)))  # type: ignore[arg-type]


def score(one: Profile, other: Profile) -> float:
    return COMPARER.score(one, other)


@pytest.mark.parametrize(
    "title",
    [
        "Pay a parking fine",
        "Pay a Parking Fine - Service Assessment",
        "Pay a parking fine – Alpha assessment",
        "Pay a parking fine: beta reassessment report",
        "Pay a parking fine (private beta)",
        "Pay a parking fine [live]",
        "Pay a parking fine - Voluntary Service Assessment",
        "Pay a parking fine live assessment",
        "Pay a parking fine - Self Certification",
        "**Pay parking fines**",
    ],
)
def test_titles_of_reports_are_the_service_s_name(title: str) -> None:
    assert key_of(name_words(title)) == key_of(name_words("Pay a parking fine"))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Live animal exports", "live animal exports"),
        ("Register a live birth - Beta assessment", "register a live birth"),
        ("Environmental impact assessment", "environmental impact assessment"),
        ("Register for Self Assessment", "register for self assessment"),
        ("Self Assessment: pay a bill", "self assessment pay a bill"),
        ("Register for Self Assessment live assessment", "register for self assessment"),
        ("Traffic cameras live", "traffic cameras live"),
        ("Beta", "beta"),
        ("Service Assessment - Alpha Assessment", "service assessment alpha assessment"),
        ("!?", ""),
    ],
)
def test_what_a_service_is_about_stays_in_its_name(title: str, words: str) -> None:
    assert " ".join(word.written for word in name_words(title)) == words


def test_an_abbreviation_in_brackets_takes_weight_from_what_it_stands_for() -> None:
    weights = {w.written: w.weight for w in name_words("Vehicle Excise Notice (VEN) enquiry")}
    assert weights["ven"] == weights["enquiry"] > weights["excise"]
    weights = {w.written: w.weight for w in name_words("Book a course (Wales)")}
    assert weights["course"] > weights["wales"]


def test_a_description_is_read_without_markup_and_boilerplate() -> None:
    text = (
        "Self certifications are run internally by each department. Apply&nbsp;for a [licence]"
        "(https://www.example.gov.uk/licence) to *fish*.\nSee https://www.example.gov.uk/fish"
    )
    assert list(sentences(text)) == [
        ("apply", "for", "a", "licence", "to", "fish"),
        ("see",),
    ]


def test_the_same_name_and_description_is_the_most_alike() -> None:
    one = profile("Tax a boat", "Pay tax on a boat that you keep on a river.")
    assert score(one, one) == 1
    assert COMPARER.why(one, one) == "same name; same description"
    other = profile("Tax a boat - Beta assessment", "For keepers of boats on rivers.")
    assert 0.6 <= score(one, other) < 1
    assert COMPARER.why(one, other).startswith("same name; both speak of")


def test_a_former_name_is_a_name() -> None:
    one = profile("Vessel duty", other_names=("Tax a boat",))
    assert score(one, profile("Tax a boat")) >= 0.6
    assert COMPARER.why(one, profile("Tax a boat")) == "a name of one is a name of the other"


def test_an_address_that_both_have_outranks_words() -> None:
    page = {"signals": signals(start_page="https://www.gov.uk/boat-tax")}
    same = {"signals": signals(start_page="http://gov.uk/boat-tax/")}
    one, other = profile("Boat tax", **page), profile("Riparian duties", **same)
    assert 0.9 <= score(one, other) < 1
    assert COMPARER.why(one, other) == "same start page"


def test_which_addresses_tell() -> None:
    assert signals("https://www.gov.uk/", "https://www.boats.service.gov.uk/") == {
        ("service address", "boats.service.gov.uk")
    }
    assert signals(
        "not an address", None, ["https://code.example/boats/tax.git"], [" B1 ", ""]
    ) == {
        ("repository", "code.example/boats/tax"),
        ("identifier", "B1"),
    }


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Boat grant: new claims", "Boat grant: existing claims", ("new", "existing")),
        ("Import plants", "Export plants", ("import", "export")),
        ("Support under section 4", "Support under section 95", ("4", "95")),
        ("Apply for a mooring", "Mooring renewals", ("apply", "renewals")),
    ],
)
def test_opposites_speak_against_it(one: str, other: str, words: tuple[str, str]) -> None:
    assert opposed(sides(name_words(one)), sides(name_words(other))) == words
    assert "but one says" in COMPARER.why(profile(one), profile(other))


def test_opposites_outweigh_letters() -> None:
    one = profile("Boat grant: new claims")
    other, misspelt = profile("Boat grant: existing claims"), profile("Boat grant: nwe claims")
    assert score(one, other) < score(one, misspelt)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("New and existing claims", "Existing claims"),
        ("Animal survey 2014", "Animal survey 2015"),
        ("Amend a mooring", "Change a mooring"),
        ("Apply for or renew a mooring", "Renew a mooring"),
    ],
)
def test_what_is_no_opposite(one: str, other: str) -> None:
    assert opposed(sides(name_words(one)), sides(name_words(other))) is None


def test_what_means_the_same_and_what_is_spelt_alike() -> None:
    assert score(profile("Car tax enquiry"), profile("Vehicle excise duty enquiries")) > 0.8
    assert "spelt much alike" in COMPARER.why(profile("Mooringg"), profile("Moorings"))
    assert score(profile("Burials"), profile("Cremations")) < LEAST


def test_a_description_that_has_the_words_of_the_other_s_name() -> None:
    one = profile("Report smuggled antiques")
    other = profile("Heritage crime desk", "The new form for reporting antiques that are smuggled.")
    assert score(one, other) > 0.5 > score(one, profile("Heritage desk", "Antiques and crime."))
    assert "one description has the words of the other’s name" in COMPARER.why(one, other)


def test_why_names_what_both_say() -> None:
    one = profile("Vehicle keeper enquiry", "Ask about an abandoned trailer on a public road.")
    other = profile("Enquiry: vehicle keepers", "Tells who left an abandoned trailer behind.")
    assert COMPARER.why(one, other) == (
        "both names say “enquiry vehicle keepers”; both speak of “abandoned trailer”"
    )


NAMES = st.text(max_size=60) | st.sampled_from(
    ["Tax a boat", "Boat tax (beta)", "Boat licence renewals", "Apply for a boat licence", "(SORN)"]
)
#: The first example reads the word lists; other work on the machine slows the rest.
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SERVICES = st.builds(
    Known,
    NAMES,
    st.text(max_size=120) | NAMES,
    st.lists(NAMES, max_size=2).map(tuple),
    st.sampled_from([frozenset(), signals("https://www.gov.uk/boat")]),
)


@UNHURRIED
@given(SERVICES, SERVICES)
def test_alike_is_the_same_both_ways_and_from_0_to_1(one: Known, other: Known) -> None:
    a, b = COMPARER.profile(read(one)), COMPARER.profile(read(other))
    assert 0 <= score(a, b) <= 1
    assert score(a, b) == score(b, a)
    assert COMPARER.why(a, b) == COMPARER.why(b, a)
    if a.key:
        assert score(a, a) >= score(a, b) - 1e-9


@UNHURRIED
@given(st.lists(SERVICES, max_size=8))
def test_a_list_of_pairs_is_in_order_and_the_same_again(services: list[Known]) -> None:
    found = pairs(services, 100)
    assert found == pairs(services, 100)
    assert [pair.score for pair in found] == sorted((p.score for p in found), reverse=True)
    assert all(0 <= p.a < p.b < len(services) and LEAST <= p.score <= 1 for p in found)
    assert len({(pair.a, pair.b) for pair in found}) == len(found)
    assert pairs(services, 3) == found[:3]


def test_identical_records_come_first() -> None:
    others = [Known(f"Licence for {thing}") for thing in ("boats", "moorings", "marinas", "quays")]
    twice = Known("Tax a boat", "Pay tax on a boat.")
    first = pairs([others[0], twice, *others[1:], twice], 10)[0]
    assert (first.a, first.b, first.score) == (1, 5, 1.0)


def test_a_record_is_no_pair_with_itself() -> None:
    assert pairs([Known("Moorland moorage")], 5) == []


def test_pairs_that_are_implied_come_after_new_ones() -> None:
    group = [Known("Tax a boat", "Pay tax on a boat.")] * 3
    two = [Known("Hire a mooring", "Rent a berth."), Known("Mooring hire", "A berth for a day.")]
    found = [(pair.a, pair.b) for pair in pairs([*group, *two], 10)]
    assert found[:3] == [(0, 1), (0, 2), (3, 4)]
    assert found[3] == (1, 2)


def test_only_pairs_of_other_names_on_request() -> None:
    services = [Known("Tax a boat"), Known("Tax a boat - Alpha assessment"), Known("Tax your boat")]
    same = [Pair(0, 1, 1.0, "same name")]
    assert pairs(services[:2], 5) == same
    assert pairs(services[:2], 5, other_names=True) == []


def test_a_sentence_that_many_records_have_tells_nothing() -> None:
    shared = "This page describes how the panel of inspectors came to its verdict."
    services = [Known(f"{what} of moorings", shared) for what in ("Rent", "Repair", "Closure")]
    assert "same description" in pairs(services[:2], 1)[0].why
    assert pairs(services, 1) == []


def test_each_service_is_compared_with_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(1)
    words = [f"word{n}" for n in range(30)]
    services = [Known(" ".join(chance.sample(words, 4))) for _ in range(600)]
    compared = 0
    real = Comparer.score

    def counted(self: Comparer, one: Profile, other: Profile) -> float:
        nonlocal compared
        compared += 1
        return real(self, one, other)

    monkeypatch.setattr(Comparer, "score", counted)
    assert len(pairs(services, 10_000)) <= 600 * 10
    assert compared <= 600 * 40


def test_nearest_gives_the_best_of_the_candidates() -> None:
    names = ("Beehive register", "Tax a boat", "Boat tax refunds", "Boat licences")
    others = [read(Known(name)) for name in names]
    rarity = Rarity(100, {"boat": 3, "tax": 10})
    found = nearest(read(Known("Boat tax")), others, rarity, 2)
    assert [at for at, _ in found] == [1, 2]
    assert found[0][1].why == "both names say “boat tax”"
    assert nearest(read(Known("Boat tax")), [], rarity, 2) == []


def test_recall_on_made_up_services() -> None:
    made_up = json.loads(FIXTURE.read_text(encoding="utf-8"))
    services = [Known(row["title"], row["summary"]) for row in made_up]
    same = {
        (a, b)
        for a, b in combinations(range(len(made_up)), 2)
        if made_up[a]["service"] == made_up[b]["service"]
    }
    found = pairs(services, 30)
    hits = same & {(pair.a, pair.b) for pair in found}
    assert len(hits) / len(same) >= 0.85
    first = {(pair.a, pair.b) for pair in found[:10]}
    assert len(first & same) >= 9
