"""Assessments and standards follow a record that becomes part of another one."""

from __future__ import annotations

from portal.assessments.store import booking_moves, moves


def install() -> None:
    """Register what moves in a merge."""
    moves.install()
    booking_moves.install()
