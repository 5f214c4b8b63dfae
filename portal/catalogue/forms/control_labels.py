"""The words of who controls what was bought or built, and of what is advised, as labels.py has
those of records.
"""

from __future__ import annotations

from collections.abc import Mapping

from portal.web.i18n import lazy

LABELS: Mapping[str, Mapping[str, str]] = {
    "holder": {
        "own_organisation": lazy("Our own organisation"),
        "supplier": lazy("The supplier"),
        "both": lazy("Both of us"),
        "other_public_body": lazy("Another public body"),
        "unknown": lazy("We do not know"),
    },
    #: The same where somebody else reads it.
    "held_by": {
        "own_organisation": lazy("The service’s own organisation"),
        "supplier": lazy("The supplier"),
        "both": lazy("The service’s own organisation and the supplier"),
        "other_public_body": lazy("Another public body"),
        "unknown": lazy("Not known to the team"),
    },
    "exit_plan": {
        "none": lazy("There is none"),
        "planned": lazy("It is being written"),
        "written": lazy("It is written"),
        "tested": lazy("It is written and has been tested"),
    },
    "advised": {
        "use_shared": lazy("Use the shared one"),
        "rent": lazy("Rent it as a utility"),
        "buy": lazy("Buy a product"),
        "build": lazy("Build and keep it"),
        "watch": lazy("Watch"),
    },
}
FIELDS: Mapping[str, str] = {
    "contract_group": lazy("Framework or agreement"),
    "code_held_by": lazy("Who holds the code"),
    "data_held_by": lazy("Who holds the data"),
    "exit_plan": lazy("Exit plan"),
    "exit_note": lazy("More on the exit plan"),
    "exit_reviewed_on": lazy("Exit plan last looked at"),
}
