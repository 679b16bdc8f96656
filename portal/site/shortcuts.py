"""The keys that pages offer through `data-hotkey`; the help page and the pages must agree."""

from django.utils.translation import gettext_lazy as _

SHORTCUTS = (
    (
        _("Everywhere"),
        ((_("Scan or find"), ("Alt", "Shift", "K")), (_("Send the form"), ("Ctrl", "Enter")), (_("Save"), ("Alt", "Shift", "S"))),
    ),
    (
        _("At the counter"),
        (
            (_("New dossier"), ("Alt", "Shift", "N")),
            (_("Next ticket"), ("Alt", "Shift", "T")),
            (_("Print the slip"), ("Alt", "Shift", "I")),
        ),
    ),
    (
        _("At the agency"),
        (
            (_("Propose, or read and sign"), ("Alt", "Shift", "P")),
            (_("The main button of the page"), ("Alt", "Shift", "N")),
        ),
    ),
    (
        _("In a list"),
        (
            (_("Next or previous row"), ("↓", "↑")),
            (_("Open"), ("Enter",)),
            (_("Open the first one"), ("Alt", "Shift", "O")),
            (_("Tick"), (_("Space"),)),
            (_("Take the next dossier"), ("Alt", "Shift", "D")),
        ),
    ),
)
