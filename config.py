"""Settings: read once from the environment, typed, frozen, and refused when unsafe."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

Environment = Literal["development", "test", "production"]
ROOT = Path(__file__).resolve().parent
DEVELOPMENT_KEY = "development-only-not-a-secret"
PORTAL_NAME = "Service catalogue and assessments"
ORGANISATION_NAME = "the organisation that runs this portal"
CONTACT_ADDRESS = "portal@example.gov.uk"
LOG_LEVEL = "INFO"
SEARCHES = 120
RATE_STORAGE = "memory://"
KEPT_PAGES_MB = 32


class UnsafeSettings(RuntimeError):
    """The environment asks for a portal that must not start; the message says which variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the portal can be told from outside.

    Attributes:
        environment: `development`, `test` or `production`.
        secret_key: signs the session cookie and the form tokens.
        database_url: SQLAlchemy address of the database that takes writes.
        database_read_url: a hot standby for reads, or None to read where we write.
        portal_name: shown in the header and in titles.
        organisation_name: who runs this portal, named on its statements.
        contact_address: e-mail address on the accessibility and privacy pages.
        log_level: a level name of the standard library.
        trusted_hosts: the names the portal is asked by; empty for any. `.example.gov.uk` means
            every name below it.
        trusted_proxies: how many proxies in front of us set X-Forwarded-*.
        max_exports: how many large downloads this machine sends at once.
        searches_per_minute: how many one reader may ask of a process; 0 for no limit.
        rate_storage: where searches are counted, as the library `limits` spells it.
        busy_timeout_ms: milliseconds a SQLite writer waits for another.
        kept_pages_mb: how many mebibytes of public pages a process keeps; 0 for none.
    """

    environment: Environment
    secret_key: str
    database_url: str
    database_read_url: str | None = None
    portal_name: str = PORTAL_NAME
    organisation_name: str = ORGANISATION_NAME
    contact_address: str = CONTACT_ADDRESS
    log_level: str = LOG_LEVEL
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    max_exports: int = 1
    searches_per_minute: int = 0
    rate_storage: str = RATE_STORAGE
    busy_timeout_ms: int = 5000
    kept_pages_mb: int = KEPT_PAGES_MB

    @property
    def development(self) -> bool:
        """True where plain HTTP and demo data are expected."""
        return self.environment == "development"

    @property
    def secure(self) -> bool:
        """True where cookies and links must use HTTPS."""
        return self.environment == "production"


def from_environment(env: Mapping[str, str] | None = None) -> Settings:
    """Build the settings from `env` (the process environment by default).

    Raises:
        UnsafeSettings: an unknown environment, a number that is not one, or, outside development,
            a secret, database or host name that is missing, short or the development default.
    """
    env = os.environ if env is None else env
    environment = env.get("PORTAL_ENV", "production")
    if environment not in ("development", "test", "production"):
        raise UnsafeSettings("PORTAL_ENV must be development, test or production")
    secret = env.get("PORTAL_SECRET_KEY", "")
    database = env.get("DATABASE_URL", "")
    if environment == "development":
        secret = secret or DEVELOPMENT_KEY
        database = database or f"sqlite:///{ROOT / 'instance' / 'portal.sqlite'}"
    if environment != "development" and (len(secret) < 32 or secret == DEVELOPMENT_KEY):
        raise UnsafeSettings("PORTAL_SECRET_KEY must be a secret of at least 32 characters")
    if not database:
        raise UnsafeSettings("DATABASE_URL must name the database")
    hosts = tuple(env.get("PORTAL_TRUSTED_HOSTS", "").replace(",", " ").split())
    if environment != "development" and not hosts:
        raise UnsafeSettings("PORTAL_TRUSTED_HOSTS must name the hosts that the portal answers to")
    return Settings(
        environment=cast(Environment, environment),
        secret_key=secret,
        database_url=_driver(database),
        database_read_url=_driver(env["DATABASE_READ_URL"])
        if env.get("DATABASE_READ_URL")
        else None,
        portal_name=env.get("PORTAL_NAME") or PORTAL_NAME,
        organisation_name=env.get("PORTAL_ORGANISATION") or ORGANISATION_NAME,
        contact_address=env.get("PORTAL_CONTACT") or CONTACT_ADDRESS,
        log_level=env.get("PORTAL_LOG_LEVEL") or LOG_LEVEL,
        trusted_hosts=hosts,
        trusted_proxies=_whole(env, "PORTAL_TRUSTED_PROXIES", 0),
        max_exports=_whole(env, "PORTAL_MAX_EXPORTS", 1),
        searches_per_minute=_whole(
            env, "PORTAL_SEARCHES_PER_MINUTE", SEARCHES if environment == "production" else 0
        ),
        rate_storage=env.get("PORTAL_RATE_STORAGE") or RATE_STORAGE,
        busy_timeout_ms=_whole(env, "PORTAL_BUSY_TIMEOUT_MS", 5000),
        kept_pages_mb=_whole(env, "PORTAL_KEPT_PAGES_MB", KEPT_PAGES_MB),
    )


def _driver(url: str) -> str:
    """Name the psycopg 3 driver, which plain postgresql:// addresses leave open."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise UnsafeSettings(f"{name} must be a whole number")
    return int(text)
