"""The words of mails: plain text, one file a kind in templates/mail, subject on the first line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, meta

from portal.audit import Document
from portal.mail.models import Mail

LOADER = FileSystemLoader(Path(__file__).resolve().parents[2] / "templates" / "mail")
#: What every template may use without being given it.
ALWAYS = {"portal_name"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it leaves: the same each time it is made from one row."""

    reference: str
    to_address: str
    subject: str
    body: str
    written_at: datetime


@lru_cache(maxsize=1)
def _environment() -> Environment:
    # Plain text: nothing in it means anything, so nothing is escaped.
    return Environment(
        loader=LOADER,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache(maxsize=100)
def placeholders(kind: str) -> frozenset[str]:
    """The names that the template of this kind must be given.

    Raises:
        ValueError: there is no such template.
    """
    environment = _environment()
    try:
        source = LOADER.get_source(environment, f"{kind}.txt")[0]
    except TemplateNotFound:
        raise ValueError(f"there is no mail {kind!r}") from None
    return frozenset(meta.find_undeclared_variables(environment.parse(source)) - ALWAYS)


def plain(value: Any) -> Any:
    """The same value with every text in it on one line, without control characters.

    What people typed must not add lines of its own to a mail.
    """
    if isinstance(value, str):
        return " ".join("".join(c if c.isprintable() else " " for c in value).split())
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def render(kind: str, values: Document, portal_name: str) -> tuple[str, str]:
    """The subject and the text of a mail of this kind."""
    template = _environment().get_template(f"{kind}.txt")
    subject, _, body = template.render(**values, portal_name=portal_name).partition("\n")
    return subject.strip(), body.strip() + "\n"


def letter(mail: Mail, portal_name: str) -> Letter:
    """A stored mail, with its words."""
    subject, body = render(mail.kind, mail.personalisation, portal_name)
    return Letter(mail.reference, mail.to_address, subject, body, mail.created_at)
