"""The questions about an organisation that its own administrators answer: how it is called and
where it is. What it is part of and what became of it is government's business, not its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.catalogue import words
from portal.catalogue.rules.cleaners import NAME_LIMIT, Document
from portal.catalogue.rules.editing import book_of
from portal.catalogue.rules.service_answers import lines
from portal.errors import N_, Invalid

NAME, ABBREVIATION, WEBSITE, ALIASES = "name", "abbreviation", "website", "aliases"
FIELDS: dict[str, tuple[str, ...]] = {
    NAME: ("name", "names"),
    ABBREVIATION: ("abbreviation",),
    WEBSITE: ("website",),
    ALIASES: ("aliases",),
}
_SHORT = words.OrganisationNameKind.NAME.value


def _open(document: Document, language: words.Language) -> Document | None:
    """The name in a language that holds now."""
    found = [
        row
        for row in document["names"]
        if row["kind"] == _SHORT and row["language"] == language.value and not row["until"]
    ]
    return found[0] if found else None


def values_of(question: str, document: Document) -> dict[str, Any]:
    """What the form of a question shows for a document."""
    if question == NAME:
        welsh = _open(document, words.Language.WELSH)
        return {"name": document["name"], "welsh_name": welsh["name"] if welsh else None,
                "since": None}  # fmt: skip
    if question == ALIASES:
        return {ALIASES: "\n".join(row["alias"] for row in document["aliases"])}
    return {question: document[question]}


def patch(question: str, document: Document, values: Mapping[str, Any], day: date) -> Document:
    """The fields that an answer changes.

    Raises:
        Invalid: a value is wrong; `field` names the form's.
    """
    if question == NAME:
        return _named(document, values, day)
    if question == ALIASES:
        return {ALIASES: _aliases(document, values)}
    return {question: values[question]}


def _named(document: Document, values: Mapping[str, Any], day: date) -> Document:
    """Another name begins on `since`, or today; the one before stays as a former name."""
    since = (values.get("since") or day).isoformat()
    name, welsh = values["name"], values.get("welsh_name")
    names = list(document["names"])
    if name != document["name"]:
        names = _renamed(names, _open(document, words.Language.ENGLISH), document["name"], name,
                         words.Language.ENGLISH, since)  # fmt: skip
    now = _open(document, words.Language.WELSH)
    if welsh != (now["name"] if now else None):
        names = _renamed(names, now, None, welsh, words.Language.WELSH, since)
    return {"name": name, "names": names}


def _renamed(
    names: list[Document], now: Document | None, was: str | None, name: str | None,
    language: words.Language, since: str,
) -> list[Document]:  # fmt: skip
    if now and now["since"] and since < now["since"]:
        raise Invalid("since", N_("This must be on or after the day the present name began"))
    # One that began the same day was a slip of the pen: it never held.
    kept = [row for row in names if row is not now or row["since"] != since]
    kept = [{**row, "until": since} if row is now else row for row in kept]
    made = {"language": language.value, "kind": _SHORT}
    if now is None and was:
        kept.append({"name": was, **made, "since": None, "until": since})
    if name:
        # A Welsh name that nobody had written down was there before it was.
        begins = since if now or was else None
        kept.append({"name": name, **made, "since": begins, "until": None})
    return kept


def _aliases(document: Document, values: Mapping[str, Any]) -> list[Document]:
    known = {row["alias"]: row for row in document["aliases"]}
    found = []
    for line in lines(values.get(ALIASES)):
        if len(line) > NAME_LIMIT:
            raise Invalid(ALIASES, N_("Each name must be %(limit)s characters or fewer"),
                          limit=NAME_LIMIT)  # fmt: skip
        found.append(known.get(line) or {"alias": line, "source": None})
    return found


BOOK = book_of(FIELDS, values_of, patch)
