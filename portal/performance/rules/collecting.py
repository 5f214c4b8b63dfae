"""Collecting figures from a web address: when next, and what stands in the way."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from urllib.parse import unquote, unquote_plus

from portal.errors import N_, Invalid
from portal.performance.rules import personal
from portal.performance.words import HostState, Period

#: How often an address can be asked.
EVERY = (Period.DAY, Period.WEEK, Period.MONTH)
#: After so many failures in a row, those who answer for the data set are told.
TOLD_AFTER = 3
FIRST_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)
#: How many collections of a data set are remembered.
KEPT_RUNS = 100
#: How many things wrong with records are remembered of each.
KEPT_FAULTS = 20
#: Who reads as whom, before the host.
_USER = re.compile(r"[a-z]+://[^/?#]*@", re.IGNORECASE)
#: After its sign there is a name, not a version: `chart@1.2.3/figures.csv` is a file.
_MAIL = re.compile(r"[^/?#&;=@\s]@(?:[a-z0-9-]+\.)+[a-z]{2,}(?![a-z0-9-])", re.IGNORECASE)
#: The names of parameters, those within the path too, and of them those that let somebody in.
_NAMES = re.compile(r"[?&;]([^?&;=/]+)=")
_KEYS = re.compile(
    r"(?:key|auth|authorization|bearer|credentials?|jwt|otp|pass|pin|pw|sas|sig|session|sid)"
    r"|.*(?:(?:access|account|api|auth|client|function|private|secret|subscription)key"
    r"|accesscode|authcode|passcode"
    r"|credential|passphrase|passwd|password|pwd|secret|sessionid|signature|token)"
)
#: What stands before the path.
_BEFORE = re.compile(r"[a-z]+://[^/?#]*", re.IGNORECASE)
#: Keys that say what they are, a JSON web token first; and the code that functions ask for. The
#: code of an area is shorter.
_KNOWN = re.compile(
    r"(?<![A-Za-z0-9])(?:eyJ[\w-]{5,}\.[\w-]{5,}"
    r"|(?:gh[opsur]_|github_pat_|glpat-|xox[a-z]-|[prs]k_(?:live|test)_)[\w-]{10,}"
    r"|(?:sk-|npm_|hf_)[A-Za-z0-9]{20,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{30,})"
    r"|[?&;]code=[^&;/]{16,}"
)
_LONG = re.compile(r"[\w-]{32,}", re.ASCII)
_RUN = re.compile(r"[A-Za-z0-9]{16,}")
_TURN = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])")
#: So often letters and digits change places in what is random; in names of files, less often.
_TURNS = 4


class Standing(StrEnum):
    """Why an address is or is not collected: the first that holds, in this order."""

    OFF = "off"
    CLOSED = "closed"
    PAUSED = "paused"
    REFUSED = "refused"
    WAITING = "waiting"
    FAILING = "failing"
    ON = "on"

    @property
    def runs(self) -> bool:
        """Whether collections are made."""
        return self in (Standing.FAILING, Standing.ON)


class Collected(Protocol):
    """The part of a collection that says whether it is made."""

    failures: int

    @property
    def paused(self) -> bool:
        """Whether its team paused it."""


def check_address(url: str) -> None:
    """See to it that an address holds nothing of a person and no key: whoever could read it could
    use it. Raises Invalid for the field `url`.
    """
    if _USER.match(url):
        raise Invalid("url", N_("The address must have no user name or password in it"))
    plain = unquote(url)
    if _MAIL.search(plain):
        raise Invalid("url", N_("The address must have no email address in it"))
    for name in _NAMES.findall(plain):
        if _KEYS.fullmatch(re.sub(r"[^a-z]", "", name.lower())):
            raise Invalid(
                "url",
                N_("The address must have no key or password in it, as “%(name)s” looks like"),
                name=name[:60],
            )
    rest = _BEFORE.sub("", plain)
    if _KNOWN.search(rest) or any(map(_random, _LONG.findall(rest))):
        raise Invalid(
            "url", N_("The address must have no key or password in it, as a part of it looks like")
        )
    for part in re.split(r"[/?#&;=@]", unquote_plus(_BEFORE.sub("", url))):
        if what := personal.looks_like(part):
            message = N_("The address must have no personal data in it: a part looks like %(what)s")
            raise Invalid("url", message, what=what)


def _random(part: str) -> bool:
    """Whether a long part of an address was drawn by lot. The ids of documents have hyphens
    (8-4-4-4-12), and names have words.
    """
    return any(len(_TURN.findall(run)) >= _TURNS for run in _RUN.findall(part))


def standing(on: bool, closed: bool, row: Collected, host: HostState) -> Standing:
    """Where a collection stands.

    Args:
        on: whether this portal collects at all.
        closed: whether the data set is closed.
        row: the collection.
        host: what was decided of its host.
    """
    said = (
        (not on, Standing.OFF),
        (closed, Standing.CLOSED),
        (row.paused, Standing.PAUSED),
        (host is HostState.REFUSED, Standing.REFUSED),
        (host is HostState.WAITING, Standing.WAITING),
        (row.failures > 0, Standing.FAILING),
    )
    return next((each for holds, each in said if holds), Standing.ON)


def next_at(every: Period, at: datetime) -> datetime:
    """When an address is asked again after a collection that went well: the same time of day."""
    if every is Period.MONTH:
        year, month = at.year + at.month // 12, at.month % 12 + 1
        return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
    return at + (timedelta(days=7) if every is Period.WEEK else timedelta(days=1))


def again_at(failures: int, at: datetime) -> datetime:
    """When an address is asked again after so many failures in a row: an hour later, then twice as
    long each time, up to a day.
    """
    return at + min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)
