"""What a made-up catalogue is made of: its sizes, its words, and rows of tables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

SEED = 20_261_101
ORGANISATIONS, DEPARTMENTS, COUNCILS = 400, 24, 100
COMPONENTS, CAPABILITIES, GROUPS, USAGES_EACH = 200, 40, 5, 6
STAMP = "2026-11-01 09:00:00.000000"
FIRST_DAY = date(2010, 1, 1)
BEGAN, LAST_DAY = date(2024, 11, 1), date(2026, 10, 31)
CHUNK = 5_000
REVIEWS = ("id", "kind", "thing_id", "since", "review_by", "confirmed_at", "confirmed_by",
           "confirmed_as")  # fmt: skip

VERBS = """Apply for|Renew|Report|Pay|Check|Register|Book|Cancel|Change|Appeal|Claim|Find|Order|
Replace|Request|Tell us about|Track|Update|View|Withdraw""".replace("\n", "").split("|")
ADJECTIVES = """annual business civil coastal commercial council criminal cross-border digital
domestic emergency export family farming federal fishing foreign freight hazardous heritage highway
historic hospital household housing import industrial inland international judicial local marine
maritime medical military mobile municipal national nuclear offshore overseas parental pharmacy
private provisional public railway regional residential rural seasonal senior shared statutory
student temporary trading urban veterinary visitor vocational voluntary waste water wildlife
""".split()
NOUNS = """account adoption allotment allowance alteration ambulance appointment apprenticeship
archive asset award badge bankruptcy benefit boundary bridge burial bursary bus cable canal
caravan care certificate charity cheque child cinema claim clinic coach college company
complaint consent contract copyright court crop customs dam data debt deed deposit design
diploma disability dividend dog donation drain driver duty election employer energy estate
evidence examination exemption explosive factory farm fee ferry festival film fine fire firearm
fishery flag flight flood food footpath forest fostering fuel funeral garden gas goods grant
guarantee harbour hearing hedge hotel import inheritance injury inquest inspection insurance
invention inventor investment island journal judgment jury kennel kitchen laboratory land
landfill lease legacy levy library licence lift livestock loan lottery luggage machine market
marriage meadow medicine membership mine mortgage museum name noise notice nursery oath officer
orchard order parcel parish park parking partner passport patent pavement payment penalty
pension permit pesticide pet petition pier pilot pipe plan planning plant pollution pond port
prison prize probate profit property quarry quota rail ramp rebate receipt record recycling
refund refugee relief rent repair reservoir residence river road royalty safety salary salmon
sample scheme scholarship school seal seed settlement sewer share sheep shelter ship sign site
slaughterhouse soil solicitor stadium stall statement street subsidy summons supplier survey tax
taxi tenancy tender theatre ticket tide timber title toll tournament trade training transport
treatment tree trial tribunal trust tunnel tyre uniform union vaccine valuation vehicle vessel
veteran village visa volunteer vote voucher wage warrant warranty watercourse weapon wedding
weight well wharf will winery witness workshop wreck yacht zoo""".split()
FILLER = """after before because every further given including provided recorded required review
send service should state their through under until where which within without years""".split()
CATEGORIES = [f"{a.capitalize()} {n}" for a, n in zip(ADJECTIVES[::3], NOUNS[::12], strict=False)]
PHASES = ("live", "public_beta", "private_beta", "alpha", "discovery", "retired", "unknown")
AUDIENCES = (("public",), ("business",), ("business", "public"), ("internal",),
             ("internal", "public"), ())  # fmt: skip
#: Components with a list of who uses them that their provider published.
LISTING = range(1, COMPONENTS + 1, 40)
STATUSES = ("live", "stopping", "stopped", "planned", "integrating", "considering")


class Rows(NamedTuple):
    """Some rows of a table, in the order of its columns."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]


def slug_of(number: int, name: str) -> str:
    """The address part of a service."""
    return f"{name.lower().replace(' ', '-')}-{number}"


def owner_of(rng: random.Random) -> tuple[int, int | None]:
    """Who is accountable, large departments more often, and who delivers."""
    if rng.random() < 0.3:
        return ORGANISATIONS - rng.randrange(COUNCILS), None
    department = min(int(rng.expovariate(0.12)), DEPARTMENTS - 1) + 1
    if rng.random() < 0.5:
        return department, None
    below = range(department + DEPARTMENTS, ORGANISATIONS - COUNCILS + 1, DEPARTMENTS)
    return department, rng.choice(below)
