"""The forms of a transfer of functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import RadioField, SelectField, StringField, SubmitField, TextAreaField

from portal.catalogue.models.transfers import Transfer
from portal.catalogue.words import SuccessionKind, TransferAction, TransferSide
from portal.web.forms import DateParts, Enter, Form, MaxLength, Select, WebAddress, choices
from portal.web.i18n import _, lazy

#: The most organisations on one side.
MOST = 12


class TransferForm(Form):
    """Who loses, who gains, when, and who says so."""

    title = StringField(
        lazy("What to call the transfer"),
        [Enter(lazy("what to call the transfer")), MaxLength(300)],
        description=lazy("For example, “Digital policy moves to a new department”."),
    )
    loses = TextAreaField(
        lazy("Organisations that lose functions"),
        [Enter(lazy("the organisations that lose functions"))],
        description=lazy("A name, abbreviation or register identifier on each line."),
    )
    gains = TextAreaField(
        lazy("Organisations that gain functions"),
        [Enter(lazy("the organisations that gain functions"))],
        description=lazy("The same. They must be in the catalogue already."),
    )
    kind = RadioField(
        lazy("What became of the organisations that lose"),
        [Select(lazy("what became of the organisations that lose"))],
    )
    happened_on = DateParts(
        lazy("When"),
        [Enter(lazy("the day of the transfer"))],
        thing=lazy("the day of the transfer"),
    )
    source = StringField(
        lazy("Who says so"),
        [Enter(lazy("the web address of the announcement")), MaxLength(1000), WebAddress()],
        description=lazy("The web address of the announcement."),
    )
    go = SubmitField(lazy("See what they own"))

    def ask(self) -> None:
        """Offer the kinds, each with what it means."""
        self.kind.choices = choices(
            {
                SuccessionKind.FUNCTIONS_TRANSFERRED: _("They go on, with fewer functions"),
                SuccessionKind.RENAMED: _("They ended: another body goes on under a new name"),
                SuccessionKind.MERGED: _("They ended: merged with others"),
                SuccessionKind.SPLIT: _("They ended: split"),
                SuccessionKind.ABOLISHED: _("They ended: abolished"),
            }
        )

    def lines(self, name: str) -> list[str]:
        """The organisations typed into a field."""
        return [line.strip() for line in (self[name].data or "").splitlines() if line.strip()]


class ChooseForm(Form):
    """What becomes of everything of which nobody has said so yet; the rows stand in the page."""

    rest = SelectField(
        lazy("Everything that is not chosen yet, on this page and the others"), validate_choice=True
    )
    go = SubmitField(lazy("Save and continue"))


class SureForm(Form):
    """A step that cannot be taken by accident."""

    go = SubmitField(lazy("Apply the transfer"))


class DiscardForm(Form):
    """A draft is thrown away."""

    go = SubmitField(lazy("Throw the draft away"))


class AgainForm(Form):
    """A draft is brought in step with what organisations own now."""

    go = SubmitField(lazy("Look again at what they own"))


class ReverseForm(Form):
    """A transfer is taken back, and why."""

    reason = TextAreaField(
        lazy("Why is it taken back?"),
        [Enter(lazy("why it is taken back")), MaxLength(1000)],
        description=lazy("Everybody can read this in the history of each record."),
    )
    go = SubmitField(lazy("Reverse this transfer"))


def options(transfer: Transfer, role: bool) -> dict[str, str]:
    """What can be chosen for something: an organisation that gains, or that it stays."""
    found = {TransferAction.OPEN.value: _("Choose")}
    for body in transfer.bodies:
        if body.side is TransferSide.GAINS:
            found[str(body.organisation_id)] = body.organisation.name
    found[TransferAction.STAY.value] = _("Stays where it is")
    if role:
        found[TransferAction.END.value] = _("Ends")
    return found


def chosen(text: str, known: Mapping[str, str]) -> tuple[TransferAction, int | None] | None:
    """What was chosen for one thing; None for what was not offered."""
    if text not in known:
        return None
    if text.isdigit():
        return TransferAction.MOVE, int(text)
    return TransferAction(text), None


def value_of(item: Any) -> str:
    """The option that stands for what is chosen of an item."""
    return str(item.to_id) if item.action is TransferAction.MOVE else item.action.value
