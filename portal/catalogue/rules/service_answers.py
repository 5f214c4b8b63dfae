"""What the form of each question about a service shows, and what an answer makes of a document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from portal.addresses import is_web_address
from portal.catalogue import words
from portal.catalogue.rules.cleaners import NAME_LIMIT, Document
from portal.errors import N_, Invalid

Values = Mapping[str, Any]
_TRANSACTIONS = ("yearly_transactions", "transactions_from", "transactions_to")


def _same(*names: str) -> Callable[[Document], dict[str, Any]]:
    return lambda document: {name: document.get(name) for name in names}


def _keep(*names: str) -> Callable[[Document, Values, date], Document]:
    return lambda _document, values, _day: {name: values.get(name) for name in names}


def _is_welsh(row: Document) -> bool:
    return bool(row["language"] == words.Language.WELSH and row["kind"] != _FORMER)


_FORMER = words.ServiceNameKind.FORMER.value


def _read_name(document: Document) -> dict[str, Any]:
    rows = document.get("names") or []
    welsh = [row["name"] for row in rows if _is_welsh(row)]
    others = [row["name"] for row in rows if row["kind"] != _FORMER and row["name"] not in welsh]
    return {"name": document.get("name"), "welsh_name": welsh[0] if welsh else None,
            "other_names": "\n".join([*others, *welsh[1:]])}  # fmt: skip


def _write_name(document: Document, values: Values, day: date) -> Document:
    """A renamed service keeps its name as a former one, unless it is named back on that day."""
    rows = document.get("names") or []
    known = {row["name"]: row for row in rows}
    names = [row for row in rows if row["kind"] == _FORMER]
    name, welsh = values["name"], values.get("welsh_name")
    was, former = document.get("name"), known.get(name, {}).get("until")
    if was and was != name and document.get("slug") and former != day.isoformat():
        names.append(_name(was, _FORMER, words.Language.ENGLISH, day.isoformat()))
    if welsh:
        names.append(_name(welsh, "synonym", words.Language.WELSH))
    for line in lines(values.get("other_names")):
        if len(line) > NAME_LIMIT:
            raise Invalid("other_names", N_("Each name must be %(limit)s characters or fewer"),
                          limit=NAME_LIMIT)  # fmt: skip
        if line not in (name, welsh):
            kept = known.get(line)
            names.append(
                kept
                if kept and kept["kind"] != _FORMER
                else _name(line, "synonym", words.Language.ENGLISH)
            )
    return {"name": name, "names": [row for row in names if row["name"] != name]}


def _name(name: str, kind: str, language: words.Language, until: str | None = None) -> Document:
    return {"name": name, "kind": kind, "language": language.value, "until": until}


def lines(text: str | None) -> list[str]:
    """The lines of a text that hold something, each once, in their order."""
    return list(dict.fromkeys(line.strip() for line in (text or "").split("\n") if line.strip()))


_ACCOUNTABLE = words.OwnerRole.ACCOUNTABLE.value


def accountable(document: Document) -> Document | None:
    """The open row of the organisation that is accountable, if there is one."""
    open_ = [
        row
        for row in document.get("owners") or []
        if row["role"] == _ACCOUNTABLE and not row["until"]
    ]
    return open_[0] if open_ else None


def _read_organisation(document: Document) -> dict[str, Any]:
    row = accountable(document)
    return {
        "reference": row["organisation"] if row else None,
        "organisation": row["published_name"] if row else None,
        "since": _day(row["since"]) if row else None,
    }


def _write_organisation(document: Document, values: Values, day: date) -> Document:
    """Another organisation takes over on `since`, or today; the same one gets its date right. In a
    draft the last answer counts alone.
    """
    reference, since = values["reference"], values.get("since")
    owners, now = list(document.get("owners") or []), accountable(document)
    if not document.get("slug"):
        owners, now = [row for row in owners if row["role"] != _ACCOUNTABLE], None
    if now is None or now["organisation"] == reference:
        made = {**(now or _owner(reference)), "since": since.isoformat() if since else None}
        if now is None and document.get("slug") and not since:
            made["since"] = day.isoformat()
        return {"owners": [made if r is now else r for r in owners] + ([] if now else [made])}
    from_ = (since or day).isoformat()
    if now["since"] and from_ < now["since"]:
        raise Invalid("since", N_("This must be on or after the day the present one took over"))
    ended = [{**row, "until": from_} if row is now else row for row in owners]
    return {"owners": [*ended, {**_owner(reference), "since": from_}]}


def _owner(reference: str) -> Document:
    return {"role": _ACCOUNTABLE, "organisation": reference, "published_name": None,
            "since": None, "until": None, "source": None}  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _open_phase(document: Document) -> Document | None:
    found = [row for row in document.get("phases") or [] if not row["until"]]
    return found[0] if found else None


def _read_phase(document: Document) -> dict[str, Any]:
    row = _open_phase(document)
    return {"phase": row["phase"], "since": _day(row["since"])} if row else {}


def _write_phase(document: Document, values: Values, day: date) -> Document:
    """Another phase begins on `since`, or today, and ends the one before; the same one gets its
    date put right. A record without an address is a draft: its only phase is replaced.
    """
    phases, now, since = list(document.get("phases") or []), _open_phase(document), values["since"]
    from_ = since.isoformat() if since else None
    if now is None or not document.get("slug"):
        return {"phases": [_phase(values["phase"], from_)]}
    if now["phase"] == words.Phase.RETIRED:
        raise Invalid("phase", N_("The service is retired: bring it back first"))
    if now["phase"] == values["phase"]:
        before = [row["until"] for row in phases if row["until"]]
        if from_ and before and from_ < max(before):
            raise Invalid("since", N_("This must be on or after the end of the phase before"))
        return {"phases": [{**row, "since": from_} if row is now else row for row in phases]}
    from_ = from_ or day.isoformat()
    if now["since"] and from_ < now["since"]:
        raise Invalid("since", N_("This must be on or after the day the present phase began"))
    if now["phase"] == words.Phase.UNKNOWN and now["since"] is None:
        # That nothing was known is no part of the service's life.
        rest = [row for row in phases if row is not now]
        return {"phases": [*rest, _phase(values["phase"], from_)]}
    ended = [{**row, "until": from_} if row is now else row for row in phases]
    return {"phases": [*ended, _phase(values["phase"], from_)]}


def _phase(phase: str, since: str | None) -> Document:
    return {"phase": phase, "since": since, "until": None}


_YES_NO = {"yes": True, "no": False}
_SAID = {None: None, True: "yes", False: "no"}


def _read_channels(document: Document) -> dict[str, Any]:
    said = _SAID[document.get("transactional")]
    return {"channels": document.get("channels") or [], "transactional": said}


def _write_channels(_document: Document, values: Values, _day: date) -> Document:
    return {"channels": list(values["channels"]),
            "transactional": _YES_NO.get(values.get("transactional") or "")}  # fmt: skip


def _read_apis(document: Document) -> dict[str, Any]:
    answer = document.get("apis_answer")
    rows = [
        " ".join(filter(None, (row["name"], row["documentation"] or row["address"])))
        for row in document.get("apis") or []
    ]
    return {"answer": None if answer == "unknown" else answer, "apis": "\n".join(rows)}


def _write_apis(document: Document, values: Values, _day: date) -> Document:
    if values["answer"] != words.ApisAnswer.OFFERS.value:
        return {"apis_answer": values["answer"], "apis": []}
    known = {row["name"]: row for row in document.get("apis") or []}
    found = [_api(line, known) for line in lines(values.get("apis"))]
    return {"apis_answer": words.ApisAnswer.OFFERS.value, "apis": found}


def _api(line: str, known: Mapping[str, Document]) -> Document:
    name, _space, address = line.rpartition(" ")
    name = name.strip(" ,;:-\N{EN DASH}")
    if not name or not is_web_address(address):
        raise Invalid(
            "apis", N_("Each line must be a name and then a web address, unlike this: %(line)s"),
            line=line[:80],
        )  # fmt: skip
    row = known.get(name)
    if row and row["documentation"] is None and row["address"] == address:
        return row
    return {"name": name, "address": row["address"] if row else None, "documentation": address}


def _read_transactions(document: Document) -> dict[str, Any]:
    return {"yearly_transactions": document.get("yearly_transactions"),
            "transactions_to": _day(document.get("transactions_to"))}  # fmt: skip


def _write_transactions(document: Document, values: Values, _day: date) -> Document:
    many, to = values.get("yearly_transactions"), values.get("transactions_to")
    if many is None:
        if to is not None:
            raise Invalid("yearly_transactions", N_("Enter the number, or empty the date as well"))
        return dict.fromkeys(_TRANSACTIONS)
    if to is None:
        raise Invalid("transactions_to", N_("Enter the last day of the 12 months"))
    same = document.get("transactions_to") == to.isoformat()
    began = document.get("transactions_from") if same else None
    return {"yearly_transactions": many, "transactions_from": began,
            "transactions_to": to.isoformat()}  # fmt: skip


#: The fields of the form of links, each with its kind.
_LINKS = {kind.value: kind.value for kind in words.LinkKind}


def _read_links(document: Document) -> dict[str, Any]:
    rows = document.get("links") or []
    return {
        field: "\n".join(row["url"] for row in rows if row["kind"] == kind)
        for field, kind in _LINKS.items()
    }


def _write_links(document: Document, values: Values, _day: date) -> Document:
    known = {(row["kind"], row["url"]): row for row in document.get("links") or []}
    found: list[Document] = []
    for field, kind in _LINKS.items():
        for url in lines(values.get(field)):
            if not is_web_address(url):
                raise Invalid(
                    field, N_("Each line must be a web address, unlike this: %(line)s"),
                    line=url[:80],
                )  # fmt: skip
            found.append(known.get((kind, url)) or {"kind": kind, "url": url, "title": None})
    return {"links": found}


_FINDING = ("category", "customer_type", "business_model")


def _read_finding(document: Document) -> dict[str, Any]:
    keywords = "\n".join(document.get("keywords") or [])
    return {**{name: document.get(name) for name in _FINDING}, "keywords": keywords}


def _write_finding(_document: Document, values: Values, _day: date) -> Document:
    keywords = lines(values.get("keywords"))
    for line in keywords:
        if len(line) > NAME_LIMIT:
            raise Invalid("keywords", N_("Each keyword must be %(limit)s characters or fewer"),
                          limit=NAME_LIMIT)  # fmt: skip
    return {**{name: values.get(name) or None for name in _FINDING}, "keywords": keywords}


#: By the name of the question.
READ: dict[str, Callable[[Document], dict[str, Any]]] = {
    "name": _read_name,
    "organisation": _read_organisation,
    "purpose": _same("purpose"),
    "user-need": _same("user_need"),
    "audiences": lambda document: {"audiences": document.get("audiences") or []},
    "phase": _read_phase,
    "channels": _read_channels,
    "addresses": _same("start_page", "service_address"),
    "apis": _read_apis,
    "transactions": _read_transactions,
    "links": _read_links,
    "finding": _read_finding,
}
WRITE: dict[str, Callable[[Document, Values, date], Document]] = {
    "name": _write_name,
    "organisation": _write_organisation,
    "purpose": _keep("purpose"),
    "user-need": _keep("user_need"),
    "audiences": lambda _d, values, _day: {"audiences": sorted(values["audiences"])},
    "phase": _write_phase,
    "channels": _write_channels,
    "addresses": _keep("start_page", "service_address"),
    "apis": _write_apis,
    "transactions": _write_transactions,
    "links": _write_links,
    "finding": _write_finding,
}
