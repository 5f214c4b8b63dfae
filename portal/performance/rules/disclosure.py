"""Which numbers are not shown: those so small that somebody could be recognised, and others that
would give them away by subtraction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from portal.performance.rules import kinds, small_figures
from portal.performance.rules.schemas import Schema
from portal.performance.words import SetKind, Unit

#: A cell and a measure.
Key = tuple[str, str]
#: Sorts of which the mean is shown as well, which says too much of those that are left.
_MEANS = frozenset({SetKind.SATISFACTION})


class Version(NamedTuple):
    """A number that a cell has or had: its revision, from which batch on, whether it counts."""

    cell: str
    measure: str
    revision: int
    batch: int
    current: bool
    number: float | None


def hidden_versions(schema: Schema, every: Iterable[Version], threshold: int) -> frozenset[Version]:
    """The numbers of one period that are not shown, of all that there ever were.

    Where numbers may be summed, one that is not shown in one version is shown in none, and neither
    are those beside it: a number that stayed the same would give the other away by the sum of the
    version before. Else, a number is not shown where it was not, nor where it is not any more.

    Args:
        schema: of the data set.
        every: all versions of the period, also those by which there is no number.
        threshold: of the data set; 0 shows everything.
    """
    rows = list(every)
    if not threshold:
        return frozenset()
    states = _states(rows)
    worlds = [{k: v.number for k, v in s.items() if v.number is not None} for s in states]
    gone = [hidden(schema, world, threshold) for world in worlds]
    if not schema.dimensions and schema.kind not in _MEANS:
        now = gone[-1] if gone else frozenset()
        some = {s[key] for s, keys in zip(states, gone, strict=True) for key in keys}
        return frozenset(some | {v for v in rows if v.number is not None and v[:2] in now})
    names, before = frozenset[Key]().union(*gone), frozenset[Key]()
    while names != before:
        before = names
        names = names.union(*(hidden(schema, world, threshold, names) for world in worlds))
    return frozenset(v for v in rows if v.number is not None and v[:2] in names)


def _states(rows: list[Version]) -> list[dict[Key, Version]]:
    """What a period said at first, and after each batch that revised it. A cell that came later
    counts as if it had been there: a figure that comes in parts is not revised by each.
    """
    ordered = sorted(rows, key=lambda v: v.revision)
    first: dict[Key, Version] = {}
    for each in ordered:
        first.setdefault(each[:2], each)
    states = [first]
    for batch in sorted({v.batch for v in ordered if v is not first[v[:2]]}):
        states.append({**first, **{v[:2]: v for v in ordered if v.batch <= batch}})
    return states


def hidden(
    schema: Schema, numbers: Mapping[Key, float], threshold: int, also: Collection[Key] = ()
) -> frozenset[Key]:
    """The numbers of one period that are not shown.

    A count from 1 to below the threshold is not, and no part that leaves so few of its whole. Where
    those missing from a sum could be found by it, the smallest of the others is not shown either,
    until none can. Of ratings, all are shown or none. Of what a team measures itself, no share,
    average or sum of money is shown of those whose number is not: a third of them says 3, or 6.

    Args:
        schema: of the data set.
        numbers: all that are known.
        threshold: of the data set; 0 shows everything.
        also: what is not shown whatever it is.
    """
    counted = {m.key for m in schema.measures if m.unit is Unit.COUNT}
    gone = {
        key for key, found in numbers.items() if key[1] in counted and 0 < found < threshold
    } | _with_figures(schema, numbers, threshold) | (set(also) & numbers.keys())  # fmt: skip
    if gone and schema.kind in _MEANS:
        return frozenset(numbers)
    sums = [keys for keys in _sums(schema, numbers) if len(keys) > 1]
    again = bool(gone)
    while again:
        again = False
        for keys in sums:
            left = [key for key in keys if key not in gone]
            if left and _found([numbers[key] for key in keys if key in gone], threshold):
                # Zero tells nothing of anybody and hides nothing: another one has to go. Of two
                # that are the same, which one goes would say something of them.
                least = min((numbers[key] == 0, numbers[key]) for key in left)
                gone |= {key for key in left if numbers[key] == least[1]}
                again = True
        if not again:
            beside = _beside(schema, numbers, {cell for cell, each in gone if each in counted})
            again = not beside <= gone
            gone |= beside
    return frozenset(gone)


def _beside(schema: Schema, numbers: Mapping[Key, float], cells: Collection[str]) -> set[Key]:
    """What a team's own data set says of cells in other units than numbers of things."""
    if schema.kind is not SetKind.OWN:
        return set()
    others = {m.key for m in schema.measures if m.unit is not Unit.COUNT}
    return {key for key in numbers if key[1] in others and key[0] in cells}


def _found(gone: Collection[float], threshold: int) -> bool:
    """Whether the sum of the numbers that are not shown says what one of them is, or is itself of
    too few.
    """
    if not gone:
        return False
    total, small = sum(gone), all(0 < each < threshold for each in gone)
    ends = (len(gone), len(gone) * (threshold - 1)) if small else ()
    return len(gone) == 1 or total < threshold or total in ends


def _with_figures(schema: Schema, numbers: Mapping[Key, float], threshold: int) -> set[Key]:
    """The numbers that are figures as they are, and not shown as such."""
    figures = {
        figure: key
        for key in numbers
        for figure, _weight in kinds.figures_of(schema.kind, *key)
        if not schema.dimensions and schema.kind not in _MEANS
    }
    known = {figure: numbers[key] for figure, key in figures.items()}
    return {figures[figure] for figure in small_figures.hidden(known, threshold)}


def _sums(schema: Schema, numbers: Mapping[Key, float]) -> Iterator[list[Key]]:
    """The numbers that add up to one that may be shown elsewhere, along each dimension."""
    for measure in schema.measures:
        if measure.unit is not Unit.COUNT and not measure.summable:
            continue  # averages add up to nothing
        for place in range(len(schema.dimensions)):
            along: dict[tuple[str, ...], list[Key]] = {}
            for key in numbers:
                if key[1] == measure.key:
                    values = key[0].split(kinds.BETWEEN)
                    others = (*values[:place], *values[place + 1 :])
                    along.setdefault(others, []).append(key)
            yield from along.values()
