"""What people write beside figures names nobody."""

from __future__ import annotations

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from portal.performance.rules import personal
from portal.web.i18n import _


def names_nobody(_form: BaseForm, field: Field) -> None:
    """Refuses what looks like somebody's; the message does not repeat it."""
    what = personal.looks_like(field.data or "")
    if what:
        raise ValidationError(
            _("Take out what looks like %(what)s: no personal data may stand here", what=_(what))
        )
