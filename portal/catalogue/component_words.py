"""The closed lists of components and of how services meet their needs."""

from __future__ import annotations

from enum import StrEnum


class ComponentKind(StrEnum):
    """What sort of building block a component is."""

    PLATFORM = "platform"
    API = "api"
    REGISTER = "register"
    LIBRARY = "library"
    PATTERN = "pattern"
    CONTRACT = "contract"


class Delivery(StrEnum):
    """Wholesale: other services build on its API; retail: it has its own user interface."""

    WHOLESALE = "wholesale"
    RETAIL = "retail"
    BOTH = "both"


class Lifecycle(StrEnum):
    """Where a component is in its life."""

    ALPHA = "alpha"
    PRIVATE_BETA = "private_beta"
    BETA = "beta"
    LIVE = "live"
    DEPRECATED = "deprecated"
    CLOSING = "closing"
    CLOSED = "closed"


class EvolutionStage(StrEnum):
    """How common a component has become, after Wardley."""

    GENESIS = "genesis"
    CUSTOM = "custom"
    PRODUCT = "product"
    COMMODITY = "commodity"


class Sector(StrEnum):
    """Who may use a component; `anyone` includes the rest."""

    CENTRAL_GOVERNMENT = "central_government"
    DEVOLVED_GOVERNMENT = "devolved_government"
    LOCAL_GOVERNMENT = "local_government"
    NHS = "nhs"
    POLICE = "police"
    SCHOOLS = "schools"
    OTHER_PUBLIC_SECTOR = "other_public_sector"
    ANYONE = "anyone"


class CostBasis(StrEnum):
    """Where the yearly cost of a platform comes from."""

    PUBLISHED = "published"
    ACCOUNTS = "accounts"
    ESTIMATE = "estimate"


class Arrangement(StrEnum):
    """How a service meets a need."""

    SHARED_COMPONENT = "shared_component"
    OWN_BUILD = "own_build"
    BOUGHT_PRODUCT = "bought_product"
    BY_HAND = "by_hand"
    GAP = "gap"


class UsageStatus(StrEnum):
    """How far an arrangement is."""

    CONSIDERING = "considering"
    PLANNED = "planned"
    INTEGRATING = "integrating"
    LIVE = "live"
    STOPPING = "stopping"
    STOPPED = "stopped"


class DateBasis(StrEnum):
    """How far the date of a usage can be trusted.

    The source gives the day, only its month (the first stands for it), the end of a contract, or
    is itself the first trace of it: then the real day is earlier.
    """

    PUBLISHED = "published"
    MONTH = "month"
    CONTRACT = "contract"
    SEEN = "seen"


class RosterSort(StrEnum):
    """What a row of a provider's list is: a service, or how many services of an organisation."""

    PER_SERVICE = "per_service"
    COUNTS = "counts"


class NotSharedReason(StrEnum):
    """Why a service does not use a shared component."""

    DOES_NOT_MEET_NEED = "does_not_meet_need"
    SECURITY = "security"
    LEGACY_CONTRACT = "legacy_contract"
    COST = "cost"
    TIMING = "timing"
    DID_NOT_KNOW = "did_not_know"
    NOT_ELIGIBLE = "not_eligible"
    OTHER = "other"


class Holder(StrEnum):
    """Who holds the code, or the data, of what was bought or built for a service."""

    OWN_ORGANISATION = "own_organisation"
    SUPPLIER = "supplier"
    BOTH = "both"
    OTHER_PUBLIC_BODY = "other_public_body"
    UNKNOWN = "unknown"


class ExitPlan(StrEnum):
    """How far the plan is for leaving what was bought or built."""

    NONE = "none"
    PLANNED = "planned"
    WRITTEN = "written"
    TESTED = "tested"


class Advised(StrEnum):
    """What speaks for doing about an arrangement, or about a component of a stage."""

    USE_SHARED = "use_shared"
    RENT = "rent"
    BUY = "buy"
    BUILD = "build"
    WATCH = "watch"


class NeedAnswer(StrEnum):
    """Whether a service needs a capability: "not needed" is an answer, no row is none."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    UNKNOWN = "unknown"


class EvidenceKind(StrEnum):
    """What speaks for a usage, or against it, beside what the service itself declares."""

    PROVIDER_CONFIRMED = "provider_confirmed"
    PROVIDER_DISPUTED = "provider_disputed"
    ROSTER = "roster"
    SCAN = "scan"
    INVOICE = "invoice"
    ASSESSMENT_REPORT = "assessment_report"
    DOCUMENT = "document"


class DisputeReason(StrEnum):
    """What a provider says in place of a declaration."""

    NOT_OURS = "not_ours"
    OTHER_DATE = "other_date"
    STOPPED = "stopped"


class Standing(StrEnum):
    """How far a usage can be relied on; derived, never typed in."""

    DISPUTED = "disputed"
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    DECLARED = "declared"


class Reconciled(StrEnum):
    """Where both sides of "they use it" stand to each other."""

    PROVIDER_ONLY = "provider_only"
    CATALOGUE_ONLY = "catalogue_only"
    DIFFERENT = "different"
    SAME = "same"


class Moving(StrEnum):
    """How far a service is with its move away from a component that ends; derived."""

    NOT_STARTED = "not_started"
    CHOSEN = "chosen"
    MOVING = "moving"
    MOVED = "moved"
    STILL_THERE = "still_there"


class Burning(StrEnum):
    """Why a component needs attention, the worst first; derived."""

    CLOSED_IN_USE = "closed_in_use"
    INCIDENT = "incident"
    UNSUPPORTED = "unsupported"
    CLOSING_IN_USE = "closing_in_use"
    NO_TEAM = "no_team"
    NOT_TESTED = "not_tested"
    NO_SUCCESSOR = "no_successor"
    NOT_PUBLISHED = "not_published"


class MentionSense(StrEnum):
    """What a sentence that names a component says of it."""

    USES = "uses"
    PLANS = "plans"
    ADVISED = "advised"
    DECLINED = "declined"
    IS_IT = "is_it"
    UNCLEAR = "unclear"


class DocumentKind(StrEnum):
    """What sort of document a sentence is of; none of them confirms a usage."""

    ASSESSMENT_REPORT = "assessment_report"
    DOCUMENT = "document"


class MentionState(StrEnum):
    """Whether a person has said what a mention means."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class ExemptionState(StrEnum):
    """What became of a request not to use a mandated component."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class MandateState(StrEnum):
    """How a need of a service stands to a mandate that covers it; derived, never typed in."""

    COMPLIES = "complies"
    EXEMPT = "exempt"
    MOVING = "moving"
    ASKED = "asked"
    NEITHER = "neither"
    NOT_KNOWN = "not_known"


class SpendDecision(StrEnum):
    """What became of a request to spend."""

    WAITING = "waiting"
    APPROVED = "approved"
    APPROVED_WITH_CONDITIONS = "approved_with_conditions"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
