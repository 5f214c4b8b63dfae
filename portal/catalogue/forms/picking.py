"""A field in which another record is named: by its name, or by the web address of its page here.

What is typed stays as it is. Where it may mean several records, the form asks which one, as radios
below it, so that no script is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Optional

from portal.catalogue.actions.finding_organisations import Meant
from portal.web.forms import Form, MaxLength, slug_typed
from portal.web.i18n import _, lazy

#: Where the pages of each kind of record are.
FOLDERS = {"service": "services", "organisation": "organisations", "component": "components"}
HINT = lazy("Type its name and choose from what is found, or paste the address of its page here.")
#: Says what a text may mean: the text, and the last part of the address that it may be.
Find = Callable[[str, str | None], Meant]


def named_field(label: str, **more: Any) -> StringField:
    """The field in which a record is named."""
    return StringField(label, [MaxLength(2000)], **{"description": HINT, **more})


def which_field(label: str = "") -> RadioField:
    """The choice among what was found for it; `without_which` takes it off where there is none."""
    return RadioField(label or lazy("Which one do you mean?"), [Optional()], validate_choice=False)


def picked(
    form: Form, field: str, find: Find, missing: str, which: str = "which", folder: str = ""
) -> str | None:
    """The reference of the record that is named in a field; None where the form now says what is
    wrong, or asks which one is meant. Whatever was chosen stays chosen.

    Args:
        form: as sent, and validated.
        field: where the record is named.
        find: says what it may mean.
        missing: the message for an empty field, in the reader's language.
        which: the field of the choice.
        folder: where the pages of such records are, where the field's name does not say it.
    """
    typed = (form[field].data or "").strip()
    if not typed:
        form[field].errors = (*form[field].errors, missing)
    if not typed or form[field].errors:
        return None
    meant = find(typed, slug_typed(typed, folder or FOLDERS.get(field, "")))
    if meant.sure:
        return meant.sure
    if not meant.may_be:
        form[field].errors = [not_found(typed)]
        return None
    return chosen_of(form, which, meant.may_be)


def chosen_of(form: Form, which: str, may_be: Sequence[tuple[str, str]]) -> str | None:
    """What was chosen of several; None where the form now asks."""
    form[which].choices = [SelectChoice(ref, name) for ref, name in may_be]
    if form[which].data in {ref for ref, _name in may_be}:
        return str(form[which].data)
    form[which].data = None
    form[which].errors = [_("Select which one you mean")]
    return None


def not_found(typed: str) -> str:
    """The message where nothing is named by a text."""
    if "/" in typed:
        return _("There is no such page here: check the address, or type a name")
    return _("Nothing in the catalogue is called like this: check the spelling")


def without_which(form: Form, *names: str) -> None:
    """Take the choice of what a typed name means off a form that need not ask."""
    for which in names or ("which",):
        if which in form and not form[which].choices:
            del form[which]
