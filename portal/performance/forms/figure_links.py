"""The form that sends somebody a link for the figures of one period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import EmailField, RadioField, SelectField, SubmitField

from portal.performance.forms.labels import period_name
from portal.performance.rules import figure_links as rules
from portal.performance.words import Period
from portal.web.forms import Enter, Form, Select, choices
from portal.web.i18n import _, lazy


class LinkForm(Form):
    """Sends a link."""

    start = SelectField(lazy("Which period?"), [Select(lazy("a period"))])
    email = EmailField(
        lazy("Email address"),
        [Enter(lazy("an email address"))],
        description=lazy("We forget it when the link is used or ends."),
    )
    days = RadioField(
        lazy("How long shall the link work?"),
        [Select(lazy("how long the link shall work"))],
        default=str(rules.USUAL),
    )
    go = SubmitField(lazy("Send the link"))

    def offer(self, period: Period, starts: Sequence[date]) -> LinkForm:
        """Let one of these periods be chosen."""
        named = {start.isoformat(): period_name(period, start) for start in starts}
        self.start.choices = choices(named)
        self.days.choices = choices(
            {str(days): _("%(days)s days", days=days) for days in rules.DAYS}
        )
        return self
