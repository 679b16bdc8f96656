"""The table of steps again: a dossier whose clock runs while its fee is owed is counted again, too."""

from typing import ClassVar

from django.db import migrations

from dossiers.steptable import refill


class Migration(migrations.Migration):
    dependencies: ClassVar = [("dossiers", "0036_opinions")]
    operations: ClassVar = [migrations.RunPython(refill, refill)]
