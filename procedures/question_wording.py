"""Questions of a form in the words of the people who keep the catalogue."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.differences import Asked
from procedures.formschema.conditions import Json
from procedures.formschema.edit import condition_words
from procedures.formschema.schema import Field, RawSchema, Schema, known_schema
from procedures.reasons import fact_name

KINDS: Mapping[str, object] = {
    "text": gettext_lazy("a line of text"),
    "long": gettext_lazy("a longer text"),
    "name": gettext_lazy("a person's name"),
    "int": gettext_lazy("a number"),
    "money": gettext_lazy("an amount of money"),
    "date": gettext_lazy("a day"),
    "partial_date": gettext_lazy("a day, month or year"),
    "time": gettext_lazy("a time of day"),
    "yesno": gettext_lazy("yes or no"),
    "choice": gettext_lazy("one of several answers"),
    "many": gettext_lazy("any of several answers"),
    "cccd": gettext_lazy("a personal identification number"),
    "phone": gettext_lazy("a telephone number"),
    "email": gettext_lazy("an e-mail address"),
    "address": gettext_lazy("a place"),
    "organisation": gettext_lazy("an organisation with its tax code"),
    "repeat": gettext_lazy("a table"),
    "computed": gettext_lazy("worked out from other answers"),
    "note": gettext_lazy("a note without an answer"),
}
"""The types of question."""


def when_text(schema: Schema, raw: Json) -> str:
    """When something is asked for, in words; empty for always."""
    return condition_words(schema, raw) or (str(_("by the condition of the form")) if raw is not None else "")


def required_text(item: Field) -> str:
    """Whether a question must be answered."""
    if item.required_when is not None:
        return _("required in some cases")
    return _("required") if item.required else _("optional")


def asked_in(form: RawSchema) -> dict[str, Asked]:
    """The questions of a form as people read them, by key, in their order."""
    schema = known_schema(form)
    return {item.key: _asked(schema, section.title.vi, item) for section, item in schema.fields()}


def _asked(schema: Schema, part: str, item: Field) -> Asked:
    return Asked(
        label=item.label.vi,
        part=part,
        kind=str(KINDS.get(item.type, item.type)),
        required=required_text(item),
        options=tuple(choice.label.vi for choice in item.choices),
        place=fact_name(item.fact) if item.fact else "",
        when=when_text(schema, item.raw_show),
        hint=item.hint.vi,
    )
