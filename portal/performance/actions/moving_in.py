"""Data sets made by a command, so that programs that sent to another portal send to this one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from sqlalchemy.orm import Session

from portal import clock
from portal.audit import Act
from portal.errors import N_, Clash, Invalid
from portal.performance.actions import tokens as token_acts
from portal.performance.models.data_sets import DataDimension, DataMeasure, DataSet
from portal.performance.rules import kinds, schemas
from portal.performance.rules import tokens as token_rules
from portal.performance.store import data_sets, tokens
from portal.performance.words import SetKind

_FIELD = re.compile(r"[a-z_][a-z0-9_]+", re.IGNORECASE)
LABEL = "From the command line"


@dataclass(frozen=True, slots=True)
class Made:
    """What became of a data set: whether it is new, how many tokens are, and those made here."""

    id: int
    created: bool
    tokens_added: int
    token: str | None


@dataclass(frozen=True, slots=True)
class Flags:
    """The settings of a data set as other portals of its sort know them."""

    auto_ids: list[str] = field(default_factory=list)
    open_schema: bool = False
    raw_queries: bool = True
    published: bool = True
    realtime: bool = False
    queryable: bool = True


def create(
    session: Session, group: str, type_: str, given: Sequence[str], flags: Flags, act: Act
) -> Made:
    """Make a data set that is of nothing in the catalogue, with tokens. A second run adds only
    tokens that are new.

    Its schema, unless open, is that of the sort with its type; of another type it takes any field,
    and checks moments and periods. It holds records only: nothing is counted from it.

    Args:
        session: one that writes.
        group: the first part of its address.
        type_: the second part; it may have underscores.
        given: tokens that programs have already; where there are none, one is made.
        flags: its settings.
        act: who makes it.

    Raises:
        Invalid: a part of the address, a field or a token cannot be one.
        Clash: there is one at the address, with other settings.
    """
    _check(group, type_, flags)
    found = data_sets.find(session, group, type_)
    made = found or _add(session, group, type_, flags, act)
    if found is not None and _flags(found) != flags:
        raise Clash("type", N_("There is a data set at this address already, with other settings"))
    known = {
        each.digest
        for each in tokens.of_set(session, made.id)
        if token_rules.works(each, clock.now())
    }
    new = [each for each in dict.fromkeys(given) if token_rules.digest(each) not in known]
    for each in new:
        token_acts.make(session, made.id, LABEL, act, each)
    plain = None
    if not given and not known:
        _, plain = token_acts.make(session, made.id, LABEL, act)
    return Made(made.id, found is None, len(new) + (plain is not None), plain)


def _check(group: str, type_: str, flags: Flags) -> None:
    schemas.check_moved(group, type_)
    for key in flags.auto_ids:
        if not _FIELD.fullmatch(key):
            raise Invalid("auto_id", N_("%(key)s is not a valid key"), key=key)


def _flags(data_set: DataSet) -> Flags:
    return Flags(**{name: getattr(data_set, name) for name in Flags.__slots__})


def _add(session: Session, group: str, type_: str, flags: Flags, act: Act) -> DataSet:
    kind = SetKind.OWN if flags.open_schema else _kind_of(type_)
    sort = kinds.SORTS.get(kind)
    title = sort.title if sort else f"{group} {type_}".replace("-", " ").replace("_", " ")
    row = DataSet(group=group, type=type_, title=title, kind=kind, period=None, **asdict(flags))
    dimensions = [
        DataDimension(
            key=each.key,
            title=each.title,
            values=[{"value": value, "title": title} for value, title in each.values.items()],
        )
        for each in (sort.dimensions if sort else ())
    ]
    measures = [
        DataMeasure(key=each.key, title=each.title, unit=each.unit, summable=each.summable)
        for each in (sort.measures if sort else ())
    ]
    return data_sets.add(session, row, dimensions, measures, act)


def _kind_of(type_: str) -> SetKind:
    return next((kind for kind, sort in kinds.SORTS.items() if sort.type == type_), SetKind.OWN)
