"""Reads past reports: a JSON list of {"original_url", "title", "summary", "body"}, Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.addresses import is_web_address
from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.errors import Invalid
from portal.interchange.reports import (
    dates,
    labels,
    linking,
    markdown,
    people,
    points,
    sections,
    statements,
)
from portal.interchange.reports import words as w
from portal.interchange.reports.shapes import (
    Dated,
    Label,
    ParsedFile,
    ParsedReport,
    Result,
    Section,
    SetAside,
    Table,
    Which,
)
from portal.interchange.tables import json_list

LONGEST = 1_000_000
LONGEST_TITLE, LONGEST_ADDRESS = 1000, 2000


def parse(path: Path) -> ParsedFile:
    """Read a file of reports.

    What of it is no report is set aside with its place and field; all others are read, whatever
    their text: what is doubtful stands in their `needs_check`.

    Raises:
        Invalid: the file cannot be read, or is no JSON list.
    """
    name, rows = json_list(path, "reports", ", a report each")
    reports, aside = [], []
    for place, row in enumerate(rows):
        try:
            reports.append(parse_report(row, place))
        except Invalid as problem:
            aside.append(SetAside(place + 1, problem.field, problem.message))
    return ParsedFile(name, linking.linked(reports), tuple(aside))


def parse_report(row: object, place: int = 0) -> ParsedReport:
    """Read one report.

    Raises:
        Invalid: it is no object, or one of its fields is not what it must be.
    """
    if not isinstance(row, dict):
        raise Invalid("report", "This must be an object")
    said = {key: _text(row, key) for key in ("original_url", "title", "summary", "body")}
    if not is_web_address(said["original_url"]) or len(said["original_url"]) > LONGEST_ADDRESS:
        raise Invalid("original_url", "This must be a web address")
    if not said["title"]:
        raise Invalid("title", "This is needed")
    if len(said["title"]) > LONGEST_TITLE:
        raise Invalid("title", f"This must be {LONGEST_TITLE:,} characters or fewer")
    return _read(said, place)


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(key, "This must be text")
    if len(value) > LONGEST:
        raise Invalid(key, f"This must be {LONGEST:,} characters or fewer")
    # Neither database keeps them, and half a pair of surrogates cannot be printed.
    return value.replace("\0", "").encode("utf-8", "replace").decode().strip()


@dataclass(frozen=True, slots=True)
class _Said:
    """The three texts of a report, without people and what the web page had around them."""

    title: str
    summary: list[str]
    body: list[str]
    found: list[labels.Found]
    lead: bool
    taken: people.Taken
    cut: bool

    def header(self, field: str) -> list[labels.Found]:
        """The labels of a field, those of the header first."""
        of_field = [one for one in self.found if one.field == field]
        return sorted(of_field, key=lambda one: not one.header)


def _anonymous(said: dict[str, str]) -> _Said:
    """Take the people out of a report, before anything else is read of it."""
    body, cut = markdown.without_furniture(said["body"])
    summary, cut_too = markdown.without_furniture(said["summary"])
    # A label can stand in the summary, and its value too: they are read as one text.
    first, second = (labels.broken(markdown.lines(part)) for part in (summary, body))
    text = [*first, "", *second]
    taken = people.Taken()
    found = labels.find(text)
    names = people.named(found)
    lead = any(one.field == w.LEAD and people.present(one.value) for one in found)
    text = people.blank_labels(text, found, taken)

    def clean(lines: Sequence[str]) -> list[str]:
        return people.take_out("\n".join(lines), names, taken).split("\n")

    first, second = clean(text[: len(first)]), clean(text[len(first) + 1 :])
    title = people.take_out(markdown.plain(said["title"]), names, taken)
    return _Said(
        title, first, second, labels.find([*first, "", *second]), lead, taken,
        cut or cut_too,
    )  # fmt: skip


def _read(row: dict[str, str], place: int) -> ParsedReport:
    said = _anonymous(row)
    doubts: list[str] = []
    table_lines = points.read(said.body)
    doubts += table_lines.doubts
    dated = _dates(said, doubts)
    results = _results(said, doubts)
    dated, results = _told_apart(dated, results, doubts)
    rated = table_lines.tables or statements.read(said.body, doubts)
    tables = _tables(rated, dated, results, doubts)
    department, stage = _one(said, w.DEPARTMENT, doubts), _one(said, w.STAGE, doubts)
    moving = bool(stage and w.is_moving(stage.label))
    stage_said = stage.value if stage else ""
    phase = w.phase_of(stage_said, moving)
    on = " ".join(one.label for one in said.header(w.DATE))
    kind = w.kind_of(said.title, stage_said, on)
    _check_stage(stage_said, moving, phase, doubts)
    _check_results(results, dated, kind, doubts)
    _check_rest(said, tables, department, doubts)
    header = {at for one in said.found if one.header for at in range(one.line, one.last + 1)}
    # The summary, and a line between it and the body, stand before.
    before = len(said.summary) + 1
    shown = {line - before for line in header if line >= before}
    summary = [line for at, line in enumerate(said.summary) if at not in header]
    return ParsedReport(
        place=place, original_url=row["original_url"], title=said.title,
        name=w.name_of(said.title), summary="\n".join(summary).strip(),
        body="\n".join(said.body).strip(),
        department=department.value if department else "",
        departments=w.departments_of(department.value) if department else (),
        dates=dated, stage=stage_said, moving=moving, phase=phase, kind=kind,
        results=results, lead_present=said.lead, names_dropped=len(said.taken.names),
        contacts_dropped=len(said.taken.contacts), tables=tables,
        labels=tuple(_label(one) for one in said.found if one.header),
        sections=sections.read(said.body, shown | table_lines.lines),
        needs_check=tuple(dict.fromkeys(doubts)),
    )  # fmt: skip


def sections_of(body: str) -> tuple[Section, ...]:
    """The parts of a text that was read before, and has been corrected since: nothing but the
    header and the tables of points is left out.
    """
    lines = body.split("\n")
    header = {
        at for one in labels.find(lines) if one.header for at in range(one.line, one.last + 1)
    }
    return sections.read(lines, header | points.read(lines).lines)


def _label(one: labels.Found) -> Label:
    moving = one.field == w.STAGE and w.is_moving(one.label)
    return Label(one.label, one.value, one.field, one.which, moving)


def _one(said: _Said, field: str, doubts: list[str]) -> labels.Found | None:
    """The label that says a field, where one does."""
    found = [one for one in said.header(field) if one.value]
    if not found:
        doubts.append(f"{field}: none stated")
        return None
    if len({w.letters(one.value) for one in found if one.header is found[0].header}) > 1:
        doubts.append(f"{field}: stated {len(found)} times, the first is taken")
    return found[0]


_WHOSE = re.compile(r"\(?\b(original|initial|re-?assessment)\b[^():/;]{0,20}[):]*", re.IGNORECASE)


def _in_two(one: labels.Found) -> list[tuple[str, Which]]:
    """The values of a label: two where it says "X (Original) / Y (Reassessment)"."""
    marks = list(_WHOSE.finditer(one.value))
    told = [w.which_of(mark[1]) for mark in marks]
    if len(marks) != 2 or set(told) != {Which.ORIGINAL, Which.REASSESSMENT}:
        return [(one.value, one.which)]
    first, second = marks
    between, behind = one.value[first.end() : second.start()], one.value[second.end() :]
    before = one.value[: first.start()]
    values = (before, between) if before.strip() else (between, behind)
    return [(value.strip(" /;,&-–:"), which) for value, which in zip(values, told, strict=True)]


def _dates(said: _Said, doubts: list[str]) -> tuple[Dated, ...]:
    found: list[Dated] = []
    for one in said.header(w.DATE):
        # A block further down repeats what the header says, or fills what it lacks.
        known = {d.which for d in found} | {Which.UNSAID}
        if not one.header and found and one.which in known:
            continue
        for value, which in _in_two(one):
            found += _dated(one.label, value, which, doubts)
    if not any(one.day for one in found):
        doubts.append("date: none stated" if not found else "date: none can be read")
    return tuple(found)


def _dated(label: str, value: str, which: Which, doubts: list[str]) -> list[Dated]:
    read = dates.find(value)
    days = [one.day for one in read if one.day]
    for doubt in dict.fromkeys(doubt for one in read for doubt in one.doubts):
        doubts.append(f"date: {doubt} ({value[:40]})")
    if not read:
        doubts.append(f"date: not a date ({value[:40]})")
    if len(set(days)) > 1:
        doubts.append(f"date: more than one, the first is taken ({value[:40]})")
    return [Dated(value, days[0] if days else None, which, label)]


def _results(said: _Said, doubts: list[str]) -> tuple[Result, ...]:
    found: list[Result] = []
    for one in said.header(w.RESULT):
        if not one.value:
            doubts.append("result: the label has nothing behind it")
            continue
        if not one.header and found and one.which in {r.which for r in found} | {Which.UNSAID}:
            continue
        for value, which in _in_two(one):
            rating = w.rating_of_result(value)
            if rating is None:
                doubts.append(f"result: not a known word ({value[:40]})")
            found.append(Result(value, rating, which, one.label))
    return tuple(found)


_ORDER = {Which.ORIGINAL: 0, Which.UNSAID: 0, Which.REASSESSMENT: 1}


def _told_apart(
    dated: tuple[Dated, ...], results: tuple[Result, ...], doubts: list[str]
) -> tuple[tuple[Dated, ...], tuple[Result, ...]]:
    """Say of each date and result whose it is, where the page has an original and what followed."""
    kinds = {one.which for one in dated} | {one.which for one in results}
    if Which.REASSESSMENT not in kinds:
        dated = tuple(replace(one, which=Which.UNSAID) for one in dated)
        return dated, tuple(replace(one, which=Which.UNSAID) for one in results)
    first = any(one.which is not Which.REASSESSMENT for one in dated)
    dated = tuple(
        replace(one, which=Which.ORIGINAL) if one.which is Which.UNSAID else one for one in dated
    )
    stated = {one.which for one in results}
    told = []
    for one in results:
        if one.which is Which.UNSAID:
            later = Which.REASSESSMENT not in stated
            if later and first:
                doubts.append("result: not said of which assessment, read as the reassessment's")
            one = replace(one, which=Which.REASSESSMENT if later else Which.ORIGINAL)
        told.append(one)
    days = sorted(dated, key=lambda one: _ORDER[one.which])
    if len(days) > 1 and days[0].day and days[-1].day and days[-1].day < days[0].day:
        doubts.append("date: the reassessment is before the original")
    return tuple(days), tuple(sorted(told, key=lambda one: _ORDER[one.which]))


def _tables(
    tables: Iterable[Table], dated: Sequence[Dated], results: Sequence[Result], doubts: list[str]
) -> tuple[Table, ...]:
    """The tables, each of one of the page's assessments."""
    kinds = {one.which for one in dated} | {one.which for one in results}
    told: list[Table] = []
    tables = list(tables)
    for table in tables:
        if Which.REASSESSMENT not in kinds:
            said = Which.UNSAID if len(tables) == 1 else table.which
            told.append(replace(table, which=said))
        elif Which.ORIGINAL not in kinds:
            told.append(replace(table, which=Which.REASSESSMENT))
        elif table.which is not Which.UNSAID:
            told.append(table)
        else:
            if table.scheme and any(p.rating is Rating.NOT_MET for p in table.points):
                doubts.append("points: not said of which assessment, read as the reassessment's")
            told.append(replace(table, which=Which.REASSESSMENT, which_said=False))
    if len({table.which for table in told}) < len(told):
        doubts.append(f"points: {len(told)} tables, not all told apart")
    return tuple(told)


def _check_stage(stage: str, moving: bool, phase: Stage, doubts: list[str]) -> None:
    if stage and phase is Stage.UNKNOWN:
        doubts.append(f"stage: not a known phase ({stage[:40]})")
    elif moving and phase is Stage.ALPHA and "private" not in stage.lower():
        doubts.append(f"stage: it was moving to {stage[:40]}, read as the alpha's assessment")


def _check_results(
    results: Sequence[Result], dated: Sequence[Dated], kind: AssessmentKind, doubts: list[str]
) -> None:  # fmt: skip
    if not results:
        also = (
            ", as in other self-certifications" if kind is AssessmentKind.SELF_CERTIFICATION else ""
        )
        doubts.append(f"result: none stated{also}")
        return
    stated, days = {one.which for one in results}, {one.which for one in dated}
    if Which.ORIGINAL in days and Which.REASSESSMENT in days | stated:
        doubts += [
            f"result: none stated for the {which.value}"
            for which in (Which.ORIGINAL, Which.REASSESSMENT)
            if which not in stated
        ]


def _check_rest(
    said: _Said, tables: Sequence[Table], department: labels.Found | None, doubts: list[str]
) -> None:  # fmt: skip
    if not tables:
        doubts.append("points: no table")
    for table in tables:
        doubts += [
            f"points: {point.number} says {point.verbatim[:40]}, its note that it does not apply"
            for point in table.points
            if point.rating in (Rating.MET, Rating.NOT_MET)
            and re.search(r"\bnot applicable\b", point.note, re.IGNORECASE)
        ]
    if not said.lead:
        doubts.append("lead: none stated")
    if department and re.search(r"\s[-–—]\s", department.value):
        doubts.append("department: joined by a dash")
    doubts += [
        f"label: not known ({one.label[:40]})"
        for one in said.found
        if one.header and one.field == w.UNKNOWN
    ]
    if said.taken.in_text:
        doubts.append(f"names: {len(said.taken.in_text)} found in the text alone")
    if said.cut:
        doubts.append("body: parts of the web page around the report are left out")
