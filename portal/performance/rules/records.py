"""Records as programs send them: what is wrong with them, in the words that their clients know,
and what they are once nothing is.
"""

from __future__ import annotations

import re
import uuid
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any, cast

from portal.errors import Problem
from portal.performance.rules import moments, personal
from portal.performance.rules.entries import Record
from portal.performance.rules.kinds import Dimension, Measure
from portal.performance.words import Period, SetKind

TIMESTAMP, ID = "_timestamp", "_id"
MOMENTS = (TIMESTAMP, "_start_at", "_end_at")
#: What is never anything but text.
_TEXTS = frozenset({ID, TIMESTAMP})
INTERNAL = frozenset({ID, *MOMENTS})
#: So long can a text be: longer ones are somebody's words.
LONGEST = 100
LONGEST_ID = 500
#: No body that holds records is longer, neither as it comes nor once it is unpacked.
LARGEST = 10 * 1024 * 1024
#: So many records at once, at most.
MOST = 50_000
#: Of so few records it is not said which one is wrong: clients of data sets that mean no values
#: know these words.
FEW = 10
_KEY = re.compile(r"[a-z_][a-z0-9_]+")
LONGEST_KEY = 100
_SPACE = re.compile(r"\s")
#: PostgreSQL stores no NUL, and nobody sees the others.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Body = dict[str, Any]


class WrongRecords(Problem):
    """Records cannot be kept. `messages` say why, in the order of the checks."""

    def __init__(self, messages: Sequence[str]) -> None:
        """Keep the messages."""
        super().__init__("; ".join(messages))
        self.messages = list(messages)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a data set asks of records.

    Attributes:
        open_schema: any flat record will do.
        kind: the sort of data set.
        period: of the values that records mean; None where they mean none.
        auto_ids: the fields that ids are made from.
        dimensions: in the order of cells.
        measures: in their order.
    """

    open_schema: bool
    kind: SetKind
    period: Period | None
    auto_ids: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]

    @property
    def means_values(self) -> bool:
        """Whether each record means values of measures in a cell of a period."""
        return not self.open_schema and self.period is not None

    @property
    def few(self) -> int:
        """In batches of more records, each message says which it is about."""
        return 1 if self.means_values else FEW


@dataclass(frozen=True, slots=True)
class Read:
    """A record that nothing is wrong with by itself.

    Attributes:
        id: None where the sender gave none.
        at: its moment in UTC.
        day: that it is written with.
        body: all fields as reads give them back, but for the id.
    """

    id: str | None
    at: datetime
    day: date
    body: Body


def said_of(number: int, many: int, message: str, few: int = 1) -> str:
    """A message about the record at a place (from 0) among `many`, if these are more than `few`."""
    return f"record {number + 1} (index {number}): {message}" if many > few else message


def personal_data(rows: Sequence[object]) -> list[str]:
    """Which fields hold what looks like somebody's. The messages never say what stands there."""
    if not _may_be_personal(rows):
        return []
    known: dict[Any, Any] = {}
    return [
        said_of(number, len(rows), message)
        for number, row in enumerate(rows)
        if isinstance(row, dict)
        for message in _personal(row, known)
    ]


#: Between texts that are looked at together: nothing that is looked for goes across it.
_BETWEEN = "\n"
_PLAIN = frozenset({str, int, float, bool, type(None)})


def _may_be_personal(rows: Sequence[object]) -> bool:
    """Whether anything of a batch, looked at together, is not surely in order."""
    some = [row for row in rows if isinstance(row, dict)]
    keys, classes = _keys_and_classes(some)
    if classes - _PLAIN:
        return True
    if any(personal.name_looks_like(key) or personal.is_of_numbers(key) for key in keys):
        return True
    texts = {value for row in some for value in row.values() if value.__class__ is str}
    ids = [row[ID] for row in some if ID in row and row[ID].__class__ is str]
    together = _BETWEEN.join((*texts, *map(personal.inside, ids)))
    return personal.looks_like(together) is not None


def _keys_and_classes(rows: Sequence[Body]) -> tuple[set[str], set[type]]:
    """The keys of a batch, and what sorts of values stand there."""
    keys, classes = set[str](), set[type]()
    for row in rows:
        keys.update(row)
        classes.update(map(type, row.values()))
    return keys, classes


def _personal(row: Body, known: dict[Any, Any]) -> Iterator[str]:
    for key, value in row.items():
        if key not in known:
            known[key] = personal.name_looks_like(key)
        if known[key]:
            yield f"the name of a field looks like {known[key]}: data sets hold no personal data"
            continue
        what = _looks_like(key, value, known)
        if what:
            yield f"{key} looks like {what}: data sets hold no personal data"


def _looks_like(key: str, value: object, known: dict[Any, Any]) -> str | None:
    if key == ID and isinstance(value, str):
        return personal.id_looks_like(value)
    if isinstance(value, str):
        # What repeats, as values of dimensions do, is looked at once.
        if (0, value) not in known:
            known[0, value] = personal.looks_like(value)
        return cast("str | None", known[0, value])
    if isinstance(value, int):
        return personal.number_looks_like(key, value)
    # Refused in any case; and no message may repeat it.
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    if not isinstance(inner, list):
        return None
    return next((found for each in inner if (found := _looks_like(key, each, known))), None)


def objects(rows: Sequence[object]) -> list[Body]:
    """The records of a batch. Raises WrongRecords where one is no JSON object."""
    wrong = [
        said_of(number, len(rows), "each record must be a JSON object", FEW)
        for number, row in enumerate(rows)
        if not isinstance(row, dict)
    ]
    if wrong:
        raise WrongRecords(wrong)
    return cast("list[Body]", list(rows))


def moments_of(rows: Sequence[Body], asked: Asked) -> tuple[list[Body], list[str]]:
    """The records with their moments in UTC, and what is wrong with those that say none."""
    made, wrong = [], []
    known: dict[str, str] = {}
    for number, row in enumerate(rows):
        new = dict(row)
        for key in MOMENTS:
            if key not in row:
                continue
            text = row[key]
            if text.__class__ is str and text in known:
                new[key] = known[text]
                continue
            at = moments.read(text)
            if at is not None:
                new[key] = known[text] = at.isoformat()
            else:
                new[key] = None
                message = _no_moment(key, text, asked.means_values)
                wrong.append(said_of(number, len(rows), message, asked.few))
        made.append(new)
    return made, wrong


def _no_moment(key: str, value: object, bare: bool) -> str:
    if not bare and isinstance(value, str) and moments.is_like_a_date(value):
        return f"{value[:LONGEST]} in the {key} field is not a valid date"
    return f"the {key} must be a date in the format yyyy-MM-ddT00:00:00Z"


def problems(rows: Sequence[Body], asked: Asked) -> list[str]:
    """The first thing wrong with each record whose moments were read: a field, a value, its id."""
    if _all_right(rows):
        return []
    known: dict[str, str | None] = {}
    found = []
    for number, row in enumerate(rows):
        for key, value in row.items():
            if key not in known:
                known[key] = _wrong_key(key)
            message = known[key] or _wrong_value(key, value, asked.means_values)
            if message:
                found.append(said_of(number, len(rows), message, asked.few))
                break
    return found


def _all_right(rows: Sequence[Body]) -> bool:
    """Whether, looked at together, the records have nothing that could be wrong."""
    keys, classes = _keys_and_classes(rows)
    if classes - _PLAIN or any(_wrong_key(key) for key in keys):
        return False
    if any(row[key].__class__ is not str for key in _TEXTS & keys for row in rows if key in row):
        return False
    ids = [row[ID] for row in rows if ID in row]
    if not all(ids) or max(map(len, ids), default=0) > LONGEST_ID or _SPACE.search("".join(ids)):
        return False
    if not all(isfinite(v) for row in rows for v in row.values() if v.__class__ is float):
        return False
    texts = {value for row in rows for value in row.values() if value.__class__ is str}
    if max(map(len, texts), default=0) > LONGEST:
        # Ids may be longer: which is which, is asked one by one.
        return False
    return not _CONTROL.search(_BETWEEN.join(texts))


def has_wrong(key: str, value: object) -> bool:
    """Whether a field of a record cannot be kept under its name, or with its value."""
    if key in MOMENTS:
        return moments.read(value) is None
    return _wrong_key(key) is not None or _wrong_value(key, value) is not None


def _wrong_key(key: str) -> str | None:
    if not _KEY.fullmatch(key.lower()) or len(key) > LONGEST_KEY or not key.isascii():
        return f"{key[:LONGEST_KEY]} is not a valid key"
    if key.startswith("_") and key not in INTERNAL:
        return f"{key} is not a recognised internal field"
    return None


def _wrong_value(key: str, value: object, bare: bool = True) -> str | None:
    if key == ID:
        return _wrong_id(value, bare)
    if key == TIMESTAMP:
        return None if value is not None else "_timestamp is not a valid datetime object"
    if isinstance(value, str):
        if _CONTROL.search(value):
            return f"{key} has an invalid value"
        return f"{key} must be {LONGEST} characters or fewer" if len(value) > LONGEST else None
    if isinstance(value, float) and not isfinite(value):
        return f"{key} must be a number below 1e308"
    if value is None or isinstance(value, (int, float)):
        return None
    return f"{key} has an invalid value"


def _wrong_id(value: object, bare: bool) -> str | None:
    if isinstance(value, str) and len(value) > LONGEST_ID:
        return f"_id must be {LONGEST_ID} characters or fewer"
    bad = not isinstance(value, str) or not value or _SPACE.search(value) or _CONTROL.search(value)
    if not bad:
        return None
    return "_id is not a valid id" if bare else f'_id "{value}" is not a valid id'


def auto_ids(rows: Sequence[Body], fields: Sequence[str]) -> list[str]:
    """Give each record the id that its fields make, and say which are missing.

    The id is made from values as they are kept: `Z` and `+00:00` make the same one.
    """
    for row in rows:
        missing = [field for field in fields if field not in row]
        if missing:
            return [f"The following required id fields are missing: {', '.join(missing)}"]
        text = ".".join(str(row[field]) for field in fields)
        row[ID] = b64encode(text.encode("utf-8", "surrogatepass")).decode()
    return []


def read(rows: Sequence[object], asked: Asked, schema_says: list[str]) -> list[Read]:
    """The records of a batch, all or none.

    Args:
        rows: what was sent, of which nothing is personal data.
        asked: what the data set asks.
        schema_says: what its schema has to say already.

    Raises:
        WrongRecords: with everything that is wrong.
    """
    sent = objects(rows)
    made, wrong = moments_of(sent, asked)
    if asked.auto_ids:
        schema_says = schema_says + auto_ids(made, asked.auto_ids)
    wrong = schema_says + wrong + problems(made, asked)
    if not wrong:
        wrong = [
            said_of(number, len(made), f"'{TIMESTAMP}' is a required property", asked.few)
            for number, row in enumerate(made)
            if TIMESTAMP not in row
        ]
    if wrong:
        raise WrongRecords(wrong)
    known: dict[tuple[str, str], tuple[datetime, date]] = {}
    return [_read(row, was[TIMESTAMP], known) for row, was in zip(made, sent, strict=True)]


def _read(row: Body, was: str, known: dict[tuple[str, str], tuple[datetime, date]]) -> Read:
    text = row[TIMESTAMP]
    there = known.get((text, was))
    if there is None:
        there = datetime.fromisoformat(text), moments.written_day(was)
        known[text, was] = there
    return Read(row.pop(ID, None), *there, row)


def as_record(read_: Read, id_: str | None = None, cell: str | None = None) -> Record:
    """A record to keep; one without an id gets one."""
    known = id_ or read_.id or str(uuid.uuid4())
    return Record(known, read_.at, cell, {ID: known, **read_.body})
