"""The catalogue's closed lists: stored by value, shown by label."""

from __future__ import annotations

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What sort of body an organisation is."""

    DEPARTMENT = "department"
    AGENCY = "agency"
    NDPB = "ndpb"
    LOCAL_AUTHORITY = "local_authority"
    NHS = "nhs"
    POLICE = "police"
    SCHOOL = "school"
    SUPPLIER = "supplier"
    OTHER = "other"


class ParentRelation(StrEnum):
    """How a body stands to the one above it."""

    PART_OF = "part_of"
    SPONSORED_BY = "sponsored_by"


class SuccessionKind(StrEnum):
    """How a body ended or gave work away."""

    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    FUNCTIONS_TRANSFERRED = "functions_transferred"
    ABOLISHED = "abolished"


class Language(StrEnum):
    """Languages a name is given in."""

    ENGLISH = "en"
    WELSH = "cy"


class OrganisationNameKind(StrEnum):
    """The short name people use, or the full legal one."""

    NAME = "name"
    OFFICIAL = "official"


class Phase(StrEnum):
    """Where a service is in its life; `unknown` comes from imports only."""

    DISCOVERY = "discovery"
    ALPHA = "alpha"
    PRIVATE_BETA = "private_beta"
    PUBLIC_BETA = "public_beta"
    LIVE = "live"
    RETIRED = "retired"
    UNKNOWN = "unknown"


class Audience(StrEnum):
    """Who uses a service."""

    PUBLIC = "public"
    BUSINESS = "business"
    INTERNAL = "internal"


class ServiceNameKind(StrEnum):
    """Why a service answers to another name."""

    SYNONYM = "synonym"
    FORMER = "former"
    ABBREVIATION = "abbreviation"


class LinkKind(StrEnum):
    """What a service's link leads to."""

    SOURCE_CODE = "source_code"
    GUIDANCE = "guidance"
    STATUS = "status"
    OTHER = "other"


class Channel(StrEnum):
    """How people reach a service."""

    ONLINE = "online"
    PHONE = "phone"
    POST = "post"
    IN_PERSON = "in_person"
    EMAIL = "email"


class OwnerRole(StrEnum):
    """What an organisation does for a service."""

    ACCOUNTABLE = "accountable"
    DELIVERS = "delivers"
    FUNDS = "funds"


class ServiceRelation(StrEnum):
    """How one service stands to another."""

    PART_OF = "part_of"
    REPLACES = "replaces"
    SAME_JOURNEY_AS = "same_journey_as"
    DUPLICATE_OF = "duplicate_of"


class ApisAnswer(StrEnum):
    """Whether a service offers APIs: "none" is an answer, "unknown" is not."""

    OFFERS = "offers"
    NONE = "none"
    UNKNOWN = "unknown"


class MatchState(StrEnum):
    """Where a published organisation name is in the reviewed queue."""

    WAITING = "waiting"
    MATCHED = "matched"
    NO_MATCH = "no_match"


class RegistrationState(StrEnum):
    """How far a service is on its way into the catalogue."""

    DRAFT = "draft"
    WAITING = "waiting"
    PUBLISHED = "published"


class PairDecision(StrEnum):
    """What a person said of two records that may be one."""

    WAITING = "waiting"
    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


class RecordKind(StrEnum):
    """The kinds of record that can be one twice over, and so be merged."""

    SERVICE = "service"
    ORGANISATION = "organisation"


class EditedKind(StrEnum):
    """The kinds of records that people edit, and propose changes of."""

    SERVICE = "service"
    JOURNEY = "journey"
    ORGANISATION = "organisation"
    COMPONENT = "component"


class ProposalState(StrEnum):
    """What became of a proposed change."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TransferState(StrEnum):
    """Where a transfer of functions is: being prepared, in force, or taken back."""

    DRAFT = "draft"
    APPLIED = "applied"
    REVERSED = "reversed"


class TransferSide(StrEnum):
    """What an organisation does in a transfer."""

    LOSES = "loses"
    GAINS = "gains"


class TransferAction(StrEnum):
    """What happens to something in a transfer; nobody has said yet while it is open."""

    OPEN = "open"
    MOVE = "move"
    STAY = "stay"
    END = "end"


class TransferKind(StrEnum):
    """What a transfer moves. Features that own other things add their kind."""

    SERVICE = "service"
    COMPONENT = "component"
    ORGANISATION = "organisation"
    ROLE = "role"


class Reviewed(StrEnum):
    """The kinds of record that somebody must confirm from time to time."""

    SERVICE = "service"
    COMPONENT = "component"


class LinkState(StrEnum):
    """What the link in a mail that asks about a record is good for."""

    READY = "ready"
    WRONG = "wrong"
    EXPIRED = "expired"
    NO_ROLE = "no_role"


class ReviewAnswer(StrEnum):
    """What somebody who is asked about a record can answer, in the order of the form."""

    RIGHT = "right"
    CHANGED = "changed"
    NOT_OURS = "not_ours"
    ENDED = "ended"


class ReviewState(StrEnum):
    """How the day by which a record must be confirmed stands to today."""

    FRESH = "fresh"
    DUE = "due"
    OVERDUE = "overdue"
    STALE = "stale"


class ProblemState(StrEnum):
    """Whether a problem that a reader reported is answered."""

    OPEN = "open"
    ANSWERED = "answered"


class ProblemOutcome(StrEnum):
    """What became of a problem that a reader reported."""

    PUT_RIGHT = "put_right"
    NOT_CHANGED = "not_changed"


class Issue(StrEnum):
    """What can be wrong with the records of an organisation, in the order of its page."""

    NO_OWNER = "no_owner"
    UNREACHABLE = "unreachable"
    STALE = "stale"
    OVERDUE = "overdue"
    DUE = "due"
    NEVER_CONFIRMED = "never_confirmed"
    DANGLING = "dangling"
    NEEDS_UNANSWERED = "needs_unanswered"
    APIS_UNKNOWN = "apis_unknown"
    NO_USER_NEED = "no_user_need"


class MatchAbout(StrEnum):
    """What a published name was said of: who owns a service, who supplies what it buys, or who is
    on a provider's list.
    """

    OWNER = "owner"
    SUPPLIER = "supplier"
    ROSTER = "roster"
