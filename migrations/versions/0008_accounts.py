"""People, how they sign in, and their roles.

Old code runs beside the new schema while it is rolled out: add first, remove a release later.

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

UTC = sa.DateTime(timezone=True)
ADDRESS = sa.String(254).with_variant(sa.String(254, collation="C"), "postgresql")
NAME = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
ROLES = (
    "team_member", "service_owner", "component_provider", "assessor", "assurance_team",
    "organisation_administrator", "portal_administrator", "leadership",
)  # fmt: skip
KINDS = ("portal", "organisation", "service", "component")
PROFESSIONS = (
    "product", "user_research", "design", "technology", "performance", "accessibility",
)  # fmt: skip
TABLES = (
    "join_request", "invitation", "role_grant", "person_session", "sign_in_link",
    "organisation_domain", "oidc_identity", "person_profession", "person",
)  # fmt: skip
#: Their ids are named nowhere else.
PLAIN = ("oidc_identity", "organisation_domain")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UTC, nullable=nullable)


def _list(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _thing() -> tuple[sa.Column[str], sa.Column[int]]:
    kind = sa.Column("kind", _list("kind", *KINDS), nullable=False)
    return kind, sa.Column("thing_id", sa.Integer(), nullable=False)


def _person(table: str) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    key = sa.ForeignKeyConstraint(
        ["person_id"], ["person.id"], name=f"fk_{table}_person_id_person", ondelete="CASCADE"
    )
    return sa.Column("person_id", sa.Integer(), nullable=False), key


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _table(name: str, *parts: object) -> None:
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}"))
    # SQLite gives the id of a deleted row to the next one, unless it is told not to.
    op.create_table(name, *parts, key, sqlite_autoincrement=name not in PLAIN)  # type: ignore[arg-type]


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Bring the schema forward."""
    _people()
    _sign_in()
    _roles()


def _people() -> None:
    _table(
        "person",
        _id(),
        sa.Column("email", ADDRESS, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sort_name", NAME, nullable=False),
        _moment("created_at"),
        _moment("deactivated_at", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _check("person", "email_normalised", "email = lower(email) AND email <> ''"),
        _check("person", "has_name", "name <> ''"),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_index("ix_person_sort_name", "person", ["sort_name"])
    op.create_table(
        "person_profession",
        *_person("person_profession"),
        sa.Column("profession", _list("profession", *PROFESSIONS), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "profession", name=op.f("pk_person_profession")),
    )
    _table(
        "oidc_identity",
        _id(),
        sa.Column("issuer", sa.String(length=500), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        *_person("oidc_identity"),
        _moment("created_at"),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_oidc_identity_issuer_subject")),
    )
    op.create_index("ix_oidc_identity_person_id", "oidc_identity", ["person_id"])
    _table(
        "organisation_domain",
        _id(),
        sa.Column("domain", ADDRESS, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("may_publish", sa.Boolean(), nullable=False),
        _check(
            "organisation_domain", "domain_normalised", "domain = lower(domain) AND domain <> ''"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_organisation_domain_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("domain", name=op.f("uq_organisation_domain_domain")),
    )
    op.create_index(
        "ix_organisation_domain_organisation_id", "organisation_domain", ["organisation_id"]
    )


def _sign_in() -> None:
    _table(
        "sign_in_link",
        _id(),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("email", ADDRESS, nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=True),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        _check("sign_in_link", "expires_after", "expires_at > created_at"),
        _check("sign_in_link", "used_has_token", "used_at IS NULL OR token_hash IS NOT NULL"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    for column in ("email", "expires_at"):
        op.create_index(f"ix_sign_in_link_{column}", "sign_in_link", [column])
    _table(
        "person_session",
        _id(),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        *_person("person_session"),
        sa.Column("method", _list("method", "link", "openid_connect"), nullable=False),
        _moment("started_at"),
        _moment("expires_at"),
        _moment("revoked_at", nullable=True),
        _check("person_session", "expires_after", "expires_at > started_at"),
        sa.UniqueConstraint("token_hash", name=op.f("uq_person_session_token_hash")),
    )
    for column in ("person_id", "expires_at"):
        op.create_index(f"ix_person_session_{column}", "person_session", [column])


def _roles() -> None:
    portal = "(kind = 'portal') = (thing_id = 0)"
    _table(
        "role_grant",
        _id(),
        *_person("role_grant"),
        sa.Column("role", _list("role", *ROLES), nullable=False),
        *_thing(),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.String(length=80), nullable=False),
        _moment("granted_at"),
        _check("role_grant", "until_after", "until IS NULL OR until >= since"),
        _check("role_grant", "portal_has_no_id", portal),
    )
    op.create_index("ix_role_grant_person_id", "role_grant", ["person_id"])
    op.create_index(
        "uq_role_grant_open", "role_grant", ["person_id", "role", "kind", "thing_id"],
        unique=True, **_where("until IS NULL"),
    )  # fmt: skip
    _table(
        "invitation",
        _id(),
        sa.Column("email", ADDRESS, nullable=False),
        sa.Column("role", _list("role", *ROLES), nullable=False),
        *_thing(),
        sa.Column("invited_by", sa.String(length=80), nullable=False),
        _moment("invited_at"),
        _moment("expires_at"),
        _moment("accepted_at", nullable=True),
        _moment("withdrawn_at", nullable=True),
        _check("invitation", "email_normalised", "email = lower(email) AND email <> ''"),
        _check("invitation", "expires_after", "expires_at > invited_at"),
        _check("invitation", "one_end", "accepted_at IS NULL OR withdrawn_at IS NULL"),
        _check("invitation", "portal_has_no_id", portal),
    )
    op.create_index(
        "uq_invitation_open", "invitation", ["email", "role", "kind", "thing_id"],
        unique=True, **_where("accepted_at IS NULL AND withdrawn_at IS NULL"),
    )  # fmt: skip
    _table(
        "join_request",
        _id(),
        *_person("join_request"),
        *_thing(),
        sa.Column("why", sa.String(length=1000), nullable=True),
        _moment("asked_at"),
        sa.Column(
            "state", _list("request_state", "waiting", "accepted", "refused"), nullable=False
        ),
        _moment("decided_at", nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        _check("join_request", "decided_has_date", "(state = 'waiting') = (decided_at IS NULL)"),
        _check("join_request", "portal_has_no_id", portal),
    )
    op.create_index(
        "uq_join_request_waiting", "join_request", ["person_id", "kind", "thing_id"],
        unique=True, **_where("state = 'waiting'"),
    )  # fmt: skip
    for table in ("role_grant", "invitation", "join_request"):
        op.create_index(f"ix_{table}_kind_thing_id", table, ["kind", "thing_id"])


def downgrade() -> None:
    """Take it back."""
    for table in TABLES:
        op.drop_table(table)
