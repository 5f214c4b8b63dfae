"""Forms that add and change data sets."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, StringField, SubmitField
from wtforms.validators import Optional

from portal.digits import digits_of, whole_number
from portal.performance.actions.data_sets import Kept
from portal.performance.forms.labels import LABELS
from portal.performance.forms.privacy import names_nobody
from portal.performance.rules import kinds, schemas
from portal.performance.rules.schemas import Schema
from portal.performance.rules.tokens import form_key, of_form
from portal.performance.words import Period, SetKind
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

MOST_DAYS = 3660
MOST_THRESHOLD = 1000


def whole(text: str | None, most: int) -> int | None:
    """A whole number from 0 as somebody typed it; None where it is none, or above `most`."""
    return whole_number(digits_of(text or ""), most)


class KeptForm(Form):
    """How a data set is kept: asked when it is added, and when it is changed."""

    title = StringField(lazy("Title"), [Enter(lazy("a title")), MaxLength(200), names_nobody])
    period = RadioField(
        lazy("What does each figure cover?"),
        [Select(lazy("what each figure covers"))],
        choices=choices(LABELS["set_period"]),
    )
    due_days = StringField(
        lazy("How many days after the end of a period are its figures due? (optional)"),
        description=lazy("For example, 20. Leave it empty if nobody waits for them."),
        render_kw={"params": {"inputmode": "numeric", "classes": "govuk-input--width-4"}},
    )
    max_age_days = StringField(
        lazy("How many days old may the newest figures be? (optional)"),
        description=lazy(
            "Counted from the end of the newest period. After that, pages say they are old."
        ),
        render_kw={"params": {"inputmode": "numeric", "classes": "govuk-input--width-4"}},
    )
    threshold = StringField(
        lazy("Below which number could somebody be recognised? (optional)"),
        description=lazy("For example, 5. Smaller numbers of people or cases are not shown."),
        render_kw={"params": {"inputmode": "numeric", "classes": "govuk-input--width-4"}},
    )
    definition = RadioField(lazy("Which definition do the figures follow?"), [Optional()])
    published = RadioField(
        lazy("Who may read it?"),
        [Select(lazy("who may read it"))],
        choices=choices({"yes": lazy("Everybody"), "no": lazy("Only your team")}),
    )
    base = HiddenField()
    go = SubmitField(lazy("Save"))

    def settle(self, kind: SetKind) -> None:
        """Ask for what this sort leaves open."""
        versions = schemas.definitions_of(kind)
        if versions:
            self.definition.choices = choices({str(v): _(says) for v, says in versions.items()})
        else:
            del self["definition"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Say what the fields find, and which numbers are none."""
        fine = bool(super().validate(extra_validators))
        for field, most in (("due_days", MOST_DAYS), ("max_age_days", MOST_DAYS),
                            ("threshold", MOST_THRESHOLD)):  # fmt: skip
            typed = self[field].data
            if typed and whole(typed, most) is None:
                text = _("Enter a whole number from 0 to %(most)s", most=f"{most:,}")
                self[field].errors = [text]
                fine = False
        if whole(self.threshold.data, MOST_THRESHOLD) in (1, 2):
            text = _("Enter 3 or more: below 2 there is only 1, so everybody would know the number")
            self.threshold.errors = [text]
            fine = False
        return fine

    def kept(self, kind: SetKind, period: Period | None = None) -> Kept:
        """What was typed; `period` is that of a data set where it is not asked."""
        version = self.definition.data if "definition" in self else None
        return Kept(
            title=self.title.data or "",
            period=Period(self.period.data) if "period" in self else period,
            due_days=whole(self.due_days.data, MOST_DAYS),
            max_age_days=whole(self.max_age_days.data, MOST_DAYS),
            threshold=whole(self.threshold.data, MOST_THRESHOLD) or 0,
            published=self.published.data == "yes",
            definition=int(version) if version else schemas.newest_definition(kind),
        )


def shown(kept: Any) -> dict[str, Any]:
    """What the form shows of a data set."""
    return {
        "title": kept.title, "period": kept.period.value if kept.period else None,
        "due_days": _text(kept.due_days), "max_age_days": _text(kept.max_age_days),
        "threshold": _text(kept.threshold or None), "definition": str(kept.definition),
        "published": "yes" if kept.published else "no", "base": str(kept.version),
    }  # fmt: skip


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


class AddForm(KeptForm):
    """A new data set of one of the sorts."""

    group = StringField(
        lazy("First part of its address"),
        [Enter(lazy("the first part of its address")), MaxLength(60)],
        description=lazy("Programs use it. Small letters, digits and hyphens."),
    )
    type = StringField(
        lazy("End of its address"),
        [Enter(lazy("the end of its address")), MaxLength(60)],
        description=lazy("Small letters, digits and hyphens."),
    )

    @property
    def chosen_period(self) -> Period | None:
        """What each figure covers; None where that was not chosen."""
        return Period(self.period.data) if self.period.data in set(Period) else None

    def schema(self, kind: SetKind) -> Schema:
        """What the data set may hold."""
        return schemas.of_sort(kind, self.chosen_period)


def defaults(kind: SetKind, slug: str, title: str) -> dict[str, Any]:
    """What the form that adds a data set shows at first.

    Args:
        slug: of the service or component.
        title: what the sort is called.
    """
    sort = kinds.SORTS.get(kind)
    return {
        "group": schemas.group_for(slug), "type": sort.type if sort else "",
        "title": title if sort else "", "period": "month", "due_days": "20",
        "published": "yes", "definition": str(schemas.newest_definition(kind)),
    }  # fmt: skip


class CloseForm(Form):
    """Closes a data set."""

    base = HiddenField()
    why = StringField(
        lazy("Why is it closed?"),
        [Enter(lazy("why it is closed")), MaxLength(500), names_nobody],
        description=lazy("Everybody can read this. Name no people."),
    )
    go = SubmitField(lazy("Close the data set"))


class OpenForm(Form):
    """Opens a data set again."""

    base = HiddenField()
    go = SubmitField(lazy("Open it again"))


class Once(Form):
    """A form with a key that tells it from others: sent again, it does nothing a second time."""

    once = HiddenField(default=form_key)

    def token(self, about: str, secret: str) -> str:
        """The token that this form makes."""
        return of_form(self.once.data or "", about, secret)

    def renew(self) -> None:
        """Be another form, for another token."""
        self.once.data = form_key()


class TokenForm(Once):
    """Makes a token."""

    label = StringField(
        lazy("Which program is it for?"),
        [Enter(lazy("which program it is for")), MaxLength(100), names_nobody],
        description=lazy(
            "For example, “monthly export”. It is in the public history: name no people."
        ),
    )
    go = SubmitField(lazy("Make the token"))


class RotateForm(Once):
    """Puts a token in the place of another."""

    overlap = RadioField(
        lazy("How long shall the old one still work?"),
        [Select(lazy("how long the old one shall still work"))],
        choices=choices({"0": lazy("Not at all"), "1": lazy("1 day"), "7": lazy("7 days"),
                         "30": lazy("30 days")}),
        default="7",
    )  # fmt: skip
    go = SubmitField(lazy("Make a new token"))
