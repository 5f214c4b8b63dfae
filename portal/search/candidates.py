"""The records that match, straight from the index: the one place that differs by database."""

import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from portal.search.documents import key_range
from portal.search.index import IN_NAME
from portal.search.query import Concept, Query, Term

MOST = 1_000  # ranking is for the candidates only, so a common word costs no more than a rare one
_SAME_START = 200

Row = tuple[int, str, str, str, str, str, str]

_COLUMNS = "id, name_key, other_keys, names, other_names, organisations, body"
# The long texts are most of the time of a query with many results, so they are read only where
# the index has not said already that all of the query is in them.
_SHORT_COLUMNS = "id, name_key, other_keys, names, other_names, organisations, ''"
_NAME_COLUMNS = "id, name_key, other_keys, names, other_names, '', ''"
_STARTS = (
    "SELECT {columns} FROM search_document WHERE thing = :thing "
    "AND name_key >= :key AND name_key < :key_end {allowed} "
    "ORDER BY name_key, id LIMIT :same_start"
)
_MATCHES = {
    "sqlite": (
        "SELECT {columns} FROM search_document WHERE id IN (SELECT rowid FROM search_text "
        "WHERE search_text MATCH :match AND rowid BETWEEN :first AND :last {allowed} "
        "ORDER BY rowid LIMIT :most)"
    ),
    # No order: sorting all the matches of a common word is most of its cost. "+ 0" because a plan
    # made for any words would go by the key and read every record.
    "postgresql": (
        "SELECT {columns} FROM search_document WHERE tokens @@ CAST(:match AS tsquery) "
        "AND id + 0 BETWEEN :first AND :last {allowed} LIMIT :most"
    ),
}
_ALLOWED = {
    "sqlite": "AND {id} IN (SELECT value FROM json_each(:allowed))",
    "postgresql": (
        "AND id IN (SELECT CAST(value AS bigint) "
        "FROM json_array_elements_text(CAST(:allowed AS json)) AS listed (value))"
    ),
}


def by_name(
    session: Session, thing: str, query: Query, allowed: Collection[int] | None
) -> list[Row]:
    """Records whose names start with the query, or have all of it."""
    match = _all_of(session, query.required, names_only=True)
    return _rows(session, thing, match, _NAME_COLUMNS, allowed, query.key)


def elsewhere(
    session: Session, thing: str, query: Query, allowed: Collection[int] | None, most: int
) -> list[Row]:
    """Up to this many of the records that have all of the query, but not all of it in names."""
    everywhere = _all_of(session, query.required)
    names = _all_of(session, query.required, names_only=True)
    joint = "NOT" if session.get_bind().dialect.name == "sqlite" else "& !"
    match = f"({everywhere} {joint} {names})"
    return _rows(session, thing, match, _SHORT_COLUMNS, allowed, most=most)


def any_of(
    session: Session, thing: str, concepts: Sequence[Concept], allowed: Collection[int] | None
) -> list[Row]:
    """Records that have some of it."""
    parts = [_concept(session, concept) for concept in concepts]
    return _rows(session, thing, _any(session, parts), _COLUMNS, allowed)


def in_names(session: Session, thing: str, groups: Sequence[Sequence[str]]) -> list[Row]:
    """Records whose names, former ones too, have all the tokens of one of the groups."""
    parts = [
        _all(session, [_term(session, {token: 1.0}, names_only=True) for token in group])
        for group in groups
    ]
    return _rows(session, thing, _any(session, parts), _NAME_COLUMNS, None) if parts else []


def _rows(
    session: Session, thing: str, match: str, columns: str, allowed: Collection[int] | None,
    key: str = "", most: int = MOST + 1,
) -> list[Row]:  # fmt: skip
    """The rows; where a key is given, one that also starts with it may come twice."""
    first, last = key_range(thing)
    values: dict[str, object] = {"match": match, "first": first, "last": last, "most": most}
    if allowed is not None:
        values["allowed"] = json.dumps([first + thing_id for thing_id in allowed])
    if key:
        # Tokens are lower case letters and digits, and "~" sorts after all of them.
        values |= {"thing": thing, "key": key, "key_end": key + "~", "same_start": _SAME_START}
    dialect = session.get_bind().dialect.name
    statement = _statement(dialect, columns, bool(key), allowed is not None)
    return list(map(tuple, session.connection().execute(statement, values)))


@cache
def _statement(dialect: str, columns: str, starts: bool, limited: bool) -> TextClause:
    matches, begins = (
        source.format(columns=columns, allowed=_ALLOWED[dialect].format(id=id_) if limited else "")
        for source, id_ in ((_MATCHES[dialect], "rowid"), (_STARTS, "id"))
    )
    if starts:
        matches = f"SELECT * FROM ({matches}) AS m UNION ALL SELECT * FROM ({begins}) AS s"  # noqa: S608
    return text(matches)


def _all_of(session: Session, concepts: Iterable[Concept], names_only: bool = False) -> str:
    return _all(session, [_concept(session, c, names_only) for c in concepts])


def _concept(session: Session, concept: Concept, names_only: bool = False) -> str:
    ways = [_term(session, concept.one, names_only)] if concept.one else []
    for phrase in concept.many:
        ways.append(_all(session, [_term(session, term, names_only) for term in phrase.terms]))
    return _any(session, ways)


def _term(session: Session, term: Term, names_only: bool) -> str:
    """One word in its forms. Tokens are letters and digits only: nothing in them to escape."""
    if session.get_bind().dialect.name == "sqlite":
        either = "(" + " OR ".join(f'"{token}"' for token in term) + ")"
        return f"({{names other_names}} : {either})" if names_only else either
    place = IN_NAME if names_only else ""
    return "(" + " | ".join(f"'{place}{token}'" for token in term) + ")"


def _all(session: Session, parts: list[str]) -> str:
    return (
        "(" + (" AND " if session.get_bind().dialect.name == "sqlite" else " & ").join(parts) + ")"
    )


def _any(session: Session, parts: list[str]) -> str:
    return (
        "(" + (" OR " if session.get_bind().dialect.name == "sqlite" else " | ").join(parts) + ")"
    )
