"""The form of a decision about two records that may be one."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SubmitField, TextAreaField

from portal.catalogue.actions.duplicates import Said
from portal.catalogue.forms.picking import Find, named_field, picked, which_field, without_which
from portal.catalogue.store.duplicates import Row
from portal.catalogue.words import PairDecision, RecordKind, ServiceRelation
from portal.errors import N_, Invalid
from portal.web.forms import Enter, Form, MaxLength, Select, choices
from portal.web.i18n import _, lazy

#: How one service stands to the other: the relation, and whether it is the first that stands so.
RELATIONS: dict[str, tuple[ServiceRelation, bool]] = {
    "first_part": (ServiceRelation.PART_OF, True),
    "second_part": (ServiceRelation.PART_OF, False),
    "first_replaces": (ServiceRelation.REPLACES, True),
    "second_replaces": (ServiceRelation.REPLACES, False),
    "journey": (ServiceRelation.SAME_JOURNEY_AS, True),
}
NOT_SAID = "not_said"


class DecideForm(Form):
    """What a person says of two records."""

    was = HiddenField()
    decision = RadioField(lazy("Are they the same?"), [Select(lazy("whether they are the same"))])
    relation = RadioField(lazy("If they are related, how?"))
    reason = TextAreaField(
        lazy("Why?"),
        [Enter(lazy("why you decide so")), MaxLength(1000)],
        description=lazy("Everybody can read this in the history of both records."),
    )
    go = SubmitField(lazy("Save the decision"))

    def ask(self, row: Row) -> None:
        """Offer the choices for a pair; no relation where the records are organisations."""
        self.decision.choices = _decisions(row)
        if row.kind is RecordKind.ORGANISATION:
            del self.relation
            return
        self.relation.choices = _relations(row)
        self.relation.data = self.relation.data or NOT_SAID

    def said(self, row: Row) -> Said:
        """The decision as it was chosen.

        Raises:
            Invalid: a relation is chosen for records that are not related.
        """
        decision = PairDecision(self.decision.data)
        chosen = self.relation.data if "relation" in self else NOT_SAID
        if chosen == NOT_SAID:
            return Said(decision)
        if decision is not PairDecision.RELATED:
            raise Invalid("relation", N_("Only records that are related have a relation"))
        relation, first = RELATIONS[chosen]
        return Said(decision, relation, (row.one if first else row.other).id)


class SuggestForm(Form):
    """Two records that may be one, found by a person."""

    one = named_field(lazy("The one service or organisation"))
    which_one = which_field(lazy("Which one do you mean first?"))
    other = named_field(lazy("The other one"))
    which_other = which_field(lazy("Which one do you mean second?"))
    why = TextAreaField(
        lazy("Why may they be one?"), [Enter(lazy("why they may be one")), MaxLength(1000)]
    )
    go = SubmitField(lazy("Suggest that they are one"))

    def said(self, find: Find) -> tuple[str, str]:
        """Where both are; the form has errors where it does not know yet which are meant."""
        one = picked(self, "one", find, _("Enter the one service or organisation"), "which_one")
        other = picked(self, "other", find, _("Enter the other one"), "which_other")
        self.bare()
        return one or "", other or ""

    def bare(self) -> None:
        """Ask nothing that need not be asked."""
        without_which(self, "which_one", "which_other")


def _decisions(row: Row) -> list[Any]:
    found = choices(
        {
            PairDecision.SAME: _("They are the same"),
            PairDecision.RELATED: _("They are related, but not the same"),
            PairDecision.DIFFERENT: _("They are different"),
        }
    )
    hints = (
        _("Next you choose which one stays, and merge them."),
        _("Both stay."),
        _("Both stay. This pair is never suggested again."),
    )
    for choice, hint in zip(found, hints, strict=True):
        choice.render_kw = {"hint": {"text": hint}}
    return found


def _relations(row: Row) -> list[Any]:
    first, second = (
        {"a": row.one.name, "b": row.other.name},
        {"a": row.other.name, "b": row.one.name},
    )
    return choices(
        {
            NOT_SAID: _("Do not record how"),
            "first_part": _("“%(a)s” is part of “%(b)s”", **first),
            "second_part": _("“%(a)s” is part of “%(b)s”", **second),
            "first_replaces": _("“%(a)s” replaces “%(b)s”", **first),
            "second_replaces": _("“%(a)s” replaces “%(b)s”", **second),
            "journey": _("They are steps of the same journey"),
        }
    )
