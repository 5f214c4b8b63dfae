"""The forms about other people: roles, invitations, requests to join, leavers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, EmailField, RadioField, SubmitField, TextAreaField

from portal.access import Kind, Role, roles_on
from portal.accounts.forms.labels import LABELS
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, choices
from portal.web.i18n import lazy


def _role(*validators: Any) -> RadioField:
    return RadioField(lazy("Role"), list(validators))


def roles_of(kind: Kind) -> list[Any]:
    """The roles that can be given on things of a kind, each with what it means."""
    found = choices({role: LABELS["role"][role] for role in roles_on(kind)})
    for choice in found:
        hint = {"text": LABELS["role_means"][Role(choice.value)]}
        choice.render_kw = {"hint": hint}
    return found


def first_day_without(last_day: Any) -> date | None:
    """The day after the last one typed; None where none was."""
    day: date | None = last_day.data
    return day + timedelta(days=1) if day else None


class GrantForm(Form):
    """A role for somebody who is here already."""

    role = _role(Select(lazy("a role")))
    last_day = DateParts(
        lazy("Last day"),
        thing=lazy("the last day"),
        description=lazy("Leave it empty where there is no end."),
    )
    go = SubmitField(lazy("Continue"))


class InviteForm(Form):
    """A role for an address."""

    email = EmailField(
        lazy("Email address"),
        [Enter(lazy("an email address"))],
        description=lazy("They get an email, and the role when they sign in within 7 days."),
    )
    role = _role(Select(lazy("a role")))
    go = SubmitField(lazy("Continue"))


class EndForm(Form):
    """The end of a role."""

    last_day = DateParts(
        lazy("Last day"),
        thing=lazy("the last day"),
        description=lazy("Leave it empty to end the role at once."),
    )
    go = SubmitField(lazy("End the role"))


class WithdrawForm(Form):
    """An invitation is taken back."""

    go = SubmitField(lazy("Withdraw the invitation"))


class JoinForm(Form):
    """Somebody asks to join."""

    why = TextAreaField(
        lazy("Who are you, and what do you work on?"),
        [MaxLength(1000)],
        description=lazy("Whoever decides reads this. You can leave it empty."),
    )
    go = SubmitField(lazy("Ask to join"))


class DecideForm(Form):
    """A request to join is answered."""

    role = _role(Select(lazy("a role, or that they cannot join")))
    answer = TextAreaField(
        lazy("What to tell them"),
        [MaxLength(1000)],
        description=lazy("They read this in an email. You can leave it empty."),
    )
    go = SubmitField(lazy("Send the answer"))


class LeaveForm(Form):
    """Somebody leaves, and somebody takes over."""

    successor = EmailField(
        lazy("Who takes over these roles?"),
        description=lazy("Their email address. Leave it empty where nobody does."),
    )
    close = BooleanField(lazy("Close their account: they can no longer sign in"))
    go = SubmitField(lazy("End these roles"))


class EraseForm(Form):
    """Somebody is forgotten."""

    why = TextAreaField(
        lazy("Why are they erased?"),
        [Enter(lazy("why they are erased")), MaxLength(1000)],
        description=lazy("This stays in the history. Do not name them here."),
    )
    go = SubmitField(lazy("Erase this person"))


REFUSE = "refuse"


def decisions(kind: Kind) -> list[Any]:
    """The roles as which somebody can be let in, and the refusal."""
    return [*roles_of(kind), *choices({REFUSE: lazy("They cannot join")})]
