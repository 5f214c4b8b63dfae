"""What is read from a past report: everything parsed beside the words it was parsed from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.assessments.words import AssessmentKind, Rating, RatingScheme, Stage


class Which(StrEnum):
    """Which assessment a part of a page is about, where the page has two."""

    ORIGINAL = "original"
    REASSESSMENT = "reassessment"
    #: It does not say, or the page has one assessment alone.
    UNSAID = ""


class LinkKind(StrEnum):
    """How a report is related to one that the file has as well."""

    #: The same report a second time.
    DUPLICATE = "duplicate"
    #: Another page about the same assessment, in other words: for a person to decide.
    SAME_ASSESSMENT = "same_assessment"
    #: The assessment after the one that was not passed.
    REASSESSMENT = "reassessment"


@dataclass(frozen=True, slots=True)
class Label:
    """A line of the block that heads a report: "**Assessment stage:**", "Alpha".

    Attributes:
        label: its words, without marks and colon.
        value: the words behind it, without Markdown; names of people are out of it.
        field: department, date, stage, result, lead, people, or unknown.
    """

    label: str
    value: str
    field: str
    which: Which = Which.UNSAID
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as written and as read: None where it cannot be one."""

    verbatim: str
    day: date | None
    which: Which
    label: str


@dataclass(frozen=True, slots=True)
class Result:
    """A result as stated, and what it amounts to: None where the words are not known."""

    verbatim: str
    rating: Rating | None
    which: Which
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """A cell of the table of points.

    Attributes:
        verbatim: as it stands in the table: `N/A*`.
        term: in lower case and without marks of footnotes: `n/a`.
        rating: None where the words are not known; not rated where it does not apply.
        note: what the page says of this point below its table.
    """

    number: int
    verbatim: str
    term: str
    rating: Rating | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of points.

    Attributes:
        standard: how many points the version of the standard has: 26, 18 or 14; None where the
            table has another length.
        complete: whether each of them has one cell.
        which: the assessment whose points these are; on a page with two, the later one where the
            page does not say, and then `which_said` is False.
        notes: all that stands below the table of points that are not applicable, verbatim.
    """

    points: tuple[Point, ...]
    standard: int | None
    complete: bool
    scheme: RatingScheme | None
    which: Which = Which.UNSAID
    which_said: bool = True
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report below its header: Markdown, without the tables of points.

    Attributes:
        level: 1 for the outermost; no level is left out.
        heading: plain text; empty for what stands before the first heading.
    """

    level: int
    heading: str
    text: str
    which: Which = Which.UNSAID


@dataclass(frozen=True, slots=True)
class Assessment:
    """One assessment of the page, put together: a page has one, or an original and what followed.

    Attributes:
        which: UNSAID where the page has one alone and does not call it a reassessment.
    """

    which: Which
    kind: AssessmentKind
    dated: Dated | None
    result: Result | None
    table: Table | None


@dataclass(frozen=True, slots=True)
class Link:
    """A report of the same file that this one repeats or follows, by its place from 0.

    A reassessment follows the only assessment of that report; where this page tells of an original
    too, that is the one of the other page.
    """

    kind: LinkKind
    place: int
    original_url: str
    why: str


@dataclass(frozen=True, slots=True)
class ParsedReport:
    """A report.

    No text in it has a name that was found: `[name removed]` stands for it.

    Attributes:
        place: of the report in its file, from 0.
        name: what the service is called, out of the title.
        summary: without the labels that stand in it.
        body: the Markdown, without what the web page had around the report.
        department: verbatim; empty where none is stated.
        departments: the bodies that it names; the first is accountable.
        dates: the original's first, then what followed. One may have no day.
        stage: verbatim.
        moving: the stage is where the service goes ("Moving to: Public Beta").
        phase: the stage in the portal's own words: the phase that was assessed.
        kind: how the original was held.
        lead_present: whether somebody is named as lead assessor.
        names_dropped: how many people's names were taken out, and `contacts_dropped` how many of
            their e-mail addresses and telephone numbers.
        labels: the header as it stands.
        needs_check: "field: what is to be looked at".
        links: to other reports of the file.
    """

    place: int
    original_url: str
    title: str
    name: str
    summary: str
    body: str
    department: str
    departments: tuple[str, ...]
    dates: tuple[Dated, ...]
    stage: str
    moving: bool
    phase: Stage
    kind: AssessmentKind
    results: tuple[Result, ...]
    lead_present: bool
    names_dropped: int
    contacts_dropped: int
    tables: tuple[Table, ...]
    labels: tuple[Label, ...]
    sections: tuple[Section, ...]
    needs_check: tuple[str, ...]
    links: tuple[Link, ...] = ()

    @property
    def checks(self) -> tuple[tuple[str, str], ...]:
        """What is to be checked, as (field, reason)."""
        parts = (doubt.partition(": ") for doubt in self.needs_check)
        return tuple((field, reason) for field, _, reason in parts)

    @property
    def table(self) -> Table | None:
        """The table of the latest assessment."""
        order = {Which.ORIGINAL: 0, Which.UNSAID: 1, Which.REASSESSMENT: 2}
        return max(self.tables, key=lambda table: order[table.which], default=None)

    @property
    def duplicate(self) -> Link | None:
        """The report that this one repeats: nothing new is in it."""
        return next((link for link in self.links if link.kind is LinkKind.DUPLICATE), None)

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """The assessments of the page, the original first; never empty."""
        return tuple(self._assessment(which) for which in self._which())

    def _which(self) -> list[Which]:
        found = {one.which for one in self.dates} | {one.which for one in self.results}
        found |= {table.which for table in self.tables}
        return [which for which in Which if which in found] or [Which.UNSAID]

    def _assessment(self, which: Which) -> Assessment:
        alone = len(self._which()) == 1

        def fits(part: Dated | Result | Table) -> bool:
            return alone or part.which is which

        again = which is Which.REASSESSMENT
        return Assessment(
            which,
            AssessmentKind.REASSESSMENT if again else self.kind,
            next((d for d in self.dates if fits(d)), None),
            next((r for r in self.results if fits(r)), None),
            next((t for t in self.tables if fits(t)), None),
        )


@dataclass(frozen=True, slots=True)
class SetAside:
    """What of the file is no report: its place from 1, the field, and why."""

    entry: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The reports of a file, in its order, and what is set aside."""

    name: str
    reports: tuple[ParsedReport, ...]
    aside: tuple[SetAside, ...]
