"""The form that splits a service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)

from portal.catalogue.forms.history_words import Said
from portal.catalogue.rules.splitting import RELATIONS, Taken
from portal.catalogue.words import ServiceRelation
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy


class SplitForm(Form):
    """What the new service is called and takes."""

    version = HiddenField()
    name = StringField(
        lazy("Name of the new service"),
        [Enter(lazy("the name of the new service")), MaxLength(300)],
    )
    purpose = TextAreaField(lazy("What is the new service for?"), [MaxLength(20_000)])
    relation = RadioField(
        lazy("How does it stand to this service?"),
        [Select(lazy("how it stands to this service"))],
    )
    names = SelectMultipleField(lazy("Other names that become those of the new service"))
    usages = SelectMultipleField(lazy("What the new service uses, and this one no longer"))
    phases = SelectMultipleField(
        lazy("Earlier phases that were those of the new service"),
        description=lazy("The phase of today is that of both."),
    )
    reason = TextAreaField(
        lazy("Why is it split?"),
        [Enter(lazy("why it is split")), MaxLength(1000)],
        description=lazy("Everybody can read this in the history of both services."),
    )
    go = SubmitField(lazy("Continue"))

    def ask(
        self, said: Mapping[str, Said], ended: Mapping[int, str], used: Mapping[int, str]
    ) -> None:
        """Offer what there is; questions about what the service does not have are left out."""
        texts = _("It is part of this service"), _("It is a step of the same journey")
        self.relation.choices = choices(dict(zip(RELATIONS, texts, strict=True)))
        named = {str(at): line.text for at, line in enumerate(said["names"].lines)}
        offered: dict[str, Any] = {"names": named, "phases": ended, "usages": used}
        for name, there in offered.items():
            if there:
                self[name].choices = choices(there)
            else:
                del self[name]

    def places(self, name: str) -> list[int]:
        """What was chosen of a list."""
        return [int(value) for value in self[name].data or ()] if name in self else []

    def taken(self) -> Taken:
        """What the new service takes."""
        return Taken(
            self.name.data or "", self.purpose.data or None, ServiceRelation(self.relation.data),
            self.places("names"), self.places("phases"),
        )  # fmt: skip
