"""The question "as it was on which day?"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from wtforms import Field, ValidationError

from portal.web.forms import DateParts, Enter, Form
from portal.web.i18n import _, lazy


class NotLater:
    """Refuses a day after the form's last one."""

    def __call__(self, form: AsAt, field: Field) -> None:
        """Compare with the day the form was made for."""
        if field.data and field.data > form.last:
            raise ValidationError(_("Date must be today or in the past"))


class AsAt(Form):
    """A GET form that changes nothing, so it carries no token."""

    on = DateParts(
        lazy("Date"),
        [Enter(lazy("a date")), NotLater()],
        thing=lazy("date"),
        description=lazy("For example, 1 4 2016"),
    )

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False

    def __init__(
        self, arguments: Mapping[str, str] | None, last: date, shown: date | None = None
    ) -> None:
        """Read the date from an address's arguments; `last` is the latest day allowed, `shown`
        the one to show where there are no arguments.
        """
        self.last = last
        super().__init__(formdata=arguments, data={"on": shown})

    @property
    def asked(self) -> bool:
        """True where the address asks for a day, right, wrong or left empty."""
        return self.on.sent

    def day(self) -> date | None:
        """The day asked for; None where there is none, or the form has errors to show."""
        return self.on.data if self.asked and self.validate() else None
