"""The questions of the form of a period: one page for each figure, as the schema has it."""

from __future__ import annotations

from dataclasses import dataclass

from portal.errors import N_
from portal.performance.rules import schemas
from portal.performance.rules.kinds import Measure
from portal.performance.rules.schemas import Schema
from portal.performance.words import SetKind, Unit


@dataclass(frozen=True, slots=True)
class Part:
    """One number of a question: a measure in a cell."""

    cell: str
    measure: Measure
    title: str

    @property
    def key(self) -> str:
        """What answers are kept under."""
        return f"{self.measure.key}:{self.cell}"


@dataclass(frozen=True, slots=True)
class Question:
    """A page of the form.

    Attributes:
        number: its place, from 1; the end of its address.
        title: what the page is called, marked where it is one of ours.
        of: what stands beside the title, such as the channel.
        parts: its numbers.
    """

    number: int
    title: str
    of: str
    parts: tuple[Part, ...]


#: Asked on one page: none of them says anything by itself.
_TOGETHER = {SetKind.SATISFACTION: N_("How many people gave each rating")}


def questions(schema: Schema) -> list[Question]:
    """Every page of the form, in the order of the schema. None where there are too many figures
    for a form.
    """
    cells = schemas.cells(schema)
    if len(cells) * len(schema.measures) > schemas.ON_A_FORM:
        return []
    together = _TOGETHER.get(schema.kind)
    if together:
        parts = tuple(Part("", measure, measure.title) for measure in schema.measures)
        return [Question(1, together, "", parts)]
    every = [
        (measure, cell, ", ".join(schemas.cell_titles(schema, cell)))
        for cell in cells
        for measure in schema.measures
    ]
    return [
        Question(number, measure.title, of, (Part(cell, measure, measure.title),))
        for number, (measure, cell, of) in enumerate(every, start=1)
    ]


def is_whole(measure: Measure) -> bool:
    """Whether a measure counts things, so that no part of one makes sense."""
    return measure.unit is Unit.COUNT
