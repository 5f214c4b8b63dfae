"""What a service's document answers to each question, as lines of plain text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.catalogue.component_words import DateBasis, NeedAnswer, UsageStatus
from portal.catalogue.forms.labels import label
from portal.catalogue.rules.cleaners import Document
from portal.catalogue.rules.service_answers import accountable
from portal.catalogue.rules.service_questions import ASKED, Question, values_of
from portal.web.filters import commas, long_date, month
from portal.web.i18n import _

Names = Mapping[str, str]


def lines_of(question: Question, document: Document, organisations: Names) -> list[str]:
    """The answer of a document, which may lack fields; no line where there is none.

    Args:
        question: which.
        document: the service's.
        organisations: the names of organisations by reference.
    """
    return [line for line in _LINES[question](document, organisations) if line]


def rows_of(
    document: Document, organisations: Names, change: Callable[[Question], str] | None = None
) -> list[dict[str, Any]]:
    """All answers of a document for a summary list: `question`, `lines` and, where `change` gives
    the address of a question's page, `href`.
    """
    return [
        {
            "question": question,
            "needed": asked.needed,
            "lines": lines_of(question, document, organisations),
            "href": change(question) if change else None,
        }
        for question, asked in ASKED.items()
    ]


def need_line(answer: Document, components: Names) -> str:
    """How a need is met, in a line.

    Args:
        answer: see `rules.registering`.
        components: the names of components by slug.
    """
    if answer["answer"] != NeedAnswer.NEEDED or not answer.get("arrangement"):
        return str(label(answer["answer"], "need_answer"))
    how = components.get(answer["component"] or "") or answer["product"]
    how = how or str(label(answer["arrangement"], "arrangement"))
    line = f"{how}: {str(label(answer['status'], 'usage_status')).lower()}"
    if answer["status"] != UsageStatus.LIVE:
        return line
    if not answer["since"]:
        return _("%(use)s, since when is not known", use=line)
    by_month = answer.get("since_basis") == DateBasis.MONTH
    day = month(answer["since"]) if by_month else long_date(answer["since"])
    return _("%(use)s since %(day)s", use=line, day=day)


def _name(document: Document, _organisations: Names) -> list[str]:
    values = values_of(Question.NAME, document)
    others = ", ".join(filter(None, values["other_names"].split("\n")))
    return [
        values["name"] or "",
        _("Welsh: %(name)s", name=values["welsh_name"]) if values["welsh_name"] else "",
        _("Also called: %(names)s", names=others) if others else "",
    ]


def _organisation(document: Document, organisations: Names) -> list[str]:
    row = accountable(document)
    if row is None:
        return []
    name = organisations.get(row["organisation"] or "") or row["published_name"] or ""
    return [name, _since(row["since"])]


def _since(day: str | date | None) -> str:
    return _("Since %(day)s", day=long_date(day)) if day else ""


def _phase(document: Document, _organisations: Names) -> list[str]:
    values = values_of(Question.PHASE, document)
    if not values:
        return []
    return [str(label(values["phase"], "phase")), _since(values["since"])]


def _channels(document: Document, _organisations: Names) -> list[str]:
    done = {True: _("People get something done with it"), False: _("It only informs")}
    found = [str(label(each, "channel")) for each in document.get("channels") or []]
    return [", ".join(found), done.get(document.get("transactional"), "")]  # type: ignore[arg-type]


def _apis(document: Document, _organisations: Names) -> list[str]:
    values = values_of(Question.APIS, document)
    if not values["answer"]:
        return []
    return [str(label(values["answer"], "apis")), *values["apis"].split("\n")]


def _transactions(document: Document, _organisations: Names) -> list[str]:
    values = values_of(Question.TRANSACTIONS, document)
    if values["yearly_transactions"] is None:
        return []
    day = long_date(values["transactions_to"])
    many = commas(values["yearly_transactions"])
    return [_("%(many)s in the 12 months to %(day)s", many=many, day=day)]


def _finding(document: Document, _organisations: Names) -> list[str]:
    fields = (document.get(name) or "" for name in ("category", "customer_type", "business_model"))
    return [*fields, ", ".join(document.get("keywords") or [])]


def _plain(*fields: str) -> Callable[[Document, Names], list[str]]:
    return lambda document, _organisations: [document.get(field) or "" for field in fields]


_LINES: dict[Question, Callable[[Document, Names], list[str]]] = {
    Question.NAME: _name,
    Question.ORGANISATION: _organisation,
    Question.PURPOSE: lambda d, _o: (d.get("purpose") or "").split("\n"),
    Question.USER_NEED: lambda d, _o: (d.get("user_need") or "").split("\n"),
    Question.AUDIENCES: lambda d, _o: [str(label(a, "audience")) for a in d.get("audiences") or []],
    Question.PHASE: _phase,
    Question.CHANNELS: _channels,
    Question.ADDRESSES: _plain("start_page", "service_address"),
    Question.APIS: _apis,
    Question.TRANSACTIONS: _transactions,
    Question.LINKS: lambda d, _o: [row["url"] for row in d.get("links") or []],
    Question.FINDING: _finding,
}
