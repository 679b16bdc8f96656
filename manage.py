#!/usr/bin/env python
"""Django's command line for Một Cửa. Each command connects with the least database role that it needs."""

import os
import sys

DEMO_COMMANDS = {"demo", "play_journey", "load_demo_world"}
"""Of the development tools: they are known wherever their command is typed, on own servers too."""
OWNER_COMMANDS = {"migrate", "makemigrations", "sqlmigrate", "showmigrations", "createcachetable", "load_reference_data", "load_demo_world"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    role = "owner" if command in OWNER_COMMANDS else "web" if command in {"runserver", "check"} else "worker"
    os.environ.setdefault("DATABASE_ROLE", role)
    if command in DEMO_COMMANDS:
        os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after the role is chosen

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
