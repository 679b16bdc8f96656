"""What a person says when something is to be sent again, closed, started or stopped."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.messages import ABOUT_DOSSIERS, ROUTING
from dossiers.models import Dossier
from dossiers.queries import our_code
from portal.core.clock import LOCAL
from portal.core.forms import DateField
from portal.outbox.replays import Chosen
from portal.site.operations.rows import STREAMS, Stream

MOST_TICKED = 200


class ReasonForm(forms.Form):
    """Why. It stays on record with the name."""

    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("It stays on record with your name."))


class TickedForm(ReasonForm):
    """The ticked messages."""

    pick = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        ticked = [value for value in data.getlist("pick") if value.isascii() and value.isdigit() and len(value) < 19][:MOST_TICKED]
        self.fields["pick"].choices = [(value, value) for value in ticked]  # type: ignore[attr-defined]

    def chosen(self) -> Chosen:
        """The choice; nothing ticked chooses nothing."""
        return Chosen(ids=self.cleaned_data.get("pick") or [0])


class RangeForm(ReasonForm):
    """A whole dossier, or everything of a stream that was parked in a span of days."""

    code = forms.CharField(label=_("Dossier code"), max_length=50, required=False)
    stream = forms.ChoiceField(label=_("Stream"), required=False)
    since = DateField(label=_("Parked from"), required=False)
    until = DateField(label=_("Parked until"), required=False)
    field_order = ("code", "stream", "since", "until", "reason")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["stream"].choices = [("", _("Every stream")), *STREAMS.items()]  # type: ignore[attr-defined]

    def clean_code(self) -> int | None:
        """The key of the dossier with this code, ours or the portal's; or nothing."""
        if not self.cleaned_data["code"].strip():
            return None
        found = Dossier.objects.filter(code=our_code(self.cleaned_data["code"])).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError(_("There is no dossier with this code."))
        return found

    def clean(self) -> dict[str, Any]:
        """At least one limit is named, and no dossier of a stream whose messages are about something else."""
        values = super().clean() or {}
        if not self.errors and not any(values.get(name) for name in ("code", "stream", "since", "until")):
            raise forms.ValidationError(_("Name a dossier, a stream or a span of days."))
        if values.get("code") and values.get("stream") and values["stream"] not in ABOUT_DOSSIERS:
            self.add_error("stream", _("The messages of this stream are not found by the code of a dossier."))
        return values

    def chosen(self) -> Chosen:
        """The choice."""
        values = self.cleaned_data
        since, until = values.get("since"), values.get("until")
        stream = values["stream"] or (Stream.NATIONAL if values["code"] else "")
        return Chosen(
            stream=stream,
            kind=ROUTING if values["code"] and stream == Stream.ROUTE else "",
            subject_id=values["code"],
            since=datetime.combine(since, time(), LOCAL) if since else None,
            before=datetime.combine(until + timedelta(days=1), time(), LOCAL) if until else None,
        )
