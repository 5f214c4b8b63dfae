"""The question what else to compare."""

from __future__ import annotations

from wtforms import StringField

from portal.catalogue.forms.picking import HINT
from portal.web.forms import Form, MaxLength
from portal.web.i18n import lazy


class AddForm(Form):
    """A GET form that changes nothing, so it carries no token."""

    add = StringField(
        lazy("Add a service or component"), [MaxLength(2000)], description=HINT
    )  # fmt: skip

    class Meta(Form.Meta):
        """Reading needs no protection from forgery."""

        csrf = False
