"""What a data set may hold: the schema of its sort, or one that its team declares."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from portal.errors import N_, Invalid
from portal.performance.rules import kinds, kpis
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.words import Kpi, Period, SetKind, Unit

#: A group or type in an address, and the longest that there may be.
ADDRESS = re.compile(r"[a-z0-9-]{1,60}")
#: A type that programs know from another portal; data sets had underscores there.
MOVED_TYPE = re.compile(r"[a-z0-9_-]{1,60}")
#: So many figures a period fit on a form; more come by file or program.
ON_A_FORM = 60
MOST_CELLS = 1_000


@dataclass(frozen=True, slots=True)
class Schema:
    """What a data set may hold; `period` is None where its schema is open."""

    kind: SetKind
    period: Period | None
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]


def of_sort(kind: SetKind, period: Period | None) -> Schema:
    """The schema of a sort."""
    sort = kinds.SORTS[kind]
    return Schema(kind, period, sort.dimensions, sort.measures)


def cells(schema: Schema) -> list[str]:
    """The name of every cell, in the order of pages; one without a name where there are no
    dimensions.
    """
    return [kinds.cell(each) for each in itertools.product(*(d.values for d in schema.dimensions))]


def cell_titles(schema: Schema, cell: str) -> list[str]:
    """What a cell is called: the title of its value in each dimension."""
    if not schema.dimensions:
        return []
    values = cell.split(kinds.BETWEEN)
    return [d.values.get(v, v) for d, v in zip(schema.dimensions, values, strict=False)]


def group_for(slug: str) -> str:
    """The group that a service's data sets have unless somebody says otherwise: its slug, in up to
    60 characters, cut between words where that leaves half of them.
    """
    short = slug[:60]
    if len(slug) > 60 and slug[60] != "-" and "-" in short[30:]:
        short = short[: short.rindex("-")]
    return short.strip("-")


def wrong_address(group: str, type_: str) -> Iterator[Invalid]:
    """The parts of an address that cannot stand in one."""
    for field, text in (("group", group), ("type", type_)):
        if not ADDRESS.fullmatch(text):
            yield Invalid(
                field,
                N_("Use only a to z in lower case, 0 to 9 and hyphens, up to 60 characters"),
            )


def check_moved(group: str, type_: str) -> None:
    """Raises Invalid where the group or type of a data set that moves in cannot stand in an
    address.
    """
    plain = "-" if MOVED_TYPE.fullmatch(type_) else type_
    for problem in wrong_address(group, plain):
        raise problem


def indicators_of(kind: SetKind) -> list[Kpi]:
    """The indicators that figures of a sort count towards."""
    figures = kinds.figures_in(kind)
    return [kpi for kpi, each in kpis.INDICATORS.items() if figures & {each.top, each.bottom}]


def definitions_of(kind: SetKind) -> dict[int, str]:
    """The versions of how a sort counts that somebody can choose between, and what each says; none
    where nothing but one was ever in force.
    """
    found: dict[int, str] = {}
    for kpi in indicators_of(kind):
        definitions = kpis.INDICATORS[kpi].definitions
        if len(definitions) > 1:
            found |= {each.version: each.says for each in definitions}
    return found


def newest_definition(kind: SetKind) -> int:
    """The version in force for what is counted from now on."""
    return max(definitions_of(kind), default=1)


def says(kind: SetKind, version: int) -> list[tuple[Kpi, str]]:
    """What each indicator of a sort means, by a version of the definitions."""
    found = []
    for kpi in indicators_of(kind):
        definitions = kpis.INDICATORS[kpi].definitions
        fits = [each for each in definitions if each.version <= version] or list(definitions[:1])
        found.append((kpi, fits[-1].says))
    return found


def key_of(title: str, between: str = "_") -> str:
    """What programs call a dimension, measure or value with a title: `a` to `z`, digits, and the
    sign between words; empty where nothing is left of the title.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    key = re.sub(r"[^a-z0-9]+", between, plain).strip(between)[:60].strip(between)
    if between == "_" and key[:1].isdigit():
        key = f"n_{key}"[:60]
    return key if between == "-" or len(key) > 1 else (f"{key}_1" if key else "")


def columns_of(keys: Iterable[str], others: Collection[str]) -> dict[str, str]:
    """The columns of dimensions beside others in a file, by their keys: called like the key, or
    `dimension_` and the key where another column is called so.
    """
    every = list(keys)
    found: dict[str, str] = {}
    for key in every:
        name = key
        while name in others or (name != key and name in (*every, *found.values())):
            name = f"dimension_{name}"
        found[key] = name
    return found


#: What programs and files say beside measures and dimensions: nothing else can be called so.
RESERVED = frozenset({"start", "period", "status", "note"})


def own_measures(rows: Iterable[tuple[str, Unit, bool]], taken: Collection[str]) -> list[Measure]:
    """The measures that a team declares, from (title, unit, whether they may be summed).

    Raises:
        Invalid: for the field `measures`, where two are called the same or one cannot be called so.
    """
    found: list[Measure] = []
    known = {*taken, *RESERVED}
    for title, unit, summable in rows:
        key = _new_key(title, known, "measures")
        known.add(key)
        found.append(Measure(key, title, unit, summable and unit not in NEVER_SUMMED))
    return found


#: Averages and shares: adding them up gives no number of anything.
NEVER_SUMMED = frozenset({Unit.PERCENT, Unit.SCORE})


def own_dimension(title: str, values: Iterable[str], taken: Collection[str]) -> Dimension:
    """A dimension that a team declares, with the titles of all values that it may have.

    Raises:
        Invalid: for the field `dimensions`, as for measures, or there are fewer than two values.
    """
    key = _new_key(title, {*taken, *RESERVED}, "dimensions")
    return Dimension(key, title, own_values(title, values))


def own_values(
    title: str, values: Iterable[str], known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The values of a dimension by what programs call them: those known, and then those of new
    titles. Raises Invalid as for the dimension.
    """
    found = dict(known or {})
    for text in values:
        value = key_of(text, "-")
        if not value:
            raise Invalid("dimensions", N_("“%(text)s” has no letter or number"), text=text[:60])
        before = found.setdefault(value, text)
        if before.casefold() != text.casefold():
            raise Invalid(
                "dimensions",
                N_("“%(one)s” and “%(other)s” would be the same: only letters and digits tell "
                   "them apart"),
                one=before[:60], other=text[:60],
            )  # fmt: skip
    if len(found) < 2:
        raise Invalid(
            "dimensions", N_("“%(title)s” needs at least two values, each on a line"), title=title
        )
    return found


def _new_key(title: str, known: Collection[str], field: str) -> str:
    key = key_of(title)
    if not key:
        raise Invalid(field, N_("“%(text)s” has no letter or number"), text=title[:60])
    if key in known:
        raise Invalid(
            field, N_("“%(text)s” cannot be used: something is called so already"), text=title[:60]
        )
    return key


def check_size(schema: Schema) -> None:
    """Raises Invalid where a schema measures nothing, or has too many cells."""
    if not schema.measures:
        raise Invalid("measures", N_("Say at least one thing that you measure"))
    many = 1
    for each in schema.dimensions:
        many *= len(each.values)
    if many > MOST_CELLS:
        raise Invalid(
            "dimensions",
            N_("These make %(many)s figures a period; there may be up to %(most)s"),
            many=f"{many:,}", most=f"{MOST_CELLS:,}",
        )  # fmt: skip
