"""What the storefront asks for, and days in words."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import Field

from portal.catalogue.forms.figures import sectors as sectors_words
from portal.catalogue.forms.labels import label, labels
from portal.catalogue.rules.components import ENDING, is_wide
from portal.web.forms import Form
from portal.web.i18n import _, lazy, ngettext


class FindForm(Form):
    """A GET form that changes nothing, so it carries no token; the page writes its fields."""

    q = Field(lazy("What do you need to do?"))
    need = Field(lazy("What you need"))
    organisation = Field(lazy("Your organisation"))

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False

    def __init__(self) -> None:
        """The address is read by rules/component_filters.py, which knows every argument."""
        super().__init__(formdata=None)


def advice(stage: str, lifecycle: str, sectors: Sequence[str], limit: str | None) -> str | None:
    """What the stage of a component implies; None where it ends, for nothing recommends it.

    Where few may use it the advice says for whom it is: nobody else is told to adopt it.

    Args:
        stage: its stage of evolution.
        lifecycle: as it is today.
        sectors: who may use it; empty where it does not say.
        limit: who of them, in words.
    """
    if lifecycle in ENDING:
        return None
    said = label(stage, "advice")
    if not sectors:
        return _("Only if its provider says that you may use it. %(advice)s", advice=said)
    if is_wide(sectors):
        return said
    said = labels("advice_for_few").get(stage, said)
    whom = limit.rstrip(".") if limit else sectors_words(sectors)
    return _("Only for those who may use it (%(whom)s). %(advice)s", whom=whom, advice=said)


def only_for(limit: str) -> str:
    """Who a component is limited to, after "Only for": what is recorded may say "for" itself."""
    said = limit.removeprefix("For ")
    return _("Only for: %(whom)s", whom=said[:1].upper() + said[1:])


def days_words(days: int | None) -> str:
    """The typical days of a step in words."""
    if days is None:
        return _("time not said")
    if days == 0:
        return _("the same day")
    return ngettext("%(num)s day", "%(num)s days", days)
