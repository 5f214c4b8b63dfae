"""Which reports of a file belong together: one that stands twice, and one that followed another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from portal.assessments.words import AssessmentKind, Rating
from portal.interchange.reports.shapes import Link, LinkKind, ParsedReport, Which

SAME_ADDRESS = "another report has the same address, with another date or stage"
OTHER_WORDS = "it repeats the address of another report in other words"
SAME_ASSESSMENT = "another page seems to be about the same assessment"
#: More reports than that have a name that says nothing ("Service assessment").
MOST_OF_A_NAME = 50


def linked(reports: Sequence[ParsedReport]) -> tuple[ParsedReport, ...]:
    """The same reports, each with its links to earlier places of the file or later ones."""
    found: dict[int, list[Link]] = defaultdict(list)
    unique = _duplicates(reports, found)
    by_name: dict[str, list[ParsedReport]] = defaultdict(list)
    for report in unique:
        by_name[_key(report.name)].append(report)
    for same in by_name.values():
        if len(same) <= MOST_OF_A_NAME:
            _followed(same, found)
    return tuple(
        replace(
            report,
            links=tuple(found[report.place]),
            needs_check=(*report.needs_check, *_doubts(found[report.place])),
        )
        for report in reports
    )


def _doubts(links: Iterable[Link]) -> list[str]:
    doubts = [
        f"links: {link.why} ({link.original_url[:300]})"
        for link in links
        if link.why in (SAME_ADDRESS, OTHER_WORDS, SAME_ASSESSMENT)
    ]
    return doubts + [
        f"duplicate: it repeats report {link.place + 1} of the file"
        for link in links
        if link.kind is LinkKind.DUPLICATE
    ]


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _address(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.casefold()).partition("#")[0].rstrip("/")


def _duplicates(
    reports: Iterable[ParsedReport], found: dict[int, list[Link]]
) -> list[ParsedReport]:  # fmt: skip
    """The reports without those that repeat an earlier one: by its address, or by all they say."""
    addresses: dict[tuple[str, ...], ParsedReport] = {}
    contents: dict[tuple[object, ...], ParsedReport] = {}
    urls: dict[str, ParsedReport] = {}
    unique = []
    for report in reports:
        days = tuple(one.day for one in report.dates)
        address = (_address(report.original_url), _key(report.name), str(days), report.stage)
        content = (_key(report.title), days, _key(report.department), _key(report.body))
        first, why = addresses.get(address), "the same address"
        if first and _key(first.body) != _key(report.body):
            why = OTHER_WORDS
        if first is None:
            first, why = contents.get(content), "the same words at another address"
        if first is None:
            other = urls.setdefault(address[0], report)
            if other is not report:
                kind = LinkKind.SAME_ASSESSMENT
                link = Link(kind, other.place, other.original_url, SAME_ADDRESS)
                found[report.place].append(link)
            addresses[address] = contents[content] = report
            unique.append(report)
        else:
            link = Link(LinkKind.DUPLICATE, first.place, first.original_url, why)
            found[report.place].append(link)
    return unique


def _followed(same: Sequence[ParsedReport], found: dict[int, list[Link]]) -> None:
    """Link the pages of a service: those of one assessment, a reassessment to its original."""
    ordered = sorted(same, key=lambda r: (_days(r)[0] if _days(r) else date.max, r.place))
    for at, later in enumerate(ordered):
        for earlier in reversed(ordered[:at]):
            if not _one_phase(earlier, later):
                continue
            kind, why = _relation(earlier, later)
            if kind:
                one, other = earlier, later
                if kind is LinkKind.SAME_ASSESSMENT:
                    turned = other.place < one.place
                else:
                    turned = _again(one) and not _again(other)
                one, other = (other, one) if turned else (one, other)
                found[other.place].append(Link(kind, one.place, one.original_url, why))
                break


def _days(report: ParsedReport) -> list[date]:
    return [one.day for one in report.dates if one.day]


def _again(report: ParsedReport) -> bool:
    return any(one.which is Which.REASSESSMENT for one in report.assessments)


def _one_phase(one: ParsedReport, other: ParsedReport) -> bool:
    own = AssessmentKind.SELF_CERTIFICATION
    if own in (one.kind, other.kind):
        return one.kind is other.kind and one.phase is other.phase
    if one.moving and other.moving and "beta" in one.stage.lower():
        return "beta" in other.stage.lower() and "private" not in (one.stage + other.stage).lower()
    return one.phase is other.phase


def _relation(earlier: ParsedReport, later: ParsedReport) -> tuple[LinkKind | None, str]:
    first, second = _days(earlier), _days(later)
    if not first or not second:
        return None, ""
    if _again(later) != _again(earlier) and first[0] == second[0]:
        return LinkKind.REASSESSMENT, "the same date of the original assessment"
    if first == second:
        return LinkKind.SAME_ASSESSMENT, SAME_ASSESSMENT
    failed = earlier.results and earlier.results[-1].rating is Rating.NOT_MET
    called = _again(later) or re.search(r"re-?assess", later.title, re.IGNORECASE)
    if first[-1] < second[-1] and (failed or called):
        why = "the same service and phase, at a later date"
        return LinkKind.REASSESSMENT, f"{why}, after one that was not passed" if failed else why
    return None, ""
