"""One worker process of the benchmark of synchronisation: empties the stream in the way that a line on its input names."""

import json
import sys
import time
from collections.abc import Callable

import django

django.setup()

from portal.core.clock import technical_now  # noqa: E402
from portal.outbox.actions import claim, settle_done  # noqa: E402
from portal.outbox.models import OutboxMessage  # noqa: E402
from portal.outbox.tasks import drain_rounds  # noqa: E402

STREAM = OutboxMessage.Stream.NATIONAL


def database_only() -> int:
    """A batch is claimed and settled, and nothing is sent."""
    messages = claim(STREAM, now=technical_now())
    return settle_done(messages, now=technical_now())


WAYS: dict[str, Callable[[], int]] = {
    "delivered": lambda: drain_rounds(STREAM)[0],
    "database": database_only,
    "single": lambda: drain_rounds(STREAM, limit=1)[0],
}


def main() -> None:
    """Answers each line with how many messages this process took and when it found no more."""
    drain_rounds(STREAM)  # the connection is there
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        work, taken = WAYS[line.strip()], 0
        while count := work():
            taken += count
        sys.stdout.write(json.dumps({"taken": taken, "ended": time.time()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
