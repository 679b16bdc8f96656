"""One writer: files dossiers, takes and gives them back, and writes every commit that it saw into a ledger file.

It is a process of its own, so that what it saw is not guessed: a line is written, and on the disk, only after the commit.
"""

import json
import os
import random
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import Error, connection  # noqa: E402

from dossiers.actions.decide import claim, release  # noqa: E402
from dossiers.actions.transition import By  # noqa: E402
from dossiers.lifecycle import State  # noqa: E402
from dossiers.models import Dossier  # noqa: E402
from portal.accounts.identity import identity_of  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from portal.core.db import acting_as  # noqa: E402
from portal.core.errors import DomainError  # noqa: E402
from tests.factories import MONDAY, TODAY, address, centre, filed, marital_answers  # noqa: E402

COMMUNES = ("00004", "00008", "26740")


class Writer:
    """Makes its share of the changes, whatever happens to the database meanwhile."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order, self.chance = order, random.Random(order["seed"])
        self.officers = {int(agency): User.objects.get(pk=pk) for agency, pk in order["officers"].items()}
        self.clerk = User.objects.get(pk=order["clerk"])
        self.ledger = Path(order["ledger"]).open("a", buffering=1)  # noqa: SIM115 -- open as long as the process
        self.mine: list[int] = []
        self.made = self.unknown = 0

    def run(self) -> None:
        """Until its share is made."""
        while self.made < self.order["changes"]:
            try:
                self._change()
            except DomainError:
                continue  # a step that is not possible now, as after a commit whose answer was lost
            except Error:
                self.unknown += 1
                connection.close()
                time.sleep(0.3)
        sys.stdout.write(json.dumps({"made": self.made, "unknown": self.unknown}) + "\n")

    def _change(self) -> None:
        wants_more = len(self.mine) < self.order["dossiers"]
        if wants_more and (not self.mine or self.chance.random() < 0.4):
            self.file()
            return
        if not self.move(self.chance.choice(self.mine)):
            if wants_more:
                self.file()
            else:
                time.sleep(0.02)

    def file(self) -> None:
        """One more dossier is filed."""
        commune = self.chance.choice(COMMUNES)
        dossier = filed(self.clerk, centre(), answers=marital_answers(address(commune)), at=self._now()).dossier
        self.mine.append(dossier.pk)
        self._saw(dossier)

    def move(self, pk: int) -> bool:
        """The dossier is taken or given back, if it is at its agency."""
        dossier = Dossier.objects.select_related("agency").get(pk=pk)
        agency = dossier.agency
        if agency is None or dossier.state not in {State.IN_TRANSFER_TO_AGENCY, State.ASSIGNED}:
            return False
        officer = self.officers[agency.pk]
        by = By(officer, self._now(), agency=agency)
        with acting_as(identity_of(officer, TODAY).scope):
            if dossier.state == State.IN_TRANSFER_TO_AGENCY:
                claim(dossier, by=by)
            else:
                release(dossier, by=by, expected_version=dossier.state_version)
        dossier.event_seq += 1
        self._saw(dossier)
        return True

    def _saw(self, dossier: Dossier) -> None:
        self.ledger.write(f"{dossier.code} {dossier.event_seq}\n")
        os.fsync(self.ledger.fileno())
        self.made += 1

    def _now(self) -> datetime:
        return MONDAY + timedelta(seconds=self.made)


if __name__ == "__main__":
    Writer(json.loads(sys.argv[1])).run()
