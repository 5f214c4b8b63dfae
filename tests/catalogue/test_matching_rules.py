"""What a published organisation name may and may not be taken for."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.catalogue.rules.matching import MOST_SUGGESTIONS, Named, NameIndex, normalise
from portal.catalogue.rules.spelling import abbreviations

LYNN = "King's Lynn and West Norfolk"
COUNCILS = [
    # id, name, official name, started, ended
    ("DUR", "County Durham", "Durham County Council", None, None),
    ("DER", "Derby", "Derby City Council", None, None),
    ("DBY", "Derbyshire", "Derbyshire County Council", None, None),
    ("LIC", "City of Lincoln", "City of Lincoln Council", None, None),
    ("LIN", "Lincolnshire", "Lincolnshire County Council", None, None),
    ("DOR", "Dorset", "Dorset County Council", None, date(2019, 3, 31)),
    ("DST", "Dorset", "Dorset Council", date(2019, 4, 1), None),
    ("EDO", "East Dorset", "East Dorset District Council", None, date(2019, 4, 1)),
    ("CRA", "Craven", "Craven District Council", None, date(2023, 4, 1)),
    ("CAB", "Cambridge", "Cambridge City Council", None, None),
    ("ADU", "Adur", "Adur District Council", None, None),
    ("WOT", "Worthing", "Worthing Borough Council", None, None),
    ("BNS", "Barnsley", "Barnsley Metropolitan Borough Council", None, None),
    ("SFK", "Suffolk", "Suffolk County Council", None, None),
    ("KIN", LYNN, f"Borough Council of {LYNN}", None, None),
    ("BST", "City of Bristol", "Bristol City Council", None, None),
    ("LND", "City of London", "City of London Corporation", None, None),
    ("GLA", "Greater London", "Greater London Authority", None, None),
    ("NET", "Newcastle upon Tyne", "Newcastle City Council", None, None),
    ("NEC", "Newcastle-under-Lyme", "Newcastle-under-Lyme Borough Council", None, None),
    ("CMD", "Camden", "London Borough of Camden", None, None),
    ("HIL", "Hillingdon", "London Borough of Hillingdon", None, None),
    ("HRT", "Hertfordshire", "Hertfordshire County Council", None, None),
    ("SHN", "St. Helens", "St Helens Council", None, None),
    ("IOS", "Isles of Scilly", "Council of the Isles of Scilly", None, None),
    ("RUT", "Rutland", "Rutland County Council", None, None),
    ("BGE", "Bridgend", "Bridgend County Borough Council", None, None),
]
BODIES = [
    ("D9", "Department for Transport", "DfT", None),
    ("D25", "HM Revenue & Customs", "HMRC", None),
    ("EA69", "HM Land Registry", None, None),
    ("EA103", "Environment Agency", "EA", None),
    ("EA67", "Driver and Vehicle Licensing Agency", "DVLA", None),
    ("OT529", "NHS Business Services Authority", "NHSBSA", None),
    ("OT313", "British Council", None, None),
    ("OT1103", "Natural Resources Wales", None, None),
    ("PB355", "Copyright Tribunal", None, None),
    ("D12", "Department of Health", "DH", date(2018, 1, 8)),
    ("D900", "Department of Health (Northern Ireland)", None, None),
    ("OT863", "Northern Health and Social Services Board", None, None),
    ("OT864", "Southern Health and Social Services Board", None, None),
    ("OT969", "Mid Staffordshire NHS Foundation Trust Public Inquiry 2013", None, date(2013, 2, 1)),
]


def named(
    value: str, name: str, what: str = "name", *, council: bool = False, ended: date | None = None
) -> Named:
    scheme = "local-authority-eng" if council else "government-organisation"
    kind = "local_authority" if council else "other"
    return Named(f"{scheme}:{value}", name, ended, what, kind)  # type: ignore[arg-type]


def all_names() -> list[Named]:
    names = []
    for value, name, official, started, ended in COUNCILS:
        for text, what in ((name, "name"), (official, "official name")):
            one = named(value, text, what, council=True, ended=ended)
            names.append(Named(one.id, one.name, ended, one.what, one.kind, started))
    for value, name, short, ended in BODIES:
        names.append(named(value, name, ended=ended))
        if short:
            names.append(named(value, short, "abbreviation", ended=ended))
    names.append(named("D25", "Inland Revenue", "former name"))
    names.append(named("EA67", "DVLA Swansea", "alias"))
    return names


INDEX = NameIndex(all_names())


def matched(name: str, on: date | None = None) -> str | None:
    found = INDEX.match(name, on).matched
    return found.split(":")[1] if found else None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bath & North East Somerset", "BATH AND NORTH EAST SOMERSET"),
        ("City of Lincoln Council", "Lincoln City Council"),
        ("Bristol, City of", "City of Bristol"),
        ("St. Helens", "st helens"),
        ("London Borough of Camden", "Camden London Boro"),
        ("Metropolitan Borough of Barnsley", "Barnsley Metropolitan Borough"),
        ("St Albans City and District Council", "City and District Council of St Albans"),
        ("Her Majesty’s Passport Office", "HM Passport Office"),
        ("His Majesty's Passport Office", "H.M. Passport Office"),
        ("The National Archives", "National Archives"),
        ("Dept. for Transport", "Department of Transport"),
        ("Department for Communities (NI)", "Department for Communities (Northern Ireland)"),
        ("Victoria Climbié Inquiry", "victoria climbie inquiry"),
        ("Ynys Môn", "YNYS MON"),
        ("Natural Resources Wales (NRW)", "Natural Resources Wales"),
        ("UK Civil Aviation Authority\u00ad\u00ad", "United Kingdom Civil Aviation Authority"),
        ("NHS Devon ICB", "NHS Devon Integrated Care Board"),
        ("Remploy Ltd", "Remploy Limited"),
        ("\uff28\uff2d Treasury", "HM Treasury"),
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Durham County Council", "City of Durham"),
        ("Durham County Council", "Durham City Council"),
        ("Department for Transport", "Transport Scotland"),
        ("Department for Transport", "Transport"),
        ("Lincoln City", "Lincolnshire"),
        ("Derby", "Derbyshire"),
        ("Dorset Council", "Dorset County Council"),
        ("Rutland County Council", "Rutland District Council"),
        ("Department of Health", "Department of Health (Northern Ireland)"),
        ("Hertfordshire County Council", "Herefordshire County Council"),
        ("Bournemouth Town Council", "Bournemouth Council"),
        ("HM Prison Service", "Northern Ireland Prison Service"),
        ("British Council", "British Museum"),
        ("Equality 2025", "Equality 2026"),
    ],
)
def test_two_bodies_do_not_become_one(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Adur", "ADU"),
        ("adur council", "ADU"),
        ("Adur DC", "ADU"),
        ("Barnsley MBC", "BNS"),
        ("Barnsley District", "BNS"),
        ("Cambridge District", "CAB"),
        ("Durham", "DUR"),
        ("Durham County", "DUR"),
        ("lincoln", "LIC"),
        ("Herts County Council", "HRT"),
        ("Camden", "CMD"),
        ("LB Camden", "CMD"),
        ("Bridgend County Borough", "BGE"),
        ("Scilly", "IOS"),
        ("West Norfolk and Kings Lynn", "KIN"),
        ("Derby City Coucil", "DER"),
        ("London Borough of Hilingdon", "HIL"),
        ("HMRC", "D25"),
        ("hm revenue and customs", "D25"),
        ("EA", "EA103"),
        ("Land Registry", "EA69"),
        ("Driver and Vehicle Licensing Agency (DVLA)", "EA67"),
        ("HM Revenue and Customs / HMRC", "D25"),
        ("NHS Business Service Authority", "OT529"),
        ("British Council", "OT313"),
    ],
)
def test_the_same_name_written_another_way_is_sure(name: str, value: str) -> None:
    assert matched(name) == value


@pytest.mark.parametrize(
    "name",
    [
        "City of Durham",  # a town's council is not the county's
        "Derby County",
        "Newcastle",  # upon Tyne or under Lyme
        "London",  # the City or Greater London
        "Hillington",  # a place of its own
        "Herefordshire Council",  # one letter from another county
        "Adur Town Council",
        "Derbyshire Police",
        "NHS Derby",
        "British",
        "Copyright",
        "ea",  # two letters mean too much
        "Transport Scotland",
        "Mid Staffordshire NHS Foundation Trust Public Inquiry 2010",
        "Northen Health and Social Service Board",
        "Adur & Worthing Councils",
        "Department for Transport / HM Revenue & Customs",
    ],
)
def test_likeness_alone_is_never_sure(name: str) -> None:
    found = INDEX.match(name)
    assert found.matched is None
    assert len(found.suggestions) <= MOST_SUGGESTIONS


def test_suggestions_come_best_first_and_say_why() -> None:
    found = INDEX.match("Adur & Worthing Councils").suggestions
    assert {one.id for one in found[:2]} == {"local-authority-eng:ADU", "local-authority-eng:WOT"}
    assert found[0].why == "part of the name is Adur"
    city = INDEX.match("City of Durham").suggestions
    assert city[0].id == "local-authority-eng:DUR"
    assert all(a.score >= b.score for a, b in pairwise(city))


def test_an_abbreviation_nobody_listed_is_only_suggested() -> None:
    found = INDEX.match("NRW")
    assert found.matched is None
    assert found.suggestions[0].why == "the initials of Natural Resources Wales"
    assert abbreviations("Ministry of Defence") == {"mod"}
    assert "dfe" in abbreviations("Department for Education")
    assert "hmrc" in abbreviations("HM Revenue & Customs")


def test_a_place_shared_by_an_old_and_a_new_council_needs_a_date() -> None:
    found = INDEX.match("Dorset")
    assert found.matched is None
    assert [one.id[-3:] for one in found.suggestions[:2]] == ["DST", "DOR"]
    assert matched("Dorset", date(2018, 1, 1)) == "DOR"
    assert matched("Dorset", date(2019, 4, 1)) == "DST"
    assert matched("Dorset Council") == "DST"
    assert matched("Dorset County") == matched("Dorset County Council") == "DOR"


def test_a_match_to_an_ended_body_says_so() -> None:
    assert "ended 2023-04-01" in INDEX.match("Craven District Council").why


def test_of_two_bodies_of_one_name_the_live_one_is_meant_and_it_says_so() -> None:
    old = named("D1", "Ministry of Housing", ended=date(2018, 1, 1))
    new = named("D2", "Ministry of Housing")
    found = NameIndex([old, new]).match("ministry of housing")
    assert found.matched == new.id
    assert "still there" in found.why
    both = NameIndex([named("D1", "Ministry of Housing"), new]).match("Ministry of Housing")
    assert both.matched is None
    assert {one.id for one in both.suggestions} == {old.id, new.id}


def test_a_body_s_own_name_outranks_a_name_another_gave_up() -> None:
    old = named("D1", "Highways Agency", ended=date(2015, 4, 1))
    new = named("D2", "Highways Agency", "former name")
    assert NameIndex([new, old]).match("Highways Agency").matched == old.id
    assert NameIndex([new]).match("Highways Agency").why.startswith("same as its former name")


@pytest.mark.parametrize(
    "name", ["", " ", "?", "-", "12", "2025", "a", "the", "\u200b", "\x00", "…"]
)
def test_no_name_gives_nothing(name: str) -> None:
    found = INDEX.match(name)
    assert found.matched is None
    assert found.suggestions == ()


@pytest.mark.parametrize(
    ("piece", "times"),
    [("x", 10_000_000), ("county ", 99_999), ("\ufdfa", 400), ("city of ", 9999), ("((/", 9999)],
)
def test_hostile_lengths_are_cut(piece: str, times: int) -> None:
    name = piece * times
    assert len(normalise(name)) < 1000
    assert INDEX.match(name).matched is None


def test_an_empty_index_matches_nothing() -> None:
    assert NameIndex([]).match("Adur").suggestions == ()


WORDS = st.sampled_from(
    "city of the and county borough london royal council district metropolitan HM H.M. her "
    "majesty's department dept for office ni pcc ua mbc & (DVLA) - / , Durham Derby St. Dorset "
    "Driver Vehicle Licensing Agency United Kingdom cyngor sir coucil n Bucks unitary authority "
    "upon greater national health service é".split()
)
NAMES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=12).map(" ".join))


@settings(max_examples=400, deadline=None)
@given(NAMES)
def test_normalising_twice_changes_nothing(name: str) -> None:
    assert normalise(normalise(name)) == normalise(name)


@settings(max_examples=300, deadline=None)
@given(NAMES, st.one_of(st.none(), st.dates()))
def test_any_text_gets_an_answer_and_always_the_same(name: str, on: date | None) -> None:
    found = INDEX.match(name, on)
    assert found == NameIndex(all_names()).match(name, on)
    assert len(found.suggestions) <= MOST_SUGGESTIONS
    assert all(0 <= one.score <= 1 and one.why for one in found.suggestions)
    assert found.matched is None or found.suggestions[0].id == found.matched


@settings(max_examples=100, deadline=None)
@given(st.permutations(all_names()), NAMES)
def test_the_order_of_the_index_does_not_matter(names: list[Named], name: str) -> None:
    index = NameIndex([*names, *names[:3]])
    for one in (name, "Dorset", "Adur & Worthing Councils", "Department for"):
        assert index.match(one) == INDEX.match(one)
