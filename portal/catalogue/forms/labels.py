"""What the closed lists are called on pages: the one place for their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from portal.catalogue.forms import decision_labels
from portal.web.i18n import lazy, reader

LABELS: dict[str, Mapping[str, str]] = {
    "kind": {
        "department": lazy("Department"),
        "agency": lazy("Agency"),
        "ndpb": lazy("Non-departmental public body"),
        "local_authority": lazy("Local authority"),
        "nhs": lazy("NHS body"),
        "police": lazy("Police"),
        "school": lazy("School"),
        "supplier": lazy("Supplier"),
        "other": lazy("Other"),
    },
    "status": {"open": lazy("Open"), "closed": lazy("Closed")},
    "parent": {"part_of": lazy("Part of"), "sponsored_by": lazy("Sponsored by")},
    "child": {"part_of": lazy("Part of this organisation"), "sponsored_by": lazy("Sponsored")},
    "succession": {
        "renamed": lazy("Renamed"),
        "merged": lazy("Merged"),
        "split": lazy("Split"),
        "functions_transferred": lazy("Functions transferred"),
        "abolished": lazy("Abolished"),
    },
    "language": {"en": lazy("English"), "cy": lazy("Welsh")},
    "organisation_name": {"name": lazy("Name"), "official": lazy("Official name")},
    "phase": {
        "discovery": lazy("Discovery"),
        "alpha": lazy("Alpha"),
        "private_beta": lazy("Private beta"),
        "public_beta": lazy("Public beta"),
        "live": lazy("Live"),
        "retired": lazy("Retired"),
        "unknown": lazy("Phase not known"),
    },
    "audience": {
        "public": lazy("The public"),
        "business": lazy("Businesses"),
        "internal": lazy("People in government"),
    },
    "service_name": {
        "synonym": lazy("Also called"),
        "former": lazy("Former name"),
        "abbreviation": lazy("Abbreviation"),
    },
    "link": {
        "source_code": lazy("Source code"),
        "guidance": lazy("Guidance"),
        "status": lazy("Status page"),
        "other": lazy("Link"),
    },
    "channel": {
        "online": lazy("Online"),
        "phone": lazy("Phone"),
        "post": lazy("Post"),
        "in_person": lazy("In person"),
        "email": lazy("Email"),
    },
    "role": {
        "accountable": lazy("Accountable"),
        "delivers": lazy("Delivers it"),
        "funds": lazy("Funds it"),
    },
    "relation": {
        "part_of": lazy("Part of"),
        "replaces": lazy("Replaces"),
        "same_journey_as": lazy("In the same journey as"),
        "duplicate_of": lazy("Duplicate of"),
    },
    "apis": {
        "offers": lazy("Offers APIs"),
        "none": lazy("Offers no API"),
        "unknown": lazy("Not answered"),
    },
    "match": {
        "waiting": lazy("Waiting for a decision"),
        "matched": lazy("Matched"),
        "no_match": lazy("Matches no organisation"),
    },
    "registration": {
        "draft": lazy("Draft"),
        "waiting": lazy("Waiting for approval"),
        "published": lazy("Published"),
    },
    **decision_labels.LABELS,
    "component_kind": {
        "platform": lazy("Platform"),
        "api": lazy("API"),
        "register": lazy("Register"),
        "library": lazy("Code library"),
        "pattern": lazy("Design patterns"),
        "contract": lazy("Contract"),
    },
    "delivery": {
        "wholesale": lazy("An API you build on"),
        "retail": lazy("Ready with its own pages"),
        "both": lazy("An API you build on, or ready with its own pages"),
    },
    #: Units of prices that not everybody knows.
    "unit": {
        "fragment": lazy(
            "A text message of up to 160 characters is one fragment. A longer one is sent as two "
            "or more and costs more."
        ),
    },
    "sector": {
        "central_government": lazy("Central government"),
        "devolved_government": lazy("Devolved government"),
        "local_government": lazy("Local government"),
        "nhs": lazy("NHS"),
        "police": lazy("Police"),
        "schools": lazy("Schools"),
        "other_public_sector": lazy("Other public sector"),
        "anyone": lazy("Anyone"),
    },
    "toolkit": {
        "discovery": lazy("Discovery phase"),
        "alpha": lazy("Alpha phase"),
        "beta": lazy("Beta phase"),
        "live": lazy("Live phase"),
    },
    #: What the stage of a component implies for a service that needs it.
    "advice": {
        "genesis": lazy(
            "Try it: nobody knows yet what it should be. Use it in one place, expect it to change "
            "or stop, and tell others what you learn."
        ),
        "custom": lazy(
            "Build it together: it is still shaped for the services that use it. Join early and "
            "say what you need; a second one of your own costs twice."
        ),
        "product": lazy(
            "Rent it: it does the same for everybody. Use it before you build or buy your own, and "
            "keep your link to it thin so that you can change."
        ),
        "commodity": lazy(
            "Take it as it comes, like electricity: it is the ordinary way. If you build or buy "
            "your own, write down why."
        ),
    },
    #: The same for a component that few may use, where it differs: it is not the ordinary way.
    "advice_for_few": {
        "commodity": lazy(
            "It is in everyday use there. If you build or buy your own, write down why."
        ),
    },
    #: What the words of the map mean.
    "stage_means": {
        "genesis": lazy("New and uncertain: somebody tries it for the first time."),
        "custom": lazy("Made for the one or few services that asked for it, and still changing."),
        "product": lazy("Finished and the same for everybody: a service takes it and sets it up."),
        "commodity": lazy("Ordinary and everywhere: nobody would think of making it again."),
    },
    "stage": {
        "genesis": lazy("Genesis"),
        "custom": lazy("Custom built"),
        "product": lazy("Product"),
        "commodity": lazy("Commodity"),
    },
    "transactional": {"yes": lazy("Yes"), "no": lazy("No")},
    "sort": {
        "relevance": lazy("Best match"),
        "name": lazy("Name"),
        "transactions": lazy("Most transactions"),
    },
    "lifecycle": {
        "alpha": lazy("Alpha"),
        "private_beta": lazy("Private beta"),
        "beta": lazy("Beta"),
        "live": lazy("Live"),
        "deprecated": lazy("Deprecated"),
        "closing": lazy("Closing"),
        "closed": lazy("Closed"),
    },
    "cost_basis": {
        "published": lazy("Published"),
        "accounts": lazy("From the accounts"),
        "estimate": lazy("Estimate"),
    },
    "arrangement": {
        "shared_component": lazy("Shared component"),
        "own_build": lazy("Own build"),
        "bought_product": lazy("Bought product"),
        "by_hand": lazy("By hand"),
        "gap": lazy("Not met"),
    },
    "usage_status": {
        "considering": lazy("Considering"),
        "planned": lazy("Planned"),
        "integrating": lazy("Integrating"),
        "live": lazy("In use"),
        "stopping": lazy("Stopping"),
        "stopped": lazy("Stopped"),
    },
    "date_basis": {
        "published": lazy("The day is published"),
        "month": lazy("The month is published"),
        "contract": lazy("The end of a contract"),
        "seen": lazy("Only the day it was seen; the real day is not known"),
    },
    "not_shared_reason": {
        "does_not_meet_need": lazy("Shared components do not meet the need"),
        "security": lazy("Security"),
        "legacy_contract": lazy("A contract still runs"),
        "cost": lazy("Cost"),
        "timing": lazy("Timing"),
        "did_not_know": lazy("Did not know of one"),
        "not_eligible": lazy("Not eligible"),
        "other": lazy("Another reason"),
    },
    "need_answer": {
        "needed": lazy("Needed"),
        "not_needed": lazy("Not needed"),
        "unknown": lazy("Not known"),
    },
    #: What volumes count. Components may count other things too, in words of their own.
    "measure": {
        "payments": lazy("Payments"),
        "pounds": lazy("Value of payments"),
        "live_services": lazy("Live services"),
        "services": lazy("Services"),
        "organisations": lazy("Organisations"),
        "messages": lazy("Messages"),
        "accounts": lazy("Accounts"),
        "user_accounts": lazy("User accounts"),
        "published_forms": lazy("Published forms"),
        "submissions": lazy("Forms submitted"),
        "identities_verified": lazy("Identities proved"),
        "identities_verified_by_app": lazy("Identities proved in the app"),
    },
    "import": {
        "organisations": lazy("Organisations"),
        "services-csv": lazy("Services (quarterly file)"),
        "transaction-volumes": lazy("Services (transaction volumes)"),
        "component-adoption": lazy("Adoption of a component"),
        "demo-volumes": lazy("Demo set: volumes of services"),
        "roster": lazy("A provider’s list of users"),
        "documents": lazy("Documents that name components"),
        "evidence": lazy("Evidence of use"),
        "volumes": lazy("How much services use a component"),
        "demo-organisations": lazy("Demo set: organisations"),
        "demo-services": lazy("Demo set: services"),
    },
    "count": {
        "read": lazy("Rows read"),
        "created": lazy("Created"),
        "updated": lazy("Updated"),
        "unchanged": lazy("Unchanged"),
        "set_aside": lazy("Set aside"),
        "conflicts": lazy("Conflicts"),
        "names_waiting": lazy("Names waiting for a match"),
    },
    #: The fields of documents, for histories.
    "field": {
        "slug": lazy("Web address"),
        "name": lazy("Name"),
        "purpose": lazy("Purpose"),
        "user_need": lazy("User need"),
        "audiences": lazy("Who uses it"),
        "transactional": lazy("Transactional"),
        "category": lazy("Category"),
        "customer_type": lazy("Customer type"),
        "business_model": lazy("Business model"),
        "start_page": lazy("Start page"),
        "service_address": lazy("Service address"),
        "keywords": lazy("Keywords"),
        "names": lazy("Names"),
        "links": lazy("Links"),
        "channels": lazy("Channels"),
        "phases": lazy("Phases"),
        "owners": lazy("Organisations"),
        "apis": lazy("APIs"),
        "apis_answer": lazy("Offers APIs?"),
        "relations": lazy("Related services"),
        "yearly_transactions": lazy("Transactions in 12 months"),
        "transactions_from": lazy("Start of the 12 months"),
        "transactions_to": lazy("End of the 12 months"),
        "sources": lazy("Sources"),
        "kind": lazy("Kind"),
        "abbreviation": lazy("Abbreviation"),
        "website": lazy("Website"),
        "start_date": lazy("Start date"),
        "end_date": lazy("End date"),
        "identifiers": lazy("Register identifiers"),
        "aliases": lazy("Other spellings"),
        "parents": lazy("Organisations above"),
        "successions": lazy("What became of it"),
        "goal": lazy("Goal"),
        "steps": lazy("Steps"),
        "what_happens": lazy("What happens"),
        "hand_off": lazy("Hand-off"),
        "parent": lazy("Part of"),
        "question": lazy("Question to teams"),
        "hint": lazy("Hint"),
        "description": lazy("Description"),
        "delivery": lazy("How you use it"),
        "has_interface": lazy("User interface of its own"),
        "provider": lazy("Provider"),
        "summary": lazy("Summary"),
        "capabilities": lazy("Needs it meets"),
        "sectors": lazy("Who can use it"),
        "eligibility_note": lazy("More on who can use it"),
        "how_to_start": lazy("Where to start"),
        "documentation": lazy("Documentation"),
        "support_hours": lazy("Support hours"),
        "status_page": lazy("Status page"),
        "lifecycle": lazy("Phase"),
        "lifecycle_since": lazy("In this phase since"),
        "closes_on": lazy("Closes on"),
        "closing_means": lazy("What closing means"),
        "successor": lazy("Successor"),
        "evolution": lazy("Stages of evolution"),
        "prices": lazy("Prices"),
        "allowances": lazy("Allowances"),
        "mandates": lazy("Mandates"),
        "volumes": lazy("Volumes"),
        "costs": lazy("Yearly cost"),
        "adopters": lazy("Used outside government"),
        "needs": lazy("Needs answered"),
        "service": lazy("Service"),
        "capability": lazy("Need"),
        "arrangement": lazy("How it is met"),
        "component": lazy("Component"),
        "product": lazy("Product"),
        "supplier": lazy("Supplier"),
        "status": lazy("Status"),
        "planned_live": lazy("Planned to be in use"),
        "since": lazy("In use since"),
        "since_basis": lazy("What the start rests on"),
        "until": lazy("In use until"),
        "until_basis": lazy("What the end rests on"),
        "share": lazy("Share of the need, in per cent"),
        "contract_end": lazy("End of the contract"),
        "reason": lazy("Why no shared component"),
        "reason_note": lazy("More on the reason"),
        "replaces": lazy("What it replaces"),
        "yearly_cost": lazy("Cost a year, in pounds"),
        "yearly_volumes": lazy("How much was used, by financial year"),
        "integration_days": lazy("Days of work of building it in"),
        "integration_source": lazy("Source of the days of work"),
        "note": lazy("Note"),
        "source": lazy("Source"),
        "answer": lazy("Answer"),
        "confirmed_on": lazy("Confirmed"),
        **decision_labels.FIELDS,
    },
}


def label(value: object, of: str) -> str:
    """The words for a value of a closed list; a value the list does not have, as it is."""
    return _label(str(value), of, reader().texts)


@lru_cache(maxsize=4_096)
def _label(value: str, of: str, _language: object) -> str:
    return str(LABELS[of].get(value, value))


def joined(values: Iterable[object], of: str) -> str:
    """The words for some values in a row; only the first begins as it is written."""
    first, *others = [label(value, of) for value in values] or [""]
    return ", ".join([first, *(each.lower() for each in others)])


def add(more: Mapping[str, Mapping[str, str]]) -> None:
    """Let packages above call their closed lists: to lists that are there, values are added."""
    for of, texts in more.items():
        LABELS[of] = {**LABELS.get(of, {}), **texts}
    _label.cache_clear()


def labels(of: str) -> dict[str, str]:
    """The words for every value of a closed list: for a long list of records, looked up once."""
    return {value: str(text) for value, text in LABELS[of].items()}
