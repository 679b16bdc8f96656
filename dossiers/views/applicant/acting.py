"""For whom somebody files: for oneself, for another person, for an organisation. Decides who stands in which of the four parties."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.forms import OTHER, OWNER, SUBMITTER, PartiesForm
from dossiers.models import Draft, Party
from portal.accounts.models import CitizenProfile, User
from portal.core.clock import business_today

PREFIX = "p"
MODE = "acting_for"


class Mode(StrEnum):
    """For whom a draft is filed."""

    SELF = "self"
    OTHER = "other"
    ORGANISATION = "organisation"


LABELS: Mapping[Mode, str | Promise] = {
    Mode.SELF: gettext_lazy("For myself"),
    Mode.OTHER: gettext_lazy("For another person (child, relative, somebody who authorised me)"),
    Mode.ORGANISATION: gettext_lazy("For an organisation or business that I represent"),
}

_SHOWN: Mapping[Mode, tuple[str, ...]] = {
    Mode.SELF: ("owner_address", "phone", "email"),
    Mode.OTHER: (
        *("owner_name", "owner_personal_id", "owner_birth_date", "owner_sex", "owner_address"),
        *("submitter_ground", "phone", "email"),
    ),
    Mode.ORGANISATION: ("owner_name", "owner_tax_code", "owner_address", "submitter_ground", "phone", "email"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """The signed-in citizen as the identity provider vouches for."""

    user: User
    profile: CitizenProfile

    def as_owner(self) -> dict[str, str]:
        """Values of PartiesForm for a person who is the owner."""
        born = self.profile.birth_date
        return {
            "owner_name": self.user.full_name,
            "owner_personal_id": self.profile.personal_id,
            "owner_birth_date": f"{born:%d/%m/%Y}" if born else "",
            "owner_sex": self.profile.sex,
        }

    def answers(self) -> dict[str, Any]:
        """The person as `formschema.prefill` reads one."""
        born = self.profile.birth_date
        known = {
            "full_name": self.user.full_name,
            "personal_id": self.profile.personal_id,
            "birth_date": born.isoformat() if born else "",
            "sex": self.profile.sex,
            "address_text": self.profile.address,
            "phone": self.profile.phone,
            "email": self.user.email,
        }
        return {name: value for name, value in known.items() if value}


def mode_of(parties: Mapping[str, Any]) -> Mode:
    """For whom the draft is filed."""
    return Mode(parties[MODE]) if parties.get(MODE) in set(Mode) else Mode.SELF


def first_parties(mode: Mode, person: Person, ground: str) -> dict[str, Any]:
    """The parties of a new draft, as far as they are known."""
    known: dict[str, Any] = {MODE: mode.value, "subject_is": OWNER, "phone": person.profile.phone, "email": person.user.email}
    if mode is Mode.SELF:
        known |= {"owner_address": person.profile.address, "collector_is": OWNER}
    else:
        known |= {"submitter_ground": ground, "collector_is": SUBMITTER}
    if mode is Mode.ORGANISATION:
        known |= {"owner_name": person.profile.organisation_name, "owner_tax_code": person.profile.organisation_tax_code}
        if person.profile.organisation_tax_code and not ground:
            known["submitter_ground"] = _("Legal representative of the organisation")
    return known | forced(mode, person)


def forced(mode: Mode, person: Person) -> dict[str, Any]:
    """What nobody can type: who is signed in, and in which role."""
    if mode is Mode.SELF:
        return {"owner_kind": Party.Kind.PERSON.value, "submitter_is": OWNER, **person.as_owner()}
    kind = Party.Kind.ORGANISATION if mode is Mode.ORGANISATION else Party.Kind.PERSON
    return {
        "owner_kind": kind.value,
        "submitter_is": OTHER,
        "submitter_name": person.user.full_name,
        "submitter_personal_id": person.profile.personal_id,
        "submitter_tax_code": "",
    }


def parties_form(draft: Draft, person: Person, posted: Mapping[str, Any] | None = None) -> PartiesForm:
    """The form bound to what was posted, or to what is on the draft; the signed-in person cannot be typed over."""
    mode = mode_of(draft.parties)
    given: dict[str, Any] = dict(draft.parties)
    if posted is not None:
        given = {name: posted.get(f"{PREFIX}-{name}", "") for name in PartiesForm(today=business_today()).fields}
    given |= forced(mode, person)
    return PartiesForm({f"{PREFIX}-{name}": value for name, value in given.items()}, prefix=PREFIX, today=business_today())


def shown_fields(form: PartiesForm, mode: Mode) -> list[Any]:
    """The fields that this person has to see."""
    return [form[name] for name in _SHOWN[mode]]


def other_fields(form: PartiesForm) -> list[dict[str, Any]]:
    """Person concerned and collector; the submitter is who is signed in."""
    return [form.section(role) for role in (Party.Role.SUBJECT, Party.Role.COLLECTOR)]
