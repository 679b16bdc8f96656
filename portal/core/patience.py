"""How long something slow is waited for. A machine that is small or busy, such as one that runs the tests, waits longer."""

import os

VARIABLE = "MOTCUA_PATIENCE"


def patient(seconds: float) -> float:
    """`seconds` times MOTCUA_PATIENCE (1 unless set): the limit of a wait that ends as soon as what it waits for is there."""
    return seconds * float(os.environ.get(VARIABLE) or 1)
