"""What the storefront asks for, and days in words."""

from __future__ import annotations

from wtforms import Field

from portal.web.forms import Form
from portal.web.i18n import _, lazy, ngettext


class FindForm(Form):
    """A GET form that changes nothing, so it carries no token; the page writes its fields."""

    q = Field(lazy("What do you need to do?"))
    need = Field(lazy("What you need"))

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False

    def __init__(self) -> None:
        """The address is read by rules/component_filters.py, which knows every argument."""
        super().__init__(formdata=None)


def days_words(days: int | None) -> str:
    """The typical days of a step in words."""
    if days is None:
        return _("time not said")
    if days == 0:
        return _("the same day")
    return ngettext("%(num)s day", "%(num)s days", days)
