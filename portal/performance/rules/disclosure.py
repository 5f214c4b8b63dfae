"""Which numbers are not shown: those so small that somebody could be recognised, and others that
would give them away by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from portal.performance.rules import kinds
from portal.performance.rules.schemas import Schema
from portal.performance.words import SetKind, Unit

#: A cell and a measure.
Key = tuple[str, str]
#: Sorts whose measures add up to something that is shown as well.
_ADD_UP = frozenset({SetKind.SATISFACTION})


def hidden(schema: Schema, numbers: Mapping[Key, float], threshold: int) -> frozenset[Key]:
    """The numbers of one period that are not shown.

    A count from 1 to below the threshold is not. Where it is the only one in a sum, the smallest
    of the others is not shown either, until no sum has exactly one number missing.

    Args:
        schema: of the data set.
        numbers: all that are known.
        threshold: of the data set; 0 shows everything.
    """
    counted = {m.key for m in schema.measures if m.unit is Unit.COUNT}
    gone = {
        key for key, found in numbers.items() if key[1] in counted and 0 < found < threshold
    }  # fmt: skip
    sums = [keys for keys in _sums(schema, numbers) if len(keys) > 1]
    again = bool(gone)
    while again:
        again = False
        for keys in sums:
            left = [key for key in keys if key not in gone]
            if len(keys) - len(left) == 1 and left:
                # Zero tells nothing of anybody and hides nothing: another one has to go.
                gone.add(min(left, key=lambda key: (numbers[key] == 0, numbers[key], key)))
                again = True
    return frozenset(gone)


def _sums(schema: Schema, numbers: Mapping[Key, float]) -> Iterator[list[Key]]:
    """The numbers that add up to one that may be shown elsewhere: along each dimension, and over
    measures where the sort sums them.
    """
    for measure in schema.measures:
        for place in range(len(schema.dimensions)):
            along: dict[tuple[str, ...], list[Key]] = {}
            for key in numbers:
                if key[1] == measure.key:
                    values = key[0].split(kinds.BETWEEN)
                    others = (*values[:place], *values[place + 1 :])
                    along.setdefault(others, []).append(key)
            yield from along.values()
    if schema.kind in _ADD_UP:
        yield list(numbers)
