"""A field of a document that a page, a file or a history forgets is noticed here."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import cli
from portal.audit import ImportBatch
from portal.catalogue.forms.labels import LABELS
from portal.catalogue.rules.component_documents import CAPABILITY, COMPONENT, USAGE
from portal.catalogue.rules.documents import JOURNEY, ORGANISATION, SERVICE
from portal.catalogue.views.service_columns import COLUMNS
from portal.web.filters import long_date
from portal.web.formats import Column
from tests.support.data import demo as documents
from tests.support.pages import PageClient, soup_of

#: Fields whose column of the CSV file has another name.
COLUMN_OF = {"phases": "phase", "owners": "accountable", "names": "other_names"}
#: Fields that the page of a service shows in other words than the document's.
IN_OTHER_WORDS = {"slug", "apis_answer"}
#: Fields that hold words of a closed list.
LABELLED = {"audiences": "audience", "channels": "channel"}
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@pytest.mark.parametrize(
    "shape", [SERVICE, ORGANISATION, JOURNEY, COMPONENT, CAPABILITY, USAGE], ids=list("sojcnu")
)
def test_every_field_has_its_label(shape: dict[str, object]) -> None:
    assert set(shape) - set(LABELS["field"]) == set()


def test_every_field_of_a_service_is_in_its_csv_file() -> None:
    columns = {column.name if isinstance(column, Column) else column for column in COLUMNS}
    assert {COLUMN_OF.get(field, field) for field in SERVICE} - columns == set()


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("demo", [True])
def test_every_text_of_a_service_is_on_its_page(client: PageClient) -> None:
    missing, seen = [], set()
    for document in documents("services"):
        page = soup_of(client.get(f"/services/{document['slug']}")).select_one("main")
        assert page is not None
        addresses = {str(link["href"]) for link in page.select("a[href]")}
        told = " ".join(page.get_text(" ").split())
        for field, value in document.items():
            texts = value if isinstance(value, list) else [value]
            if field in IN_OTHER_WORDS or not all(isinstance(text, str) for text in texts):
                continue
            for text in texts:
                words = LABELS.get(LABELLED.get(field, ""), {}).get(text, text)
                words = long_date(text) if DAY.fullmatch(text) else str(words)
                seen.add(field)
                if " ".join(words.split()).lower() not in told.lower() and text not in addresses:
                    missing.append(f"{document['slug']}: {field}: {text[:60]}")
    assert missing == []
    assert {"purpose", "user_need", "category", "keywords", "start_page", "sources"} <= seen


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("demo", [True])
def test_every_kind_of_import_has_its_label(session: Session) -> None:
    kinds = set(session.scalars(select(ImportBatch.kind))) | set(cli.import_group.commands)
    assert kinds - {"undo"} - set(LABELS["import"]) == set()
