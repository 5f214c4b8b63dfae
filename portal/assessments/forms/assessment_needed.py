"""The answer to "do I need an assessment?" in words, each input with where it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from portal.assessments.rules.assessment_needed import Input, Why
from portal.web.filters import commas
from portal.web.i18n import _, lazy

if TYPE_CHECKING:
    from portal.assessments.store.assessment_inputs import About

KEYS: Mapping[Input, str] = {
    Input.TRANSACTIONAL: lazy("Transactional"),
    Input.FORMS: lazy("Forms on a shared component"),
    Input.TRANSACTIONS: lazy("Transactions a year"),
    Input.ORGANISATIONS: lazy("Organisations whose staff use it"),
    Input.SORT: lazy("Sort of component"),
    Input.ENDED: lazy("In service"),
}


class Reason(NamedTuple):
    """An input in words: what the record says, and where that is answered or shown."""

    key: str
    text: str
    known: bool
    href: str
    link: str


def said(about: About, here: str, edits: bool) -> list[Reason]:
    """Each input of an answer about the record at `here`; whoever may not edit it is led to
    propose an answer.
    """
    at = _At(here, edits)
    return [reason for why in about.answer.why for reason in _IN_WORDS[why.input](why, about, at)]


class _At(NamedTuple):
    """Where the record is, and whether the reader edits it."""

    here: str
    edits: bool

    def reason(self, why: Why, text: str, question: str, known: bool) -> Reason:
        """An input that a question of the record answers."""
        if self.edits:
            link = _("Change") if known else _("Answer")
            return Reason(str(KEYS[why.input]), text, known, f"{self.here}/edit/{question}", link)
        href = f"{self.here}/propose/{question}"
        return Reason(str(KEYS[why.input]), text, known, href, _("Propose"))


def _transactional(why: Why, _about: About, at: _At) -> Iterator[Reason]:
    text = {
        True: _(
            "Yes: it exchanges information, money, permission, goods or services, or changes a"
            " record of government. Services for staff count as well."
        ),
        False: _("No: it exchanges nothing with its users, and changes no record of government."),
        None: _("Not known: the record does not say whether it is transactional."),
    }[why.holds]
    yield at.reason(why, text, "channels", why.holds is not None)


def _forms(why: Why, _about: About, at: _At) -> Iterator[Reason]:
    for each in why.said or ():
        text = (
            _("%(component)s makes its forms, but did not pass its last assessment: so this does"
              " not count.", component=each.name)
            if each.failed
            else _("%(component)s makes its forms. No published report says that it is not"
                   " assured, so they need no assessment of their own.", component=each.name)
        )  # fmt: skip
        shown = f"/components/{each.slug}/assessments"
        yield Reason(str(KEYS[why.input]), text, True, shown, _("Its assessments"))
    if not why.said:
        text = _("No: the record names no component on which all of its forms are made.")
        shown = f"{at.here}/needs/build-forms" if at.edits else f"{at.here}#needs"
        link = _("Change") if at.edits else _("Its needs")
        yield Reason(str(KEYS[why.input]), text, True, shown, link)


def _transactions(why: Why, about: About, at: _At) -> Iterator[Reason]:
    most = commas(about.most)
    if why.said is None:
        text = _("Not known. With more than %(most)s a year the panel is from across government.",
                 most=most)  # fmt: skip
    elif why.holds:
        text = _("%(many)s: more than %(most)s, so the panel is from across government.",
                 many=commas(why.said), most=most)  # fmt: skip
    else:
        text = _("%(many)s: no more than %(most)s.", many=commas(why.said), most=most)
    yield at.reason(why, text, "transactions", why.said is not None)


def _organisations(why: Why, about: About, at: _At) -> Iterator[Reason]:
    if any(each.input is Input.SORT for each in about.answer.why):
        text = (
            _("Services of more than one organisation use it: the panel is from across government.")
            if why.holds
            else _("Services of no more than one organisation use it.")
        )
        yield Reason(str(KEYS[why.input]), text, True, f"{at.here}/users", _("Who uses it"))
        return
    text = {
        True: _("More than one runs it for its staff: the panel is from across government."),
        False: _("It is not for staff of government."),
        None: _(
            "Not known: the record does not say whether staff of more than one organisation use"
            " it. You are asked when you book."
        ),
    }[why.holds]
    yield at.reason(why, text, "audiences", why.holds is not None)


def _sort(why: Why, _about: About, at: _At) -> Iterator[Reason]:
    text = (
        _("Something runs behind it that exchanges information with services.")
        if why.holds
        else _("Nothing runs behind it: the services that take it are assessed.")
    )
    yield Reason(str(KEYS[why.input]), text, True, at.here, _("Its page"))


def _ended(why: Why, _about: About, at: _At) -> Iterator[Reason]:
    said = _("No: it is retired or closed.")
    yield Reason(str(KEYS[why.input]), said, True, at.here, _("Its page"))


_IN_WORDS: Mapping[Input, Callable[[Why, About, _At], Iterator[Reason]]] = {
    Input.TRANSACTIONAL: _transactional,
    Input.FORMS: _forms,
    Input.TRANSACTIONS: _transactions,
    Input.ORGANISATIONS: _organisations,
    Input.SORT: _sort,
    Input.ENDED: _ended,
}
