"""What a reader's report is about, and by when it is answered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.access import Kind
from portal.catalogue.words import ProblemState
from portal.errors import N_, Invalid

ANSWERED_IN = timedelta(days=14)
#: An address that nobody answers is forgotten after this time.
CONTACT_KEPT = timedelta(days=180)
LONGEST_ADDRESS, LONGEST_FIGURE, LONGEST_TEXT = 500, 300, 4000
FOLDERS: Mapping[str, Kind] = {
    "services": Kind.SERVICE,
    "components": Kind.COMPONENT,
    "organisations": Kind.ORGANISATION,
}
_RECORD = re.compile(rf"/({'|'.join(FOLDERS)})/([a-z0-9-]{{1,200}})(?=$|[/.?])")


@dataclass(frozen=True, slots=True)
class Report:
    """What a reader says.

    Attributes:
        about: the address of the page, without the portal's own part.
        figure: which figure or part of it; None for the whole page.
        text: what is wrong.
        email: where to send the answer; None where nobody wants it.
    """

    about: str
    figure: str | None
    text: str
    email: str | None

    def key(self, day: date) -> str:
        """The same for the same report, sent again on a day."""
        said = (self.about, self.figure or "", self.text, self.email or "", day.isoformat())
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ProblemQuery:
    """What a list of problems is asked for; None means "any".

    Attributes:
        overdue: only open ones that should have been answered before today.
        before: the id of the last row of the page before.
    """

    state: ProblemState | None = None
    kind: Kind | None = None
    overdue: bool = False
    before: int | None = None


def own_address(text: str, public_url: str) -> str:
    """The address of a page of this portal, as it begins with a slash.

    Raises:
        Invalid: it is of another website, or none.
    """
    found = text.strip().removeprefix(public_url).partition("#")[0]
    if not found.startswith("/") or found.startswith("//") or "\\" in found:
        message = N_("Enter the address of a page of this portal, like /services/tax-your-vehicle")
        raise Invalid("about", message)
    return found[:LONGEST_ADDRESS]


def record_of(about: str) -> tuple[Kind, str] | None:
    """The kind and slug of the record that a page is of, where it is of one with people."""
    found = _RECORD.match(about)
    return (FOLDERS[found[1]], found[2]) if found else None
