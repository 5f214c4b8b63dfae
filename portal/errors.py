"""What rules, stores and actions raise; the edge turns each into one page."""

from __future__ import annotations


class Problem(Exception):
    """Something a person can be told about; the message is in plain words."""


class Missing(Problem):
    """There is no such thing, or it must look as if there were none."""


class Refused(Problem):
    """The thing exists and this person may not do this with it."""


class Invalid(Problem):
    """A value cannot be accepted. `field` names the input it belongs to."""

    def __init__(self, field: str, message: str) -> None:
        """Keep the field beside the message, for the error summary."""
        super().__init__(message)
        self.field = field
        self.message = message


class Clash(Invalid):
    """A value is fine in itself, but something else already has it."""


class Stale(Problem):
    """The record changed since the person read it."""
