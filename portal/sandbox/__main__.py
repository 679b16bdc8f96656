"""Command line of the simulated services: `python -m portal.sandbox setup`."""

import os
import sys


def main() -> None:
    # Assigned, not defaulted: importing the portal package may already have named the portal's own settings.
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.sandbox.settings"
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after the settings are named

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
