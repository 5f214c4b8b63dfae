"""Find the components that documents name; decide what a sentence says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.access import Kind, Person, Role
from portal.accounts.work import Item
from portal.audit import Act, Document
from portal.catalogue.actions.importing import BATCH, Batch, begin
from portal.catalogue.component_words import (
    DocumentKind,
    EvidenceKind,
    MentionSense,
    MentionState,
)
from portal.catalogue.rules.importing import Outcome, Parsed, Progress
from portal.catalogue.rules.mining import Text, mentions, service_named
from portal.catalogue.store import components, evidence, roster_services, services
from portal.catalogue.store import mentions as store
from portal.catalogue.store.evidence import Said
from portal.db import Database, chunks, one_at_a_time
from portal.errors import N_, Clash, Invalid

CHECK = "check_mentions"
GONE = "mention.gone"
#: What evidence says that a document of the portal's own gives: it does not quote it, since the
#: history could not forget it where the document is taken back.
SHOWN = "The catalogue showed this use to whoever wrote the document"
LABELS = {CHECK: N_("Say what these sentences in documents mean")}


def apply_documents(
    session: Session, parsed: Parsed, act: Act, progress: Progress | None = None
) -> Outcome:
    """Add a candidate for each sentence that names a component and is not in the list yet."""
    batch, done = begin(session, parsed, act), 0
    words, meant = store.vocabulary(session), roster_services.known(session)
    ids, slugs = components.ids_by_slug(session), services.ids_by_slug(session)
    for some in chunks(parsed.desired, BATCH):
        rows: dict[str, Document] = {}
        for desired in some:
            said = desired.fields
            text = Text(said["address"], said["title"], said["body"], said["summary"])
            about = meant.meant(service_named(text.title), False, None)
            for mention in mentions(text, words):
                mark = mention.mark(text.address)
                rows[mark] = {
                    "mark": mark, "component_id": ids[mention.component],
                    "service_id": slugs[about] if about else None,
                    "kind": DocumentKind(said["kind"]), "address": text.address,
                    "title": text.title, "sentence": mention.sentence, "guess": mention.sense,
                }  # fmt: skip
        _add(batch, rows)
        done += len(some)
        if progress:
            progress(done, len(parsed.desired))
    return batch.finish()


def _add(batch: Batch, rows: dict[str, Document]) -> None:
    there = store.known(batch.session, list(rows))
    new = [row for mark, row in rows.items() if mark not in there]
    batch.outcome.created += len(new)
    batch.outcome.unchanged += len(there)
    store.add(batch.session, new, batch.act)


@dataclass(frozen=True, slots=True)
class Own:
    """A document that the portal itself publishes.

    Attributes:
        text: what it says; its address is the path of its page.
        kind: what it is.
        on: the day on which it was published.
        service_id: the service that it is about.
        component: the component that it is about, by its address.
        shown: the components of which the catalogue told whoever wrote it that they are used.
    """

    text: Text
    kind: DocumentKind
    on: date
    service_id: int | None
    component: str | None
    shown: Collection[int]


def follow(session: Session, own: Own, act: Act) -> None:
    """Let the candidates of a document be those that it has now, in the caller's transaction. What
    a person has decided of a sentence stays with it.
    """
    address, ids = own.text.address, components.ids_by_slug(session)
    found = {m.mark(address): m for m in mentions(own.text, store.vocabulary(session))}
    there = {row.mark for row in store.of_address(session, address)}
    forget(session, address, act, found)
    rows = [
        {
            "mark": mark, "component_id": ids[m.component], "service_id": own.service_id,
            "kind": own.kind, "address": address, "title": own.text.title,
            "sentence": m.sentence, "written_on": own.on,
            "guess": MentionSense.IS_IT if m.component == own.component else m.sense,
            "shown": ids[m.component] in own.shown,
        }
        for mark, m in found.items() if mark not in there
    ]  # fmt: skip
    store.add(session, rows, act, quiet=True)


def forget(session: Session, address: str, act: Act, stays: Collection[str] = ()) -> None:
    """Take the candidates of a document back but for those with the marks that stay, and the
    evidence that came of them, in the caller's transaction.
    """
    rows = store.of_address(session, address)
    gone = [row for row in rows if row.mark not in stays]
    store.remove(session, [row.id for row in gone], act, GONE, quiet=True)
    left = {row.component_id for row in rows if row.mark in stays and _says_so(row)}
    for component_id in sorted({row.component_id for row in gone if _says_so(row)} - left):
        evidence.forget(session, address, component_id, act, GONE)


def _says_so(row: store.Found) -> bool:
    return row.sense is MentionSense.USES


def decide(database: Database, mention_id: int, said: Document, act: Act) -> None:
    """Keep what a person says of a sentence. Where it says that a service uses the component, and
    the catalogue says so too, it becomes evidence of that; it never makes a claim by itself.

    Args:
        said: as of `store.mentions.decide`.

    Raises:
        Missing: there is no such sentence.
        Clash: somebody has decided already.
        Invalid: there is no such service, or what is said leaves something open.
    """
    with database.writing() as session:
        one_at_a_time(session)
        row = store.by_id(session, mention_id)
        if row.state is not MentionState.OPEN:
            raise Clash("state", N_("Somebody has decided about this sentence already"))
        service_id = _service(session, said)
        store.decide(session, row, said, service_id, act)
        if said["sense"] != MentionSense.USES or service_id is None:
            return
        usage_id = store.usage_of(session, service_id, row.component_id)
        if usage_id is not None:
            found = store.by_id(session, mention_id)
            assert found.written_on is not None  # noqa: S101  `_service` saw to it
            said_there = Said(
                EvidenceKind(row.kind), found.written_on, note=_note(row), source=row.address
            )
            evidence.add(session, usage_id, said_there, act)


def _note(row: store.Row) -> str | None:
    if row.address.startswith("/"):
        return SHOWN if row.shown else None
    return row.sentence


def _service(session: Session, said: Document) -> int | None:
    """The id of the service that was named. Raises Invalid where something is missing."""
    if said["state"] == MentionState.REJECTED:
        if not said["reason"]:
            raise Invalid("reason", N_("Enter why it does not count"))
    elif said["sense"] not in (MentionSense.IS_IT, MentionSense.UNCLEAR):
        if not said["service"]:
            raise Invalid("service", N_("Enter the service"))
        if not said["written_on"]:
            raise Invalid("written_on", N_("Enter the date of the document"))
    if not said["service"]:
        return None
    ids = services.ids_by_slug(session)
    now = services.slug_now(session, said["service"]) or said["service"]
    if now not in ids:
        raise Invalid("service", N_("There is no service at this address"))
    said["service"] = now
    return ids[now]


def waiting(session: Session, person: Person, _day: object) -> Iterator[Item]:
    """The sentences that wait for somebody because of their roles."""
    held: dict[Kind, set[int]] = {kind: set() for kind in Kind}
    for grant in person.grants:
        if grant.role in (Role.TEAM_MEMBER, Role.SERVICE_OWNER, Role.COMPONENT_PROVIDER):
            held[grant.kind].add(grant.id)
    mine = held[Kind.SERVICE], held[Kind.COMPONENT], held[Kind.ORGANISATION]
    if any(mine):
        for slug, name, many in store.waiting(session, *mine):
            yield Item(CHECK, name, f"/mentions?state=open&component={slug}", detail=f"{many:,}")


store.install()
