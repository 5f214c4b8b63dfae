"""Must a service use a mandated component? The answer in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from portal.catalogue.component_words import MandateState
from portal.web.filters import long_date
from portal.web.i18n import _, lazy

_ANSWERS: Mapping[str, str] = {
    MandateState.COMPLIES: lazy("Yes, and it does."),
    MandateState.EXEMPT: lazy("No, while its exemption lasts."),
    MandateState.MOVING: lazy("Yes, and it is moving to it."),
    MandateState.ASKED: lazy("Yes, until the exemption that it asked for is granted."),
    MandateState.NEITHER: lazy("Yes, and it uses something else without an exemption."),
    MandateState.NOT_KNOWN: lazy("Yes, if it has this need. Nobody has said how it meets it."),
}
#: Why not. What is not recorded of a service counts as not being so, which is why it says "by what
#: is recorded".
_WHY_NOT: Mapping[str, str] = {
    "not_needed": lazy("No: it does not have this need."),
    "not_in_force": lazy("No: the policy is not in force today."),
    "sector": lazy("No, by what is recorded: the policy is about services of other organisations."),
    "audience": lazy("No, by what is recorded: the policy is about services for other users."),
    "phase": lazy("Not in its phase, by what is recorded: the policy holds from a later one."),
    "began": lazy("No, by what is recorded: the policy is about newer services."),
}


class Stands(Protocol):
    """How a need of a service stands to a mandate."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def exempt_until(self) -> date | None: ...  # noqa: D102
    @property
    def needed(self) -> bool: ...  # noqa: D102
    @property
    def why_not(self) -> str | None: ...  # noqa: D102


def must(each: Stands) -> str:
    """Whether a service must use what is mandated, and what follows, in a sentence."""
    if each.why_not:
        return str(_WHY_NOT[each.why_not])
    if each.state == MandateState.EXEMPT and each.exempt_until:
        return _("Not until %(day)s: it is exempt.", day=long_date(each.exempt_until))
    if each.state == MandateState.NOT_KNOWN and each.needed:
        return _("Yes. Nobody has said how it meets the need.")
    return str(_ANSWERS[each.state])
