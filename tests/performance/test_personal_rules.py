"""What looks like somebody's is found wherever it stands; figures, moments and codes are not taken
for it.
"""

from __future__ import annotations

import uuid
from base64 import b64encode
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wtforms import StringField, TextAreaField
from wtforms.fields.core import UnboundField
from wtforms.form import FormMeta

from portal.errors import Invalid
from portal.performance.forms import answers, data_sets, notes, own_schemas, uploads
from portal.performance.forms.privacy import names_nobody
from portal.performance.rules import figure_files, kinds, personal, personal_records
from portal.performance.rules.schemas import of_sort
from portal.performance.words import Period, SetKind, ValueStatus

EMAIL, INSURANCE, POSTCODE = "an email address", "a National Insurance number", "a postcode"
PHONE, NHS = "a phone number", "an NHS number"

LETTERS = st.sampled_from("ABCEGHJKLMNPRSTWXYZ")
SEPARATOR = st.sampled_from(["", " ", "-"])


def digits(many: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=many, max_size=many)


def nhs(nine: str) -> str | None:
    check = (11 - sum(int(d) * (10 - n) for n, d in enumerate(nine)) % 11) % 11
    return None if check == 10 else nine + str(check)


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
EMAILS = st.builds("{}{}@{}.{}".format, WORD, st.sampled_from(["", ".o'neil", "+news"]), WORD,
                   st.sampled_from(["com", "gov.uk", "example"]))  # fmt: skip
INSURANCES = st.builds(
    lambda a, b, s, pairs, end: s.join([a + b, *pairs, end]),
    LETTERS, LETTERS, SEPARATOR, st.lists(digits(2), min_size=3, max_size=3),
    st.sampled_from("ABCD"),
)  # fmt: skip
POSTCODES = st.builds(
    "{}{}{}{}{}".format, st.sampled_from(["SW", "M", "EH", "BT", "W", "LL"]),
    st.sampled_from("123456789"), st.sampled_from([" ", ""]), st.sampled_from("123456789"),
    st.sampled_from(["AA", "BQ", "ZX", "TE"]),
)  # fmt: skip
PHONES = st.builds(
    lambda template, found: "".join(found.pop() if sign == "#" else sign for sign in template),
    st.sampled_from(["07700 9#####", "077009#####", "020 7### ####", "(020) 7#######",
                     "+44 7700 9## ###", "+44 (0)20 7### ####", "0044-7700-9#####",
                     "01632 9#####", "01234 56###"]),
    digits(7).map(list),
)  # fmt: skip
NUMBERS = st.builds(
    lambda found, s: s.join([found[:3], found[3:6], found[6:]]),
    st.builds("4{}".format, digits(8)).map(nhs).filter(lambda found: found is not None)
    .filter(lambda found: not found.endswith("00000")), SEPARATOR,
)  # fmt: skip
AROUND = st.sampled_from(
    [("", ""), ("call ", " today"), ("told us: ", "."), ("(", ")"), ("on 01/02/2016, ", ", twice"),
     ("name:", ""), ("a\n", "\nb")]
)  # fmt: skip
PERSONAL = st.one_of(
    *(st.tuples(found, st.just(what)) for found, what in (
        (EMAILS, EMAIL), (INSURANCES, INSURANCE), (POSTCODES, POSTCODE), (PHONES, PHONE),
        (NUMBERS, NHS),
    ))
)  # fmt: skip


@given(PERSONAL, AROUND, st.booleans())
def test_it_is_found_wherever_it_stands(
    secret: tuple[str, str], around: tuple[str, str], lower: bool
) -> None:
    text = secret[0].lower() if lower else secret[0]
    assert personal.looks_like(around[0] + text + around[1]), text
    wide = text.translate({ord(d): 0xFF10 + int(d) for d in "0123456789"} | {ord("@"): 0xFF20})
    assert personal.looks_like(wide), wide


@given(PERSONAL)
def test_messages_name_the_field_and_repeat_nothing(secret: tuple[str, str]) -> None:
    rows = [{"ok": 1}] * 11 + [
        {"some_field": secret[0]}, {"some_field": {"in": [secret[0]]}},
        {"some_field": [{secret[0]: 1}]}, {secret[0]: 1},
        {"_id": b64encode(f"day.{secret[0]} x".encode() + b" " * 3).decode()},
    ]  # fmt: skip
    said = personal_records.wrong(rows)
    assert {message.split(":")[0] for message in said} >= {
        f"record {n} (index {n - 1})" for n in range(12, 16)
    }
    assert not any(secret[0].lower() in message.lower() for message in said)
    assert all("some_field looks like " in message for message in said[:3])


MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1900)
OFFSETS = st.sampled_from(["Z", "+00:00", "+01:00", "-05:30", "+0100", ".123456Z", ""])
SLUGS = st.lists(
    st.sampled_from(["register", "to", "vote", "tax", "your", "vehicle", "b1", "form", "p45",
                     "2016", "17", "v2", "n1"]), min_size=1, max_size=8,
).map("-".join)  # fmt: skip
FIGURES = st.one_of(
    st.integers(0, 10**12).map("{:,}".format),
    st.floats(0, 10**6).map("£{:,.2f}".format),
    st.integers(1, 9999).map("{}00000".format),
    st.floats(0, 100).map("{:.12f}%".format),
)
DAYS = st.dates(date(1999, 1, 1), date(2039, 12, 31))


@given(
    st.one_of(
        st.builds(lambda at, end: at.strftime("%Y-%m-%dT%H:%M:%S") + end, MOMENTS, OFFSETS),
        st.builds(lambda a, b: f"{a:%d.%m.%Y} - {b:%d.%m.%Y}", DAYS, DAYS),
        st.builds(lambda a, b: f"from {a:%d/%m/%Y} to {b.isoformat()}", DAYS, DAYS),
        st.builds(lambda a, b: f"{a:%d-%m-%y} {b:%d-%m-%y}", DAYS, DAYS),
        st.uuids().map(str),
        SLUGS,
        FIGURES,
        st.just("weeks 01 02 03 04 05 06"),
        st.just("08.30-17.30 09.00-12.00"),
    )
)
def test_what_only_resembles_it_is_not(text: str) -> None:
    assert personal.looks_like(text) is None


@given(MOMENTS, SLUGS, st.sampled_from(["day", "month"]), st.integers(0, 10**9))
def test_ids_that_clients_make_are_kept(at: datetime, slug: str, period: str, count: int) -> None:
    made = [at.isoformat(), period, slug, str(count)]
    id_ = b64encode(".".join(made).encode()).decode()
    other = str(uuid.uuid5(uuid.NAMESPACE_DNS, slug))
    assert personal_records.wrong([{"_id": id_}, {"_id": other, "count": 9_434_765_919}]) == []


@pytest.mark.parametrize("key", ["sw1a_2aa", "call_07700_900123", "Jane@example.com", "qq123456c"])
def test_names_of_fields(key: str) -> None:
    assert personal.name_looks_like(key)


SCHEMA = of_sort(SetKind.CALLS, Period.MONTH)
COLUMNS = figure_files.columns(SCHEMA)


@pytest.mark.parametrize(
    ("column", "text"),
    [(-1, "07700 900123"), (-1, "943 476 5919"), (0, "jane@example.com"), (1, "SW1A 2AA")],
)
def test_a_cell_of_a_file(column: int, text: str) -> None:
    cells = ["2016-05-01", *(next(iter(d.values)) for d in SCHEMA.dimensions), "9434765919"]
    cells += [""] * (len(COLUMNS) - len(cells))
    file = [COLUMNS, cells]
    read = lambda rows: figure_files.read(  # noqa: E731
        "\n".join(map(",".join, rows)), SCHEMA, ValueStatus.PUBLISHED, date(2026, 1, 1)
    )
    assert len(read(file)[0]) == 1
    cells[column] = text
    with pytest.raises(Invalid) as problem:
        read(file)
    assert "looks like" in problem.value.marked and problem.value.values["row"] == 2
    assert text not in str(problem.value.values)
    with pytest.raises(Invalid, match="name of a column"):
        read([[*COLUMNS, text], [*cells, ""]])


#: Answered by choosing, or with a number or an address, which have rules of their own.
OTHERS = {"due_days", "max_age_days", "threshold", "group", "type", "value", "query"}


@pytest.mark.parametrize("module", [answers, data_sets, notes, own_schemas, uploads])
def test_everything_that_people_write_is_looked_at(module: object) -> None:
    forms = [each for each in vars(module).values() if isinstance(each, FormMeta)]
    fields = [
        (form.__name__, name)
        for form in forms
        for name in dir(form)
        if isinstance(field := getattr(form, name), UnboundField)
        and field.field_class in (StringField, TextAreaField)
        and name not in OTHERS
        and names_nobody not in field.args[1]
    ]
    assert fields == []


def test_kinds_have_no_such_names() -> None:
    for sort in kinds.SORTS.values():
        for each in (*sort.dimensions, *sort.measures):
            assert personal.name_looks_like(each.key) is None


@given(
    st.lists(
        st.text(st.sampled_from("0123456789aQqWcCsS1 -.+@()_:/\n\u2013\u0131"), max_size=24),
        max_size=4,
    )
)
def test_many_texts_are_looked_at_as_each_is(texts: list[str]) -> None:
    each = any(personal.looks_like(text) for text in texts)
    assert personal.any_looks_like(texts) or not each


@pytest.mark.parametrize(
    "text",
    ["a@b.example", "qq 12-34 56 c", "SW1A 1AA", "m1 1ae", "(0161) 496 0000", "+44 161 496 0000",
     "0044 161 496 0000", "401 023 2137", "4010232137"],
)  # fmt: skip
def test_one_among_many_texts_is_found(text: str) -> None:
    many = [f"2016-05-{day:02}.online" for day in range(1, 29)]
    assert not personal.any_looks_like(many)
    assert personal.any_looks_like([*many, text]) and personal.looks_like(text)
