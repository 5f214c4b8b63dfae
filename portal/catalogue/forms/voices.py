"""What a service would need of a shared component."""

from __future__ import annotations

from wtforms import SubmitField, TextAreaField

from portal.web.forms import Enter, Form, MaxLength
from portal.web.i18n import lazy


class VoiceForm(Form):
    """What a component would have to do."""

    text = TextAreaField(
        lazy("What would it have to do for your service?"),
        [Enter(lazy("what it would have to do")), MaxLength(1000)],
        description=lazy(
            "Everybody can read this beside the name of your service. Say what is missing and how "
            "often you need it; name no people."
        ),
        render_kw={"params": {"rows": 5}},
    )
    go = SubmitField(lazy("Ask for it"))
