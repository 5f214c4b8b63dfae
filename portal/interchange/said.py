"""What commands say: reasons and rows in words, safe to print on a terminal."""

from __future__ import annotations

import json

from sqlalchemy.exc import DBAPIError

from portal.catalogue.forms.labels import label
from portal.catalogue.rules.importing import Aside


def in_words(problem: Exception) -> str:
    """Why something was refused; of the database's troubles, what to do about them."""
    if not isinstance(problem, DBAPIError):
        return str(problem)
    said = str(problem.orig).strip().split("\n")[0]
    code = getattr(problem.orig, "sqlite_errorname", None) or getattr(
        problem.orig, "sqlstate", None
    )
    if code in ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03", "40001", "40P01"):
        return "another command is writing to the database; try again when it is done"
    if code in ("42P01", "42703") or said.startswith(("no such table", "no such column")):
        return f"the database lacks tables ({said}); run flask db upgrade first"
    if code == "SQLITE_NOTADB":
        return "the database's file is not a database"
    return f"the database says: {said}"


def printable(text: str) -> str:
    """Text that changes nothing on a terminal but what stands there: control characters and
    those that turn text round are shown by their codes.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def told(aside: Aside) -> str:
    """Something set aside: file, line and column, why, and what the file says."""
    parts = [aside.file]
    parts += [f"line {aside.row}"] if aside.row else []
    if aside.column:
        named = label(aside.column, "field")
        parts += [named if named != aside.column else f"column “{aside.column}”"]
    value = f"the file says “{aside.value}”" if aside.value else "the file says nothing"
    why = aside.reason
    if aside.conflict:
        why = f"{value}. {aside.reason}"
    elif aside.value:
        why = f"{aside.reason}; {value}"
    return printable(f"{', '.join(parts)}: {why}")


def json_line(value: object) -> str:
    """JSON with letters as they are, and escapes for what is no letter."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)
