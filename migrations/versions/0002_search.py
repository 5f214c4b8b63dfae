"""The search index: one row a record, and the words that are known for spelling.

All tables start with `search_`, hold only what can be rebuilt, and are not in the models' metadata.
On SQLite the index is FTS5 over the columns of the plain table (which the search package keeps in
step); on PostgreSQL it is a tsvector column filled by the search package. Both get the same tokens.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = {"sqlite": "TEXT", "postgresql": 'TEXT COLLATE "C"'}  # both then sort by bytes
KEY = {"sqlite": "INTEGER", "postgresql": "BIGINT"}  # INTEGER is SQLite's own 64-bit row id

TABLES = """
CREATE TABLE search_thing (
    thing {text} NOT NULL CONSTRAINT pk_search_thing PRIMARY KEY,
    version BIGINT NOT NULL
);
CREATE TABLE search_document (
    id {key} NOT NULL CONSTRAINT pk_search_document PRIMARY KEY,
    thing {text} NOT NULL,
    name_key {text} NOT NULL,
    other_keys {text} NOT NULL,
    names {text} NOT NULL,
    other_names {text} NOT NULL,
    organisations {text} NOT NULL,
    body {text} NOT NULL,
    words {text} NOT NULL
);
CREATE INDEX ix_search_document_thing_name_key ON search_document (thing, name_key);
CREATE TABLE search_word (
    thing {text} NOT NULL,
    word {text} NOT NULL,
    documents BIGINT NOT NULL,
    CONSTRAINT pk_search_word PRIMARY KEY (thing, word)
)
"""

INDEX = {
    "sqlite": """
CREATE VIRTUAL TABLE search_text USING fts5 (
    names, other_names, organisations, body,
    content = 'search_document', content_rowid = 'id', detail = 'column',
    tokenize = 'unicode61 remove_diacritics 0'
)
""",
    "postgresql": """
ALTER TABLE search_document ADD COLUMN tokens tsvector NOT NULL;
CREATE INDEX ix_search_document_tokens ON search_document USING gin (tokens)
""",
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    tables = TABLES.format(text=TEXT[dialect], key=KEY[dialect])
    for statement in f"{tables};{INDEX[dialect]}".split(";"):
        op.execute(statement.strip())


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_text")
    for table in ("search_word", "search_document", "search_thing"):
        op.execute(f"DROP TABLE {table}")
