"""Group sentences of reports into findings, reject them, and look after the findings."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy.orm import Session

from portal.access import Permission, Person, may
from portal.accounts.work import Item
from portal.assessments.models.findings import FindingSentence
from portal.assessments.rules.finding_documents import clean_finding
from portal.assessments.store import findings as store
from portal.assessments.store import suggestions
from portal.assessments.words import FindingState
from portal.audit import Act, Document
from portal.catalogue.rules.cleaners import slugify
from portal.db import Database, one_at_a_time
from portal.errors import N_, Clash, Invalid

GROUP = "group_findings"
LABELS = {GROUP: N_("Say what reports find is commonly broken")}
#: So many are counted; more are only said to be more.
MANY = 1_000


def _open(session: Session, ids: Collection[int]) -> list[FindingSentence]:
    """Sentences that nobody has decided about. Raises Invalid for none, Clash where one is."""
    rows = suggestions.locked(session, ids)
    if not rows:
        raise Invalid("sentence", N_("Select at least one sentence"))
    if any(row.state is not FindingState.SUGGESTED for row in rows):
        raise Clash("sentence", N_("Somebody has decided about one of these sentences already"))
    return rows


def group_new(database: Database, ids: Collection[int], said: Document, act: Act) -> str:
    """Make a finding of sentences; its address.

    Raises:
        Invalid: what is said leaves something open, or no sentence is given.
        Clash: somebody has decided about one of them.
    """
    document = clean_finding(said)
    with database.writing() as session:
        one_at_a_time(session)
        rows = _open(session, ids)
        _check_title(session, document)
        slug = _free(session, slugify(document["title"]))
        finding = store.save(session, None, document, act, slug)
        _put(session, rows, finding.id, slug, act)
    return slug


def _check_title(session: Session, document: Document, own: str | None = None) -> None:
    """Raises Invalid where another finding is called so."""
    if store.is_called(session, document["title"], own):
        text = N_("Another finding is called this already: choose it, or use other words")
        raise Invalid("title", text)


def _free(session: Session, slug: str) -> str:
    """An address that no finding has; `suggestions` is a page."""
    found, number = slug, 2
    while found == "suggestions" or store.taken(session, found):
        found, number = f"{slug}-{number}", number + 1
    return found


def _put(session: Session, rows: list[FindingSentence], id_: int, slug: str, act: Act) -> None:
    suggestions.decide(session, rows, FindingState.GROUPED, (id_, slug), act)
    store.told(session, id_, "grouped", [], [row.report_id for row in rows], act)


def group(database: Database, ids: Collection[int], slug: str, act: Act) -> None:
    """Put sentences into a finding.

    Raises:
        Missing: there is no such finding.
        Invalid: no sentence is given.
        Clash: somebody has decided about one of them.
    """
    with database.writing() as session:
        one_at_a_time(session)
        rows = _open(session, ids)
        finding = store.locked(session, slug)
        _put(session, rows, finding.id, slug, act)


def reject(database: Database, ids: Collection[int], act: Act) -> int:
    """Say that sentences tell nothing of what is broken; how many. Those that somebody has decided
    about are left as they are.
    """
    with database.writing() as session:
        one_at_a_time(session)
        rows = [r for r in suggestions.locked(session, ids) if r.state is FindingState.SUGGESTED]
        suggestions.decide(session, rows, FindingState.REJECTED, None, act)
        return len(rows)


def bring_back(database: Database, ids: Collection[int], act: Act) -> int:
    """Suggest sentences again that were rejected or are in a finding; how many."""
    with database.writing() as session:
        one_at_a_time(session)
        rows = [r for r in suggestions.locked(session, ids) if r.state != FindingState.SUGGESTED]
        _release(session, rows, act)
        return len(rows)


def _release(session: Session, rows: list[FindingSentence], act: Act) -> None:
    gone: dict[int, list[int]] = {}
    for row in rows:
        if row.finding_id:
            gone.setdefault(row.finding_id, []).append(row.report_id)
    suggestions.decide(session, rows, FindingState.SUGGESTED, None, act)
    for finding_id, reports in gone.items():
        store.told(session, finding_id, "released", reports, [], act)


def edit(database: Database, slug: str, version: int, said: Document, act: Act) -> None:
    """Say a finding in other words.

    Raises:
        Missing: there is no such finding.
        Stale: somebody has changed it since `version`.
        Invalid: what is said leaves something open.
    """
    document = clean_finding(said)
    with database.writing() as session:
        one_at_a_time(session)
        _check_title(session, document, slug)
        store.save(session, store.locked(session, slug, version), document, act)


def merge(database: Database, slug: str, into: str, act: Act) -> None:
    """Make a finding part of another one, which has its sentences then.

    Raises:
        Missing: there is no such finding.
        Invalid: they are the same.
    """
    if slug == into:
        raise Invalid("into", N_("Select another finding"))
    with database.writing() as session:
        one_at_a_time(session)
        goes, stays = store.locked(session, slug), store.locked(session, into)
        rows = suggestions.locked(session, store.sentence_ids(session, goes.id))
        if rows:
            _put(session, rows, stays.id, into, act)
        store.remove(session, goes, act, "merged")


def delete(database: Database, slug: str, act: Act) -> None:
    """Take a finding out; its sentences are suggested again. Raises Missing."""
    with database.writing() as session:
        one_at_a_time(session)
        finding = store.locked(session, slug)
        rows = suggestions.locked(session, store.sentence_ids(session, finding.id))
        _release(session, rows, act)
        store.remove(session, finding, act, "deleted")


def waiting(session: Session, person: Person, _day: object) -> Iterator[Item]:
    """One line for those who group sentences, where some wait."""
    if not may(person, Permission.DECIDE_FINDINGS):
        return
    many = suggestions.waiting(session, MANY)
    if many:
        detail = f"{many:,}" if many < MANY else f"{MANY:,}+"
        yield Item(GROUP, "Sentences of reports", "/findings/suggestions", detail=detail)


def add_missing(database: Database, rows: Iterable[Document], act: Act) -> int:
    """Make the findings of the demo set that there are not yet; how many.

    Args:
        rows: documents of findings, each with `words`: the sentences of reports that have all of
            one of these texts belong to it.
    """
    made = 0
    for row in rows:
        with database.reading(fresh=True) as session:
            if store.taken(session, slugify(row["title"])):
                continue
            ids = suggestions.with_words(session, row["words"])
        if ids:
            group_new(database, ids, row, act)
            made += 1
    return made
