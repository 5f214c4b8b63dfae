"""Why a collection failed, in words for pages and mails."""

from __future__ import annotations

from portal.errors import N_
from portal.performance.words import CollectedTrouble as Trouble
from portal.performance.words import Fault

TROUBLES: dict[Trouble, str] = {
    Trouble.ADDRESS: N_("The address is not one that can be collected from"),
    Trouble.NO_NAME: N_("The host has no address on the internet"),
    Trouble.NOT_PUBLIC: N_("The host leads to a network that is not public"),
    Trouble.NO_CONNECTION: N_("The host took no connection"),
    Trouble.CERTIFICATE: N_("The host has no valid certificate for its name"),
    Trouble.TOO_SLOW: N_("The host took too long"),
    Trouble.REDIRECT: N_("The address leads to another one: register that one"),
    Trouble.STATUS: N_("The host gave an error instead of figures"),
    Trouble.TOO_LARGE: N_("There is more than 10 MB at the address"),
    Trouble.BROKEN: N_("What the host sent was cut off or could not be unpacked"),
    Trouble.NO_JSON: N_("The address does not give JSON"),
    Trouble.NO_CSV: N_("The address does not give a CSV file with a column for the period"),
    Trouble.TOO_MANY: N_("There are more than 50,000 records at the address"),
    Trouble.RECORDS: N_("Some records are wrong, so none of them was kept"),
}

#: Each begins with the field, where one is known.
FAULTS: dict[Fault, str] = {
    Fault.NO_RECORD: N_("this is no record: it must be an object with fields"),
    Fault.CELLS: N_("there are more or fewer cells than in the header"),
    Fault.MISSING: N_("this field is missing"),
    Fault.NOT_TAKEN: N_("this value cannot be taken"),
    Fault.UNKNOWN: N_("the data set has no such field"),
    Fault.PERSONAL: N_("this looks like personal data"),
    Fault.TWICE: N_("two records are for the same period and the same values"),
}
