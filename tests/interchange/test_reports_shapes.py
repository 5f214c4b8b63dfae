"""However a report is set, the same is read of it; and no text breaks the reading."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.interchange.reports import labels, linking, markdown, points, printing, reading
from tests.interchange.reports import HEADER, TEXT, TWICE, facts, header, read, row, table, whole

PLAIN = whole()
BOTH = header(TWICE) + TEXT + table(26)


def labelled(form: str) -> str:
    return "".join(form.format(label=la, value=va) for la, va in HEADER.items()) + TEXT + table(18)


@pytest.mark.parametrize(
    "form",
    [
        "**{label}:** {value}\n\n", "**{label}: {value}**\n\n", "**{label}**: {value}\n\n",
        "__{label}:__\n{value}\n\n", "_{label}:_\n\n{value}\n\n", "**{label}**\n\n{value}\n\n",
        "{label}:\n{value}\n\n", "{label}: {value}\n\n", "{label}\n{value}\n\n",
        "### {label}\n\n{value}\n\n",
        "- **{label}:** {value}\n", "**&nbsp;{label}:**&nbsp;\n\n\n{value}&nbsp;\n\n",
        "**{label}:**\n\n**{value}**\n\n", "<strong>{label}:</strong><br>{value}<br><br>\n",
        "**{label}:**  \n_{value}_  \n\n", "**{label} :**  \n {value}\n\n",
        "**[{label}](https://x.example/a):**\n{value}\n\n",
        "**{label}** {value}\n\n", "**{label}:**\r\n{value}\r\n\r\n", "*{label}:*\n{value}\n\n",
    ],
)  # fmt: skip
def test_labels_in_many_settings(form):
    assert facts(read(labelled(form))) == facts(read(PLAIN))


def test_a_bold_run_that_is_split_is_joined():
    split = PLAIN.replace("**Date of Assessment:**", "**Date of Ass****essment:**")
    assert facts(read(split)) == facts(read(PLAIN))
    split = PLAIN.replace("**Assessment Stage:**", "**Assessment** **Stage:**")
    assert facts(read(split)) == facts(read(PLAIN))
    split = PLAIN.replace("**Department / Agency:**", "**Department /**\n\n**Agency:**")
    assert facts(read(split)) == facts(read(PLAIN))
    both = BOTH.replace("**Date of Reassessment:**", "**Date of**  \n**Reassessment:**")
    both = both.replace(
        "**Result of Original Assessment:**", "**Result of Original**\n**Assessment:**"
    )
    assert facts(read(both)) == facts(read(BOTH))


def test_labels_on_one_line_are_told_apart():
    line = " ".join(f"**{label}:** {value}" for label, value in HEADER.items())
    assert facts(read(line + "\n\n" + TEXT + table(18))) == facts(read(PLAIN))


def test_a_header_in_two_parts_is_one():
    first, second = PLAIN.split("**Date", 1)
    text = "".join(f"Keepers light lamps, of which there are {n}.\n\n" for n in range(9))
    assert facts(read(first + text + "**Date" + second)) == facts(read(PLAIN))


def test_links_around_values_do_not_count():
    linked = PLAIN.replace(
        "\nDfL / Lights Agency", '\n[DfL / Lights Agency](https://x.example/a_(b) "L")'
    )
    assert facts(read(linked)) == facts(read(PLAIN))


@given(st.lists(st.integers(0, 3), min_size=200, max_size=200), st.sampled_from([PLAIN, BOTH]))
@settings(max_examples=40)
def test_blank_lines_and_spaces_do_not_count(many, body):
    spread = "".join(
        line + " " * n + "\n" + ("\n" * n if not line.startswith("|") else "")
        for line, n in zip(body.split("\n"), many, strict=False)
    )
    assert facts(read(spread)) == facts(read(body))


CHANGES = (
    lambda t: t.replace("\n", "\r\n"), lambda t: t.replace(" | ", "|"),
    lambda t: t.replace(" | ", "  |  "), lambda t: re.sub(r"\| (Yes|No) ", r"| **\1** ", t),
    lambda t: re.sub(r"\| (Yes|No) ", r"| _\1_&nbsp;", t), lambda t: t.replace(":**", "**:"),
    lambda t: t.replace(":**", ":&nbsp;**"), lambda t: t.replace(" ",
    "\u00a0") if "|" not in t else t,
    lambda t: t.replace("Criteria**", "Point**"), lambda t: t.replace("**Passed**", "Result"),
    lambda t: t.replace("\n| 1 ", "\n| --- | --- | --- | --- |\n| 1 "), str.strip,
    lambda t: re.sub(r"(\| 7 \|)", r"\n\1", t), lambda t: t.replace("* * *", "---"),
    lambda t: t.replace("Assessment Stage:", "Assessment stage:"),
    lambda t: t.replace("- Service", "– Service"),
)  # fmt: skip


@given(st.lists(st.sampled_from(CHANGES), max_size=5), st.sampled_from([PLAIN, BOTH]))
@settings(max_examples=80)
def test_how_it_is_set_does_not_count(changes, body):
    changed = body
    for change in changes:
        changed = change(changed)
    assert facts(read(changed)) == facts(read(body))


PIECES = st.sampled_from(
    ["**", "__", "|", "\n", "\n\n", "[", "](", ")", "*",
    "\\", "&nbsp;", "<script>", "</script>", "<br>", "#",
     "Lead Assessor:", "**Date of Assessment:**", "31/02/2015", "8/6/2015", "| 1 | Yes |",
     "[name withheld]",
     "Mr ", "Susan Brightly", "@", "a@b.example", "\ue041", "\u2028", "\x00", "\ud800", "Result:",
     "(Original)", " / ", "Details of criteria that are not applicable", "\n| 2 - x", "* * *",
     "99", "0", ":", "- "]
)  # fmt: skip


def sound(row_: dict[str, str]) -> None:
    """Nothing raises, and what comes out can be printed and stored."""
    report = reading.parse_report(row_)
    assert report.assessments and all(field for field, _ in report.checks)
    said = (
        str(printing.as_object(linking.linked([report, report])[1])) + report.body + report.summary
    )
    said.encode("utf-8")
    assert "\0" not in said


@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=60), st.text(max_size=200))
@settings(max_examples=150)
def test_no_text_breaks_it(pieces, summary):
    sound(row("".join(pieces), summary=summary))


@given(st.data())
@settings(max_examples=80)
def test_no_mutation_of_a_report_breaks_it(data):
    body = data.draw(st.sampled_from([PLAIN, BOTH]))
    for _ in range(data.draw(st.integers(1, 6))):
        at, end = sorted(data.draw(st.tuples(*[st.integers(0, len(body))] * 2)))
        end = min(end, at + 40)
        body = body[:at] + data.draw(st.one_of(PIECES, st.just(body[at:end] * 2))) + body[end:]
    sound(row(body))


@pytest.mark.parametrize(
    "piece",
    ["[", "[a](", "**", "_", "a_", "<script>", "<b", "|", "| 1 ", "* ", "1, ", "(",
    "\\", "&", "Lead Assessor: ",
     "Susan ", "Mr ", "0 ", "a@", "a.", "**Date", "Date of Assessment:\n", "- \n",
     "Susan Brightly\n"],
)  # fmt: skip
def test_long_texts_of_one_sort_take_no_long(piece):
    text = (piece * 100_000)[:100_000]
    read(header(HEADER) + text)
    read(header(HEADER) + f"**Lead Assessor:**\n{text[:300]}\n")


def test_what_the_web_page_had_around_is_left_out():
    body = (
        PLAIN
        + '\n<aside class="s"><h3>Recent</h3></aside>\n<script>x = 1 || 2</script>\n<p>Last.</p>'
    )
    report = read(body)
    assert "Recent" not in report.body and "x = 1" not in report.body and "Last." in report.body
    assert report.needs_check == ("body: parts of the web page around the report are left out",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("**a** _b_ c_d", "a b c_d"), ("[a *b*](https://x.example/(y))", "a b"), (r"N/A\*", "N/A*"),
        ("&amp;nbsp;a&nbsp;&amp; b", "a & b"), ("<i>a</i> < b", "a < b"), ("![a](b.png)c", "ac"),
        ("[name withheld] (Original)", "[name withheld] (Original)"), ("a\u200bb", "a b"),
    ],
)  # fmt: skip
def test_words_without_marks(line, words):
    assert markdown.plain(line) == words


def test_parts_can_be_used_alone():
    assert labels.find([]) == [] and points.read([]).tables == []
