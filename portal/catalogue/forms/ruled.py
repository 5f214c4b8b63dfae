"""Forms that ask the rules together with their fields, so that everything is said at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from portal.errors import Invalid
from portal.web.forms import Form


class RuledForm(Form):
    """A form with rules about its fields.

    Args:
        day: today.
        more: what every form takes.
    """

    def __init__(self, day: date, **more: Any) -> None:
        """Keep the day that the rules need."""
        self.day = day
        super().__init__(**more)

    def problems(self) -> Iterable[Invalid]:
        """Everything that the rules say against what was typed."""
        return ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Say what the fields find, and what the rules find in the others."""
        fine = bool(super().validate(extra_validators))
        for problem in self.problems():
            if problem.field not in self or not self[problem.field].errors:
                self.refuse(problem)
                fine = False
        return fine
