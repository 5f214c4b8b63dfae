"""What the claims of an OpenID Connect issuer say of somebody, and whether they let them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from portal.accounts.rules.addresses import clean_email, domain_of
from portal.accounts.rules.names import clean_name
from portal.accounts.words import NotIn
from portal.errors import Invalid, Problem

LONGEST_SUBJECT = 255


class Issuer(Protocol):
    """The part of an issuer's settings that claims are read by."""

    @property
    def url(self) -> str:
        """Its name among issuers."""

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that it may speak for."""

    @property
    def verified(self) -> bool:
        """Whether its addresses are verified though it does not say so."""

    @property
    def organisation(self) -> str:
        """The slug of the organisation of its people; "" where only a claim says it."""

    @property
    def claim(self) -> str:
        """The claim that says the organisation; "" where none does."""

    @property
    def organisations(self) -> tuple[tuple[str, str], ...]:
        """(value of the claim, slug) for each."""


class NotSignedIn(Problem):
    """Somebody came back from an issuer and is not signed in; `why` says the reason."""

    def __init__(self, why: NotIn) -> None:
        """Keep the reason, for the page that says what to do."""
        super().__init__()
        self.why = why


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody whom an issuer vouches for.

    Attributes:
        issuer: the issuer.
        subject: who they are to it, for ever.
        email: normalised.
        name: as other people see it.
        organisation: the slug of their organisation; "" where the issuer says none.
    """

    issuer: str
    subject: str
    email: str
    name: str
    organisation: str


def arrival(claims: Mapping[str, Any], issuer: Issuer) -> Arrival:
    """Read claims, whose signature, issuer, audience, time and nonce were checked before.

    Raises:
        NotSignedIn: they name nobody, or somebody whom this issuer may not speak for.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise NotSignedIn(NotIn.FAILED)
    email = _email(claims, issuer)
    said = claims.get("name")
    try:
        name = clean_name(said if isinstance(said, str) else "")
    except Invalid:
        name = email.split("@")[0]
    return Arrival(issuer.url, subject, email, name, _organisation(claims, issuer))


def _email(claims: Mapping[str, Any], issuer: Issuer) -> str:
    typed = claims.get("email")
    if not isinstance(typed, str) or not typed:
        raise NotSignedIn(NotIn.NO_EMAIL)
    said = claims.get("email_verified")
    # Some issuers write it as text.
    if not (said in (True, "true") or (said is None and issuer.verified)):
        raise NotSignedIn(NotIn.NOT_VERIFIED)
    try:
        email = clean_email(typed)
    except Invalid:
        raise NotSignedIn(NotIn.NO_EMAIL) from None
    # An issuer that spoke for another's addresses could sign in as anybody there.
    if domain_of(email) not in issuer.domains:
        raise NotSignedIn(NotIn.OTHER_DOMAIN)
    return email


def _organisation(claims: Mapping[str, Any], issuer: Issuer) -> str:
    if not issuer.claim:
        return issuer.organisation
    said = claims.get(issuer.claim)
    values = said if isinstance(said, list) else [said]
    for value, slug in issuer.organisations:
        if value in values:
            return slug
    if not issuer.organisation:
        raise NotSignedIn(NotIn.NO_ORGANISATION)
    return issuer.organisation
