"""Settings: read once from the environment, typed, frozen, and refused when unsafe."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Literal, cast
from urllib.parse import urlsplit

Environment = Literal["development", "test", "production"]
BackEnd = Literal["none", "outbox", "smtp", "notify"]
ROOT = Path(__file__).resolve().parent
DEVELOPMENT_KEY = "development-only-not-a-secret"
PORTAL_NAME = "Service catalogue and assessments"
ORGANISATION_NAME = "the organisation that runs this portal"
CONTACT_ADDRESS = "portal@example.gov.uk"
LOG_LEVEL = "INFO"
SEARCHES = 120
#: Reports of problems from one network in an hour.
PROBLEMS = 20
#: Writes to data sets with one token in a minute.
DATA_WRITES = 300
RATE_STORAGE = "memory://"
KEPT_PAGES_MB = 32
KEPT_SECONDS = 1
PUBLIC_URL = "http://127.0.0.1:8000"
NOTIFY_URL = "https://api.notifications.service.gov.uk"
UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
#: A day: nobody stays signed in overnight on a shared computer for longer.
LONGEST_SESSION = 24 * 60
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class UnsafeSettings(RuntimeError):
    """The environment asks for a portal that must not start; the message says which variable."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves the portal.

    Attributes:
        back_end: `notify`, `smtp`, `outbox` (a page of the portal, in development) or `none`.
        sender: the address that mails by SMTP come from.
        smtp_url: `smtps://user:password@host:465` or, with STARTTLS, `smtp://...:587`.
        smtp_ca: a file of certificates to trust beside the system's; None for those alone.
        notify_key: the API key of the service in GOV.UK Notify.
        notify_template: the id of the template there, made of ((subject)) and ((body)).
        notify_url: where GOV.UK Notify answers.
        days: how long the text and the address of a sent mail are kept.
    """

    back_end: BackEnd = "outbox"
    sender: str = ""
    smtp_url: str = field(default="", repr=False)
    smtp_ca: str | None = None
    notify_key: str = field(default="", repr=False)
    notify_template: str = ""
    notify_url: str = NOTIFY_URL
    days: int = 30


@dataclass(frozen=True, slots=True)
class Issuer:
    """A department's own sign-in, by OpenID Connect.

    Attributes:
        key: its part of the addresses of the portal.
        name: as people know it.
        url: the issuer, as its metadata says it, without a slash at the end.
        client_id: who the portal is to it.
        client_secret: how the portal proves that.
        domains: the domains of the addresses it may speak for; it signs nobody else in.
        verified: its addresses are verified though it does not say so.
        organisation: the slug of the organisation of its people, unless a claim says another.
        claim: the claim that says the organisation; "" where none does.
        organisations: (value of the claim, slug) for each.
    """

    key: str
    name: str
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    domains: tuple[str, ...]
    verified: bool = False
    organisation: str = ""
    claim: str = ""
    organisations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How people sign in.

    Attributes:
        session_minutes: how long a session lasts, however much it is used.
        administrator_minutes: the same for portal administrators.
        links_per_address: how many links one address can be asked for in 15 minutes; 0 for no
            limit.
        links_per_network: how many one network can ask for in 15 minutes; 0 for no limit.
        issuers: departments' own sign-ins.
    """

    session_minutes: int = 720
    administrator_minutes: int = 60
    links_per_address: int = 0
    links_per_network: int = 0
    issuers: tuple[Issuer, ...] = ()

    @property
    def session(self) -> timedelta:
        """How long a session lasts."""
        return timedelta(minutes=self.session_minutes)

    @property
    def administrator_session(self) -> timedelta:
        """How long a session of a portal administrator lasts."""
        return timedelta(minutes=self.administrator_minutes)


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
        kept_seconds: for how long a process takes the records for unchanged before it asks again.
        job_lease_seconds: after how long a job that a worker took counts as abandoned; longer
            than sending a mail can take.
        mail: how mail leaves the portal.
        public_url: where people reach the portal, for links in mails; without a slash at its end.
        accounts: how people sign in.
        problems_per_network: how many problems one network can report in an hour; 0 for no limit.
        data_writes_per_minute: how often one token may write to data sets; 0 for no limit.
        smallest_rate: of fewer assessments than this no rate is shown, only how many.
        collecting: whether the worker collects figures from web addresses at all.
        collect_loopback: whether `http://127.0.0.1` is such an address: for tests, so no variable
            of the environment sets it.
    """

    environment: Environment
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
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
    kept_seconds: int = 0
    job_lease_seconds: int = 300
    mail: MailSettings = MailSettings()
    public_url: str = PUBLIC_URL
    accounts: AccountSettings = AccountSettings()
    problems_per_network: int = 0
    data_writes_per_minute: int = 0
    smallest_rate: int = 5
    collecting: bool = False
    collect_loopback: bool = False

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
        kept_seconds=_whole(
            env, "PORTAL_KEPT_SECONDS", KEPT_SECONDS if environment == "production" else 0
        ),
        job_lease_seconds=max(1, _whole(env, "PORTAL_JOB_LEASE_SECONDS", 300)),
        mail=_mail(env, production=environment == "production"),
        public_url=_public_url(env, hosts, production=environment == "production"),
        accounts=_accounts(env, production=environment == "production"),
        problems_per_network=_whole(
            env, "PORTAL_PROBLEMS_PER_NETWORK", PROBLEMS if environment == "production" else 0
        ),
        data_writes_per_minute=_whole(
            env, "PORTAL_DATA_WRITES_PER_MINUTE", 0 if environment == "test" else DATA_WRITES
        ),
        smallest_rate=max(1, _whole(env, "PORTAL_SMALLEST_RATE", 5)),
        collecting=_whether(env, "PORTAL_COLLECT"),
    )


def _public_url(env: Mapping[str, str], hosts: tuple[str, ...], production: bool) -> str:
    named = [host for host in hosts if not host.startswith(".")]
    default = f"https://{named[0]}" if named and production else PUBLIC_URL
    found = (env.get("PORTAL_URL") or default).rstrip("/")
    url = urlsplit(found)
    if url.scheme not in ("https", "http") or not url.hostname or url.path or url.query:
        raise UnsafeSettings("PORTAL_URL must be like https://catalogue.example.gov.uk")
    if production and url.scheme != "https":
        raise UnsafeSettings("PORTAL_URL must begin with https://: links in mails let people in")
    return found


def _accounts(env: Mapping[str, str], production: bool) -> AccountSettings:
    found = AccountSettings(
        session_minutes=_whole(env, "PORTAL_SESSION_MINUTES", 720),
        administrator_minutes=_whole(env, "PORTAL_ADMINISTRATOR_SESSION_MINUTES", 60),
        links_per_address=_whole(env, "PORTAL_LINKS_PER_ADDRESS", 5 if production else 0),
        links_per_network=_whole(env, "PORTAL_LINKS_PER_NETWORK", 60 if production else 0),
        issuers=tuple(_issuer(env, key) for key in _words(env.get("PORTAL_OIDC", ""))),
    )
    if not 0 < found.session_minutes <= LONGEST_SESSION:
        raise UnsafeSettings(f"PORTAL_SESSION_MINUTES must be between 1 and {LONGEST_SESSION}")
    if not 0 < found.administrator_minutes <= found.session_minutes:
        raise UnsafeSettings(
            "PORTAL_ADMINISTRATOR_SESSION_MINUTES must be at least 1, and not more than those of "
            "other people"
        )
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _issuer(env: Mapping[str, str], key: str) -> Issuer:
    if not re.fullmatch("[a-z][a-z0-9-]{0,29}", key):
        raise UnsafeSettings("PORTAL_OIDC must name each issuer in small letters, like: moj dvla")
    start = f"PORTAL_OIDC_{key.upper().replace('-', '_')}_"

    def told(name: str) -> str:
        if not env.get(start + name):
            raise UnsafeSettings(f"{start}{name} must be set")
        return env[start + name]

    found = Issuer(
        key=key,
        name=env.get(start + "NAME") or key,
        url=told("ISSUER").rstrip("/"),
        client_id=told("CLIENT_ID"),
        client_secret=told("CLIENT_SECRET"),
        domains=tuple(domain.lower().removeprefix("@") for domain in _words(told("DOMAINS"))),
        verified=env.get(start + "VERIFIED") == "yes",
        organisation=env.get(start + "ORGANISATION", ""),
        claim=env.get(start + "CLAIM", ""),
        organisations=_pairs(start, env.get(start + "ORGANISATIONS", "")),
    )
    url = urlsplit(found.url)
    if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)):
        raise UnsafeSettings(f"{start}ISSUER must begin with https://")
    return found


def _pairs(start: str, text: str) -> tuple[tuple[str, str], ...]:
    pairs = tuple(tuple(part.strip() for part in row.rpartition("=")[::2])
                  for row in text.split(";") if row.strip())  # fmt: skip
    if not all(value and slug for value, slug in pairs):
        raise UnsafeSettings(
            f"{start}ORGANISATIONS must be like: Value of the claim=slug; Other=slug"
        )
    return cast(tuple[tuple[str, str], ...], pairs)


def _mail(env: Mapping[str, str], production: bool) -> MailSettings:
    back_end = env.get("PORTAL_MAIL") or ("none" if production else "outbox")
    if back_end not in ("none", "outbox", "smtp", "notify"):
        raise UnsafeSettings("PORTAL_MAIL must be notify, smtp, outbox or none")
    if back_end == "outbox" and production:
        raise UnsafeSettings("PORTAL_MAIL must be notify, smtp or none in production")
    found = MailSettings(
        back_end=cast(BackEnd, back_end),
        sender=env.get("PORTAL_MAIL_FROM", ""),
        smtp_url=env.get("PORTAL_SMTP_URL", ""),
        smtp_ca=env.get("PORTAL_SMTP_CA") or None,
        notify_key=env.get("PORTAL_NOTIFY_KEY", ""),
        notify_template=env.get("PORTAL_NOTIFY_TEMPLATE", ""),
        notify_url=env.get("PORTAL_NOTIFY_URL") or NOTIFY_URL,
        days=_whole(env, "PORTAL_MAIL_DAYS", 30),
    )
    if back_end == "smtp":
        _check_smtp(found)
    if back_end == "notify":
        _check_notify(found)
    return found


def _check_smtp(mail: MailSettings) -> None:
    try:
        url = urlsplit(mail.smtp_url)
        sound = url.scheme in ("smtp", "smtps") and url.hostname and url.port != 0
    except ValueError:  # a port that is no number
        sound = False
    if not sound:
        raise UnsafeSettings("PORTAL_SMTP_URL must be like smtps://user:password@host:465")
    if not re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", mail.sender):
        raise UnsafeSettings("PORTAL_MAIL_FROM must be the address that mails come from")
    if mail.smtp_ca and not Path(mail.smtp_ca).is_file():
        raise UnsafeSettings("PORTAL_SMTP_CA must be a file of certificates")


def _check_notify(mail: MailSettings) -> None:
    if not re.fullmatch(rf"[\w-]*?{UUID}-{UUID}", mail.notify_key):
        raise UnsafeSettings("PORTAL_NOTIFY_KEY must be an API key of GOV.UK Notify")
    if not re.fullmatch(UUID, mail.notify_template):
        raise UnsafeSettings("PORTAL_NOTIFY_TEMPLATE must be the id of a template")
    url = urlsplit(mail.notify_url)
    if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)):
        raise UnsafeSettings("PORTAL_NOTIFY_URL must begin with https://")


def _driver(url: str) -> str:
    """Name the psycopg 3 driver, which plain postgresql:// addresses leave open."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _whether(env: Mapping[str, str], name: str) -> bool:
    text = env.get(name) or "no"
    if text not in ("yes", "no"):
        raise UnsafeSettings(f"{name} must be yes or no")
    return text == "yes"


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit():
        raise UnsafeSettings(f"{name} must be a whole number")
    return int(text)
