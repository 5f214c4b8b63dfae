"""What the arguments of an address say, and what to do with those that nobody knows."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from flask import request

from portal.digits import whole_number
from portal.errors import N_, Problem
from portal.web.formats import Format, leave_out

Closed = TypeVar("Closed", bound=StrEnum)
PAGE_SIZE = 50


def refuse_unknown(fmt: Format, ignored: Sequence[str]) -> None:
    """A program is told of a filter or a value we do not know; a page names it and goes on, and
    its links to the other formats are without it.

    Raises:
        Problem: outside pages, where anything was ignored.
    """
    leave_out(ignored)
    if ignored and fmt != "html":
        raise Problem(N_("There is no filter %(names)s here"), names=", ".join(ignored))


def unknown(*known: str, at: str = "") -> tuple[str, ...]:
    """The arguments of this address that its view does not know.

    Args:
        at: the argument with a place in the list (see `place`): where it gives none, nobody knows
            what it means.
    """
    strange = sorted(name[:80] for name in request.args if name not in (*known, at))
    return (*strange, *misplaced(at))


def one_of(name: str, closed: type[Closed], ignored: list[str]) -> Closed | None:
    """The member of a closed list that an argument asks for; what is on no list is ignored.

    Args:
        name: of the argument.
        closed: the list.
        ignored: gets what was not understood.
    """
    text = request.args.get(name, "")
    if text in set(closed):
        return closed(text)
    if text:
        ignored.append(f"{name}={text[:80]}")
    return None


def place(name: str) -> int | None:
    """The id in an argument such as `after`; None where there is none that could be one."""
    return whole_number(request.args.get(name))


def misplaced(name: str) -> list[str]:
    """The argument, where it gives something that is no place (see `place`)."""
    return [name] if request.args.get(name) and place(name) is None else []
