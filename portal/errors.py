"""What rules, stores and actions raise; the edge turns each into one page."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802  the name that gettext's tools look for
    """Mark a message for translators; the edge translates it where it is shown."""
    return message


class Problem(Exception):
    """Something a person can be told about.

    Args:
        message: in plain words, marked with `N_`.
        values: what its `%(name)s` stand for; left out of the marked text, which is looked up.
    """

    def __init__(self, message: str = "", **values: object) -> None:
        """Keep the message as it was marked beside the one to read."""
        super().__init__(message % values if values else message)
        self.marked = message
        self.values = values


class Missing(Problem):
    """There is no such thing, or it must look as if there were none."""


class Refused(Problem):
    """The thing exists and this person may not do this with it."""


class Invalid(Problem):
    """A value cannot be accepted. `field` names the input it belongs to."""

    def __init__(self, field: str, message: str, **values: object) -> None:
        """Keep the field beside the message, for the error summary."""
        super().__init__(message, **values)
        self.field = field
        self.message = str(self)


class Clash(Invalid):
    """A value is fine in itself, but something else already has it."""


class Stale(Problem):
    """The record changed since the person read it."""
