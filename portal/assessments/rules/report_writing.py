"""A report as it is published: its title, its address and its text in Markdown.

The structure is in the data (points with their words and classes); the text repeats none of the
ratings, which stand in their table, and has its headings in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from portal.assessments.words import AssessmentKind, Rating, Stage
from portal.audit import Document
from portal.catalogue.rules.cleaners import slugify

WELL, EXPLORE, WHOLE = (
    "What the team has done well", "What the team needs to explore", "The whole service",
)  # fmt: skip
DECISION = "The decision"
_LONGEST_SLUG = 150
_LONGEST_TITLE = 300
_STAGES = {
    Stage.DISCOVERY: "discovery", Stage.ALPHA: "alpha", Stage.BETA: "beta", Stage.LIVE: "live",
    Stage.LIVE_REVIEW: "live review", Stage.UNKNOWN: "",
}  # fmt: skip
_KINDS = {
    AssessmentKind.ASSESSMENT: "assessment",
    AssessmentKind.REASSESSMENT: "reassessment",
    AssessmentKind.AMBER_REVIEW: "amber evidence review",
    AssessmentKind.SELF_CERTIFICATION: "self-certification",
    AssessmentKind.PEER_REVIEW: "peer review",
    AssessmentKind.MOCK: "mock assessment",
    AssessmentKind.VOLUNTARY: "voluntary assessment",
}


class Part(NamedTuple):
    """A section of a report; 0 is of the whole."""

    number: int
    title: str
    verbatim: str | None
    rating: Rating | None
    reason: str | None
    done_well: str
    to_explore: str
    carried: bool


def title_of(name: str, stage: Stage | None, kind: AssessmentKind | None) -> str:
    """The title of a report: "Hire a boat: alpha reassessment"."""
    what = f"{_STAGES[stage or Stage.UNKNOWN]} {_KINDS[kind or AssessmentKind.ASSESSMENT]}".strip()
    room = _LONGEST_TITLE - len(what) - 2
    return f"{name[:room].rstrip()}: {what}"


def slug_of(title: str, day: str) -> str:
    """The address part that a report gets, while no other one has it."""
    return f"{slugify(title)[:_LONGEST_SLUG].strip('-')}-{day}"


def address_of(slug: str) -> str:
    """The path of the page of a report."""
    return f"/reports/{slug}"


def sections(parts: Iterable[Part], decision: str | None) -> list[Document]:
    """The parts of the text with their headings, in order; what says nothing is left out."""
    found: list[Document] = []
    for part in sorted(parts, key=lambda each: each.number):
        texts = [(WELL, part.done_well), (EXPLORE, part.to_explore)]
        texts = [(heading, text.strip()) for heading, text in texts if text.strip()]
        first = (decision or "").strip() if part.number == 0 else ""
        if not texts and not first:
            continue
        heading = f"{part.number}. {part.title}" if part.number else WHOLE
        found.append(_section(1, heading, ""))
        found += [_section(2, DECISION, first)] if first else []
        found += [_section(2, heading, text) for heading, text in texts]
    return found


def _section(level: int, heading: str, text: str) -> Document:
    return {"level": level, "heading": heading, "text": text, "which": ""}


def body(found: Sequence[Document]) -> str:
    """The same as one text in Markdown."""
    told = []
    for each in found:
        told.append(f"{'#' * (each['level'] + 1)} {each['heading']}")
        if each["text"]:
            told.append(each["text"])
    return "\n\n".join(told)


def points(parts: Iterable[Part]) -> list[Document]:
    """The rated points, word for word."""
    return [
        {"number": part.number, "verbatim": part.verbatim, "rating": part.rating.value,
         "reason": part.reason or None, "carried": part.carried}
        for part in sorted(parts, key=lambda each: each.number)
        if part.number and part.rating is not None and part.verbatim
    ]  # fmt: skip
