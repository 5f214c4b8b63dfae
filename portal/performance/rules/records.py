"""Records as programs send them: what is wrong with them, in the words that their clients know,
and what they are once nothing is.
"""

from __future__ import annotations

import re
import uuid
from base64 import b64encode
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from operator import itemgetter
from typing import Any, NamedTuple, cast

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
#: A field of the record at a place, from 0.
Place = tuple[int, str]


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


class Read(NamedTuple):
    """A record that nothing is wrong with by itself.

    Attributes:
        id: None where the sender gave none.
        at: its moment in UTC.
        day: that it is written with.
        body: all fields as reads give them back.
    """

    id: str | None
    at: datetime
    day: date
    body: Body


class Said(NamedTuple):
    """What a schema has to say of a field of the record at a place, from 0."""

    number: int
    field: str
    message: str


def said_of(number: int, many: int, message: str, few: int = 1) -> str:
    """A message about the record at a place (from 0) among `many`, if these are more than `few`."""
    return f"record {number + 1} (index {number}): {message}" if many > few else message


class Together:
    """A batch looked at together, which takes a tenth of the time: most of it is in order."""

    def __init__(self, rows: Sequence[object]) -> None:
        """Put its values together by their keys: most records of a batch have the same."""
        self.columns: dict[str, list[Any]] = {}
        sorts = _alike([row for row in rows if isinstance(row, dict)])
        #: Whether all have the same fields; columns then are in the order of the records.
        self.alike = len(sorts) == 1
        for keys, same in sorts:
            for key in keys:
                self.columns.setdefault(key, []).extend(map(itemgetter(key), same))
        self.classes = {key: set(map(type, column)) for key, column in self.columns.items()}
        #: Whether no value holds others.
        self.flat = set().union(*self.classes.values()) <= _PLAIN
        texts = {
            key: _texts(self.columns[key], kinds)
            for key, kinds in self.classes.items()
            if self.flat and str in kinds
        }
        self.ids = texts.pop(ID, set())
        self.texts = set[str]().union(*texts.values())

    def may_be_personal(self) -> bool:
        """Whether anything is not surely in order."""
        if not self.flat:
            return True
        if any(personal.name_looks_like(k) or personal.is_of_numbers(k) for k in self.columns):
            return True
        return personal.any_looks_like(
            {*self.ids, *self.texts, *map(personal.inside, self.ids)},
        )

    def all_right(self) -> bool:
        """Whether no key and no value could be wrong, moments left aside."""
        if not self.flat or any(map(_wrong_key, self.columns)):
            return False
        if any(self.classes.get(key, set()) - {str} for key in _TEXTS):
            return False
        numbers = [each for key in self.columns if float in self.classes[key]
                   for each in self.columns[key] if each.__class__ is float]  # fmt: skip
        return (
            all(map(isfinite, numbers))
            and _are_ids(self.ids)
            and max(map(len, self.texts), default=0) <= LONGEST
            and not (_CONTROL.search("".join(self.texts)))
        )


_PLAIN = frozenset({str, int, float, bool, type(None)})


def _alike(rows: list[Body]) -> Collection[tuple[tuple[str, ...], list[Body]]]:
    """The rows of each sort of keys."""
    sorts = set(map(tuple, rows))
    if len(sorts) == 1:
        return [(sorts.pop(), rows)]
    found: dict[tuple[str, ...], list[Body]] = {}
    for keys, row in zip(map(tuple, rows), rows, strict=True):
        found.setdefault(keys, []).append(row)
    return found.items()


def _texts(values: Iterable[Any], classes: Collection[type]) -> set[str]:
    different = set(values)
    return different if len(classes) == 1 else {e for e in different if e.__class__ is str}


def _are_ids(ids: Collection[str]) -> bool:
    together = "".join(ids)
    if "" in ids or max(map(len, ids), default=0) > LONGEST_ID:
        return False
    # What is printed, but for spaces, holds neither of the others; this is told much sooner.
    return (together.isprintable() and " " not in together) or not (
        _SPACE.search(together) or _CONTROL.search(together)
    )


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


def moments_of(
    rows: Sequence[Body], asked: Asked, told: Collection[Place], together: Together
) -> tuple[list[Body], list[str], dict[str, datetime]]:
    """The records with their moments in UTC, what is wrong with those that say none and were not
    told of, and what each text says that does.
    """
    made = list(rows)
    known: dict[str, datetime] = {}
    wrong: dict[int, list[str]] = {}
    for key in MOMENTS:
        texts = {each for each in together.columns.get(key, ()) if each.__class__ is str}
        known |= {text: at for text in texts if (at := moments.read(text)) is not None}
        said = {
            text: text if moments.is_kept_so(text) else known[text].isoformat()
            for text in texts & known.keys()
        }
        if together.classes.get(key, set()) <= {str} and all(said.get(t) == t for t in texts):
            continue
        for number, row in enumerate(made):
            if key not in row:
                continue
            text = row[key]
            kept_as = said.get(text) if text.__class__ is str else None
            if kept_as is None and (number, key) not in told:
                message = _no_moment(key, text, asked.means_values)
                said_so = said_of(number, len(rows), message, asked.few)
                wrong.setdefault(number, []).append(said_so)
            if kept_as != text:
                made[number] = {**row, key: kept_as}
    return made, [message for number in sorted(wrong) for message in wrong[number]], known


def _no_moment(key: str, value: object, bare: bool) -> str:
    if not bare and isinstance(value, str) and moments.is_like_a_date(value):
        return f"{value[:LONGEST]} in the {key} field is not a valid date"
    return f"the {key} must be a date in the format yyyy-MM-ddT00:00:00Z"


def problems(rows: Sequence[Body], asked: Asked, told: Collection[Place]) -> list[str]:
    """The first thing wrong with each record whose moments were read, beside what was told of: a
    field, a value, its id.
    """
    known: dict[str, str | None] = {}
    found = []
    for number, row in enumerate(rows):
        for key, value in row.items():
            if key not in known:
                known[key] = _wrong_key(key)
            message = known[key] or _wrong_value(key, value, asked.means_values)
            if message and (number, key) not in told:
                found.append(said_of(number, len(rows), message, asked.few))
                break
    return found


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
        # What `moments_of` says is enough but where clients know both messages.
        return None if bare or value is not None else f"{key} is not a valid datetime object"
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


def auto_ids(rows: list[Body], fields: Sequence[str]) -> list[str]:
    """Give each record the id that its fields make, and say which are missing.

    The id is made from values as they are kept: `Z` and `+00:00` make the same one.
    """
    for number, row in enumerate(rows):
        missing = [field for field in fields if field not in row]
        if missing:
            return [f"The following required id fields are missing: {', '.join(missing)}"]
        text = ".".join(str(row[field]) for field in fields)
        rows[number] = {**row, ID: b64encode(text.encode("utf-8", "surrogatepass")).decode()}
    return []


def read(
    rows: Sequence[object], asked: Asked, schema_says: list[Said], together: Together | None = None
) -> list[Read]:
    """The records of a batch, all or none.

    Args:
        rows: what was sent, of which nothing is personal data.
        asked: what the data set asks.
        schema_says: what its schema has to say already. Data sets that mean values are told one
            thing of a field; of others, clients know all that is told.
        together: the same rows, where they were looked at already.

    Raises:
        WrongRecords: with everything that is wrong.
    """
    made, said, known = _in_order(rows, asked, schema_says, together)
    when = {text: (at, moments.written_day(text)) for text, at in known.items()}
    return [Read(row.get(ID), *when[text], row) for row, text in zip(made, said, strict=True)]


def kept(
    rows: Sequence[object], asked: Asked, schema_says: list[Said], together: Together | None = None
) -> list[Record]:
    """The same as they are kept where they mean no values; one without an id gets one."""
    made, said, known = _in_order(rows, asked, schema_says, together)
    return [
        Record(id_, known[text], None, row) if (id_ := row.get(ID)) else
        as_record(Read(None, known[text], known[text].date(), row))
        for row, text in zip(made, said, strict=True)
    ]  # fmt: skip


def _in_order(
    rows: Sequence[object], asked: Asked, schema_says: list[Said], together: Together | None
) -> tuple[list[Body], list[str], dict[str, datetime]]:
    """The records as they are kept, the moments that they said, and what each of those is."""
    sent = objects(rows)
    together = together or Together(rows)
    told = {(each.number, each.field) for each in schema_says} if asked.means_values else set()
    made, wrong, known = moments_of(sent, asked, told, together)
    right = not wrong and together.all_right()
    said = [said_of(each.number, len(rows), each.message, asked.few) for each in schema_says]
    if asked.auto_ids:
        said += auto_ids(made, asked.auto_ids)
        right = right and _are_ids([row.get(ID, "") for row in made])
    wrong = said + wrong + ([] if right else problems(made, asked, told))
    if not wrong:
        wrong = [
            said_of(number, len(made), f"'{TIMESTAMP}' is a required property", asked.few)
            for number, row in enumerate(made)
            if TIMESTAMP not in row
        ]
    if wrong:
        raise WrongRecords(wrong)
    return made, [row[TIMESTAMP] for row in sent], known


def as_record(read_: Read, id_: str | None = None, cell: str | None = None) -> Record:
    """A record to keep; one without an id gets one."""
    known = id_ or read_.id or str(uuid.uuid4())
    body = read_.body if read_.id else {ID: known, **read_.body}
    return Record(known, read_.at, cell, body)
