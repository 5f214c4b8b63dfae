"""The words of what people decide about records, as labels.py has those of records."""

from __future__ import annotations

from collections.abc import Mapping

from portal.catalogue.forms import control_labels
from portal.web.i18n import lazy

LABELS: Mapping[str, Mapping[str, str]] = {
    "pair_decision": {
        "waiting": lazy("Waiting for a decision"),
        "same": lazy("The same"),
        "related": lazy("Related, not the same"),
        "different": lazy("Different"),
    },
    "transfer_state": {
        "draft": lazy("Draft"),
        "applied": lazy("Applied"),
        "reversed": lazy("Reversed"),
    },
    "transfer_action": {
        "open": lazy("Not chosen yet"),
        "move": lazy("Moves"),
        "stay": lazy("Stays where it is"),
        "end": lazy("Ends"),
    },
    "transfer_kind": {
        "service": lazy("Service"),
        "component": lazy("Component"),
        "organisation": lazy("Organisation"),
        "role": lazy("Role of a person"),
    },
    #: What an organisation is to a thing that moves.
    "transfer_role": {
        "accountable": lazy("Accountable"),
        "delivers": lazy("Delivers it"),
        "funds": lazy("Funds it"),
        "provides": lazy("Provides it"),
        "part_of": lazy("It is part of it"),
        "sponsored_by": lazy("Sponsors it"),
    },
    "match_about": {
        "owner": lazy("Names of organisations that own services"),
        "supplier": lazy("Names of suppliers"),
        "roster": lazy("Names on the lists of providers"),
    },
    #: What speaks for a use of a component, or against it.
    "evidence": {
        "provider_confirmed": lazy("The provider confirmed it"),
        "provider_disputed": lazy("The provider disputed it"),
        "roster": lazy("It is on the provider’s list of users"),
        "scan": lazy("A scan found it"),
        "invoice": lazy("An invoice shows it"),
        "assessment_report": lazy("An assessment report speaks of it"),
        "document": lazy("A document speaks of it"),
    },
    "dispute": {
        "not_ours": lazy("They do not use it"),
        "other_date": lazy("They use it since another day"),
        "stopped": lazy("They have stopped using it"),
    },
    "standing": {
        "confirmed": lazy("Confirmed"),
        "declared": lazy("Declared"),
        "lapsed": lazy("Confirmation lapsed"),
        "disputed": lazy("Disputed"),
        "planned": lazy("Planned"),
    },
    #: Where the provider's list and the catalogue stand to each other.
    "reconciled": {
        "provider_only": lazy("On the provider’s list only"),
        "catalogue_only": lazy("In the catalogue only"),
        "different": lazy("In both, not the same"),
        "same": lazy("In both"),
    },
    "roster_sort": {
        "per_service": lazy("Service by service"),
        "counts": lazy("Numbers by organisation"),
    },
    "moving": {
        "not_started": lazy("Not started"),
        "chosen": lazy("What takes its place is chosen"),
        "moving": lazy("Moving"),
        "moved": lazy("No longer uses it"),
        "still_there": lazy("Still there after the end"),
    },
    #: Why a component needs attention.
    "burning": {
        "closed_in_use": lazy("Closed, and services still depend on it"),
        "incident": lazy("An incident is open"),
        "unsupported": lazy("A part has no support"),
        "closing_in_use": lazy("It closes, and services depend on it"),
        "no_team": lazy("No accountable team is published"),
        "not_tested": lazy("No security test in the last 12 months"),
        "not_published": lazy("Nothing is published: neither who looks after it nor a test"),
        "no_successor": lazy("Deprecated, and no successor is named"),
    },
    "mandate_state": {
        "complies": lazy("Complies"),
        "exempt": lazy("Exempt"),
        "moving": lazy("Moving to it"),
        "asked": lazy("Exemption asked for"),
        "neither": lazy("Something else"),
        "not_known": lazy("Not known"),
    },
    "exemption_state": {
        "asked": lazy("Asked for"),
        "granted": lazy("Granted"),
        "refused": lazy("Refused"),
        "withdrawn": lazy("Withdrawn"),
        "ended": lazy("Ended early"),
    },
    "spend_decision": {
        "waiting": lazy("Waiting for a decision"),
        "approved": lazy("Approved"),
        "approved_with_conditions": lazy("Approved with conditions"),
        "refused": lazy("Refused"),
        "withdrawn": lazy("Withdrawn"),
    },
    **control_labels.LABELS,
    #: What a sentence that names a component says.
    "mention_sense": {
        "uses": lazy("The service uses it"),
        "plans": lazy("The service plans to use it"),
        "advised": lazy("The service is advised to use or look at it"),
        "declined": lazy("The service does not use it, with a reason"),
        "is_it": lazy("It is about the component itself"),
        "unclear": lazy("Something else about it, or not clear"),
    },
    "mention_state": {
        "open": lazy("Nobody has decided yet"),
        "confirmed": lazy("Decided"),
        "rejected": lazy("It does not count"),
    },
    "record_kind": {"service": lazy("Services"), "organisation": lazy("Organisations")},
}
#: What an event tells of the act itself, see rules/as_at.py.
FIELDS: Mapping[str, str] = {
    "duplicates": lazy("Possible duplicate decided"),
    "merged_from": lazy("Merged with it"),
    "merged_into": lazy("Merged into"),
    "split_from": lazy("Split from"),
    "split_into": lazy("Split off"),
    "transfer": lazy("Transfer of functions"),
    "evidence": lazy("Evidence"),
    "voices": lazy("Asks for a shared component"),
    "exemption": lazy("Exemption from a mandate"),
    "spend": lazy("Request to spend"),
    "conditions": lazy("Conditions"),
    "conditions_by": lazy("Conditions to be met by"),
    "conditions_met_on": lazy("Conditions met on"),
    "supplier_organisation": lazy("Supplier in the catalogue"),
    "team": lazy("Accountable team"),
    "team_reachable": lazy("The team has a mailbox that is read"),
    "security_tested_on": lazy("Last security test"),
    "incidents": lazy("Incidents"),
    "unsupported": lazy("Unsupported parts"),
    "looked_at_on": lazy("Looked at"),
    **control_labels.FIELDS,
}
