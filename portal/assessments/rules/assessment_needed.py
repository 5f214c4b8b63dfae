"""Whether a service or component needs an assessment, and whose panel holds it: from its record.

An assessment is needed where something is exchanged with users or a record of government changes,
services for staff included; forms that are made on an assured component need none. The panel is
from across government where there are many transactions, or users from more than one organisation.
What the record does not say is "not known", never "no".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.assessments.booking_words import PanelBy
from portal.catalogue.component_words import ComponentKind


class Need(StrEnum):
    """The answer."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


class Input(StrEnum):
    """Something that the answer is worked out from."""

    TRANSACTIONAL = "transactional"
    FORMS = "forms"
    TRANSACTIONS = "transactions"
    ORGANISATIONS = "organisations"
    SORT = "sort"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Why:
    """One input: whether it holds (None: not known), and what the record says."""

    input: Input
    holds: bool | None
    said: Any = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether an assessment is needed, whose panel holds it (None: not known), and why."""

    need: Need
    panel: PanelBy | None
    why: tuple[Why, ...]

    def document(self) -> dict[str, Any]:
        """What a booking keeps of it."""
        inputs = {each.input.value: each.holds for each in self.why}
        panel = self.panel.value if self.panel else None
        return {"need": self.need.value, "panel": panel, "inputs": inputs}


@dataclass(frozen=True, slots=True)
class FormsComponent:
    """A component on which a service makes its forms; `failed` where its last published
    assessment was not passed.
    """

    slug: str
    name: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What the record of a service says.

    Attributes:
        transactional: whether it exchanges something, or changes a record of government.
        forms: the components on which all of its forms are made.
        transactions: how many a year.
        for_staff: whether people inside government use it; None where its audiences are not known.
        bodies: how many organisations are known to run it.
        told: what its team said of users of more than one organisation, where it was asked.
        ended: whether it is retired.
    """

    transactional: bool | None
    forms: tuple[FormsComponent, ...] = ()
    transactions: int | None = None
    for_staff: bool | None = None
    bodies: int = 0
    told: bool | None = None
    ended: bool = False


#: Nothing is left to be assessed.
ENDED = Answer(Need.NOT_NEEDED, None, (Why(Input.ENDED, True),))


def of_service(facts: ServiceFacts, most: int) -> Answer:
    """The answer for a service; with more than `most` transactions a year, or users of more than
    one organisation, the panel is from across government.
    """
    if facts.ended:
        return ENDED
    forms = bool(facts.forms) and not any(each.failed for each in facts.forms)
    many = None if facts.transactions is None else facts.transactions > most
    several = _several(facts)
    why = (
        Why(Input.TRANSACTIONAL, facts.transactional),
        Why(Input.FORMS, forms, facts.forms),
        Why(Input.TRANSACTIONS, many, facts.transactions),
        Why(Input.ORGANISATIONS, several, facts.bodies),
    )
    return Answer(_need(facts.transactional, forms), _panel((many, several)), why)


def _several(facts: ServiceFacts) -> bool | None:
    """Whether staff of more than one organisation use it: what its team said, else what the
    record says. A service that is not for staff has only those who run it.
    """
    if facts.told is not None:
        return facts.told
    if facts.for_staff is False:
        return False
    return True if facts.for_staff and facts.bodies > 1 else None


def _need(transactional: bool | None, forms: bool) -> Need:
    if transactional is False or forms:
        return Need.NOT_NEEDED
    return Need.NEEDED if transactional else Need.UNKNOWN


def _panel(reasons: Iterable[bool | None]) -> PanelBy | None:
    """From across government for any reason, the organisation's own where none holds."""
    found = tuple(reasons)
    if any(found):
        return PanelBy.CROSS_GOVERNMENT
    return None if None in found else PanelBy.ORGANISATION


#: Nothing runs behind these: whoever takes them is assessed.
_NOT_RUN = (ComponentKind.LIBRARY, ComponentKind.PATTERN, ComponentKind.CONTRACT)


def of_component(kind: ComponentKind, bodies: int, ended: bool = False) -> Answer:
    """The answer for a component: something runs behind it that exchanges with services. `bodies`
    is how many organisations have services that use it; `ended`, whether it is closed.
    """
    if ended:
        return ENDED
    runs = kind not in _NOT_RUN
    several = bodies > 1
    why = (Why(Input.SORT, runs, kind), Why(Input.ORGANISATIONS, several, bodies))
    return Answer(Need.NEEDED if runs else Need.NOT_NEEDED, _panel((several,)), why)
