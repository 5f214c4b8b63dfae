"""How dates, numbers and outside addresses are shown (GOV.UK style)."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import Flask

from portal.addresses import is_web_address
from portal.web.i18n import reader

LONDON = ZoneInfo("Europe/London")


def install(app: Flask) -> None:
    """Name the filters for templates."""
    app.jinja_env.filters.update(
        date=long_date,
        month=month,
        moment=moment,
        commas=commas,
        web_address=web_address,
        host=host,
    )


def long_date(value: date | datetime | str | None) -> str:
    """`24 June 2016`; nothing for None. Text is an ISO date; a moment is taken in London."""
    return _format(value, "d MMMM y")


def month(value: date | datetime | str | None) -> str:
    """`June 2016`."""
    return _format(value, "MMMM y")


def month_alone(value: date) -> str:
    """`June`."""
    return _format(value, "MMMM")


def moment(value: datetime) -> str:
    """`24 June 2016 at 3:04pm`, London time."""
    local = value.astimezone(LONDON)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{long_date(local)} at {hour}:{local.minute:02}{half}"


def commas(value: float | None) -> str:
    """`1,234`; nothing for None."""
    return "" if value is None else f"{value:,}"


def web_address(value: str | None) -> str | None:
    """The address where it is a plain web address, else None: safe in an href."""
    return value if value and is_web_address(value) else None


def host(value: str) -> str:
    """The website of a plain web address, without `www.`: what a short link is called."""
    return (urlsplit(value).hostname or value).removeprefix("www.")


def _format(value: date | datetime | str | None, pattern: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _formatted(value[:10], pattern, reader().locale)
    if isinstance(value, datetime):
        value = (value.astimezone(LONDON) if value.tzinfo else value).date()
    return _formatted(value, pattern, reader().locale)


@lru_cache(maxsize=4_096)
def _formatted(value: date | str, pattern: str, locale: str) -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(day, pattern, locale=locale)
