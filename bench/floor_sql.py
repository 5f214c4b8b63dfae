"""The floor's connection: the driver alone, with the same pragmas as the portal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import psycopg
from sqlalchemy import make_url

from portal.search.documents import key_range
from portal.search.words import stem, words

PRAGMAS = ("journal_mode = WAL", "cache_size = -64000", "mmap_size = 268435456",
           "temp_store = MEMORY", "query_only = ON")  # fmt: skip


class Connection:
    """Runs statements written for psycopg on either driver."""

    def __init__(self, raw: Any, sqlite: bool) -> None:
        self.raw, self.sqlite = raw, sqlite

    def __call__(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a statement."""
        if self.sqlite:
            return list(self.raw.execute(sql.replace("%s", "?"), values))
        return list(self.raw.execute(sql, values or None))

    def rows(self, sql: str) -> Iterator[Any]:
        """The rows of a long statement, a thousand in memory at a time."""
        if self.sqlite:
            yield from self.raw.execute(sql)
            return
        with self.raw.transaction(), self.raw.cursor(name="rows") as cursor:
            cursor.itersize = 1_000
            yield from cursor.execute(sql)

    def search(self, text: str, most: int, thing: str = "service") -> list[int]:
        """The ids of the records that have all of the words, those with them in names first."""
        first, last = key_range(thing)
        tokens = [stem(word) for word in words(text)]
        if self.sqlite:
            match = " AND ".join(f'"{token}"' for token in tokens)
            sql = ("SELECT rowid FROM (SELECT rowid FROM search_text WHERE search_text MATCH %s "
                   "AND rowid BETWEEN %s AND %s ORDER BY bm25(search_text, 10, 5, 2, 1) LIMIT %s)"
                   )  # fmt: skip
            return [key - first for (key,) in self(sql, (match, first, last, most))]
        match = " & ".join(f"'{token}'" for token in tokens)
        sql = ("SELECT id FROM (SELECT id, tokens FROM search_document WHERE tokens @@ "
               "CAST(%s AS tsquery) AND id BETWEEN %s AND %s LIMIT %s) AS found "
               "ORDER BY ts_rank(tokens, CAST(%s AS tsquery)) DESC")  # fmt: skip
        return [key - first for (key,) in self(sql, (match, first, last, most, match))]


def connect(url: str) -> Connection:
    """Open the database at a SQLAlchemy address, for reading."""
    if url.startswith("sqlite"):
        raw = sqlite3.connect(urlsplit(url).path.removeprefix("/"), isolation_level=None)
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        return Connection(raw, True)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    opened = psycopg.connect(plain, autocommit=True)
    return Connection(opened, False)
