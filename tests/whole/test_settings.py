from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from config import DEVELOPMENT_KEY, UnsafeSettings, from_environment

GOOD = {
    "PORTAL_ENV": "production",
    "PORTAL_SECRET_KEY": "s" * 32,
    "DATABASE_URL": "postgresql://db.internal/portal",
    "PORTAL_TRUSTED_HOSTS": "catalogue.example.gov.uk, .internal",
}


def test_production_starts_with_its_secrets() -> None:
    settings = from_environment(GOOD)
    assert settings.secure and not settings.development
    assert settings.database_url == "postgresql+psycopg://db.internal/portal"
    assert settings.trusted_hosts == ("catalogue.example.gov.uk", ".internal")
    assert settings.searches_per_minute == 120
    assert from_environment(GOOD | {"PORTAL_SEARCHES_PER_MINUTE": "0"}).searches_per_minute == 0
    accounts = settings.accounts
    assert accounts.administrator_session < accounts.session <= timedelta(hours=12)
    assert accounts.links_per_address and accounts.links_per_network
    assert settings.public_url == "https://catalogue.example.gov.uk", "never what a request says"
    elsewhere = from_environment(GOOD | {"PORTAL_URL": "https://c.example.gov.uk/"})
    assert elsewhere.public_url == "https://c.example.gov.uk"
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.secret_key = "other"  # type: ignore[misc]


@pytest.mark.parametrize("environment", ["production", "test", None])
@pytest.mark.parametrize("secret", [None, "", "short", "s" * 31, DEVELOPMENT_KEY])
def test_without_a_real_secret_it_refuses(environment: str | None, secret: str | None) -> None:
    env = GOOD | {"PORTAL_ENV": environment, "PORTAL_SECRET_KEY": secret}
    given = {name: value for name, value in env.items() if value is not None}
    with pytest.raises(UnsafeSettings, match="PORTAL_SECRET_KEY"):
        from_environment(given)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"PORTAL_TRUSTED_HOSTS": " , "}, "PORTAL_TRUSTED_HOSTS"),
        ({"PORTAL_ENV": "test", "PORTAL_TRUSTED_HOSTS": ""}, "PORTAL_TRUSTED_HOSTS"),
        ({"PORTAL_MAX_EXPORTS": "many"}, "PORTAL_MAX_EXPORTS"),
        ({"PORTAL_KEPT_PAGES_MB": "-1"}, "PORTAL_KEPT_PAGES_MB"),
        ({"PORTAL_SEARCHES_PER_MINUTE": "5/s"}, "PORTAL_SEARCHES_PER_MINUTE"),
        ({"PORTAL_ENV": "prod"}, "PORTAL_ENV"),
        ({"PORTAL_ENV": ""}, "PORTAL_ENV"),
        ({"PORTAL_TRUSTED_PROXIES": "one"}, "PORTAL_TRUSTED_PROXIES"),
        ({"PORTAL_TRUSTED_PROXIES": "-1"}, "PORTAL_TRUSTED_PROXIES"),
        ({"PORTAL_BUSY_TIMEOUT_MS": "5s"}, "PORTAL_BUSY_TIMEOUT_MS"),
        ({"PORTAL_URL": "http://catalogue.example.gov.uk"}, "PORTAL_URL"),
        ({"PORTAL_URL": "catalogue.example.gov.uk"}, "PORTAL_URL"),
        ({"PORTAL_URL": "https://catalogue.example.gov.uk/portal"}, "PORTAL_URL"),
        ({"PORTAL_SESSION_MINUTES": "0"}, "PORTAL_SESSION_MINUTES"),
        ({"PORTAL_SESSION_MINUTES": "1441"}, "PORTAL_SESSION_MINUTES"),
        ({"PORTAL_ADMINISTRATOR_SESSION_MINUTES": "721"}, "PORTAL_ADMINISTRATOR_SESSION_MINUTES"),
        ({"PORTAL_LINKS_PER_ADDRESS": "-1"}, "PORTAL_LINKS_PER_ADDRESS"),
    ],
)
def test_anything_else_unsafe_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSettings, match=named):
        from_environment(GOOD | changes)


UUID = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
NOTIFY = {
    "PORTAL_MAIL": "notify",
    "PORTAL_NOTIFY_KEY": f"catalogue-{UUID}-{UUID}",
    "PORTAL_NOTIFY_TEMPLATE": UUID,
}
SMTP = {
    "PORTAL_MAIL": "smtp",
    "PORTAL_SMTP_URL": "smtps://user:pass%40word@mail.internal",
    "PORTAL_MAIL_FROM": "portal@example.gov.uk",
}


def test_mail_needs_its_settings() -> None:
    assert from_environment(GOOD).mail.back_end == "none"
    assert from_environment({"PORTAL_ENV": "development"}).mail.back_end == "outbox"
    notify = from_environment(GOOD | NOTIFY)
    assert notify.mail.notify_url.startswith("https://") and notify.mail.days == 30
    stub = {"PORTAL_NOTIFY_URL": "http://127.0.0.1:8001"}
    assert from_environment(GOOD | NOTIFY | stub).mail.notify_url == stub["PORTAL_NOTIFY_URL"]
    smtp = from_environment(GOOD | SMTP)
    assert smtp.mail.sender == "portal@example.gov.uk" and smtp.mail.smtp_ca is None
    for settings in (notify, smtp):
        said = repr(settings)
        assert UUID * 2 not in said and "pass%40word" not in said and "s" * 32 not in said


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PORTAL_MAIL": "pigeon"}, "PORTAL_MAIL"),
        ({"PORTAL_MAIL": "outbox"}, "PORTAL_MAIL"),
        ({"PORTAL_MAIL_DAYS": "-1"}, "PORTAL_MAIL_DAYS"),
        ({"PORTAL_JOB_LEASE_SECONDS": "soon"}, "PORTAL_JOB_LEASE_SECONDS"),
        (NOTIFY | {"PORTAL_NOTIFY_KEY": ""}, "PORTAL_NOTIFY_KEY"),
        (NOTIFY | {"PORTAL_NOTIFY_KEY": f"catalogue-{UUID}"}, "PORTAL_NOTIFY_KEY"),
        (NOTIFY | {"PORTAL_NOTIFY_TEMPLATE": ""}, "PORTAL_NOTIFY_TEMPLATE"),
        (NOTIFY | {"PORTAL_NOTIFY_URL": "http://notify.example"}, "PORTAL_NOTIFY_URL"),
        (SMTP | {"PORTAL_SMTP_URL": ""}, "PORTAL_SMTP_URL"),
        (SMTP | {"PORTAL_SMTP_URL": "mail.internal:25"}, "PORTAL_SMTP_URL"),
        (SMTP | {"PORTAL_SMTP_URL": "smtp://mail.internal:x"}, "PORTAL_SMTP_URL"),
        (SMTP | {"PORTAL_MAIL_FROM": ""}, "PORTAL_MAIL_FROM"),
        (SMTP | {"PORTAL_SMTP_CA": "no-such-file.pem"}, "PORTAL_SMTP_CA"),
    ],
)
def test_mail_that_cannot_work_is_refused(changes: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSettings, match=named):
        from_environment(GOOD | changes)


def test_an_empty_environment_is_production_and_refused() -> None:
    with pytest.raises(UnsafeSettings):
        from_environment({})


def test_development_needs_nothing_and_is_not_secure() -> None:
    settings = from_environment({"PORTAL_ENV": "development"})
    assert settings.development and not settings.secure
    assert settings.database_url.startswith("sqlite:///")
    assert settings.trusted_hosts == () and settings.searches_per_minute == 0


OIDC = {
    "PORTAL_OIDC": "moj, dvla-test",
    "PORTAL_OIDC_MOJ_ISSUER": "https://login.moj.example/",
    "PORTAL_OIDC_MOJ_CLIENT_ID": "a",
    "PORTAL_OIDC_MOJ_CLIENT_SECRET": "b",
    "PORTAL_OIDC_MOJ_DOMAINS": "justice.example, @HMCTS.example",
    "PORTAL_OIDC_MOJ_CLAIM": "department",
    "PORTAL_OIDC_MOJ_ORGANISATIONS": "Ministry of Justice=moj; Courts=hmcts",
    "PORTAL_OIDC_DVLA_TEST_ISSUER": "http://127.0.0.1:9",
    "PORTAL_OIDC_DVLA_TEST_CLIENT_ID": "a",
    "PORTAL_OIDC_DVLA_TEST_CLIENT_SECRET": "b",
    "PORTAL_OIDC_DVLA_TEST_DOMAINS": "dvla.example",
}


def test_departments_sign_ins() -> None:
    moj, dvla = from_environment(GOOD | OIDC).accounts.issuers
    assert (moj.url, moj.domains) == (
        "https://login.moj.example",
        ("justice.example", "hmcts.example"),
    )
    assert moj.organisations == (("Ministry of Justice", "moj"), ("Courts", "hmcts"))
    assert (dvla.key, dvla.name, dvla.verified) == ("dvla-test", "dvla-test", False)
    assert "client_secret" not in repr(moj)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PORTAL_OIDC": "MOJ"}, "PORTAL_OIDC"),
        ({"PORTAL_OIDC_MOJ_CLIENT_SECRET": ""}, "PORTAL_OIDC_MOJ_CLIENT_SECRET"),
        ({"PORTAL_OIDC_MOJ_DOMAINS": ""}, "PORTAL_OIDC_MOJ_DOMAINS"),
        ({"PORTAL_OIDC_MOJ_ISSUER": "http://login.moj.example"}, "PORTAL_OIDC_MOJ_ISSUER"),
        ({"PORTAL_OIDC_MOJ_ORGANISATIONS": "nonsense"}, "PORTAL_OIDC_MOJ_ORGANISATIONS"),
    ],
)
def test_a_departments_sign_in_that_is_unsafe(changes: dict[str, str], named: str) -> None:
    with pytest.raises(UnsafeSettings, match=named):
        from_environment(GOOD | OIDC | changes)
