"""Every verb of the lifecycle as people do it: the real action, with what it asks for, on whatever dossier there is.

Who acts is right and what is typed is complete; whether the step is possible is for the action to say.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dossiers.actions.decide import Proposal, claim, propose, release, send_back, sign
from dossiers.actions.delay import extend, withdraw
from dossiers.actions.expire import expire_supplement
from dossiers.actions.file import FeeInput, file
from dossiers.actions.hand_back import Collector, arrive, call_result_to, hand_back, is_electronic, open_as_file, send_result
from dossiers.actions.inherit import hand_on_due
from dossiers.actions.not_competent import Return, return_not_competent
from dossiers.actions.obligation import Obligation, require_payment
from dossiers.actions.reassign import Giving, reassign
from dossiers.actions.recount import apply_change, recount_some
from dossiers.actions.reopen import reopen
from dossiers.actions.reroute import pass_on
from dossiers.actions.review import accept, refuse
from dossiers.actions.route import FOR_A_PERSON, decide_route, route
from dossiers.actions.set_fee import set_fee_amount
from dossiers.actions.stop import Ground, resume, stop
from dossiers.actions.supplement import Asked, answer_supplement, ask_supplement
from dossiers.actions.transition import By, locked
from dossiers.actions.unpaid import expire_payment
from dossiers.lifecycle import Verb
from dossiers.models import CalendarChange, Dossier, FeeLine, HandlingStop
from payments.actions.orders import take_cash
from portal.accounts.models import Membership, Role, User
from portal.agencies.models import Agency, Office
from portal.agencies.queries import working_calendar
from portal.core.db import Scope, acting_as
from portal.core.errors import DomainError
from portal.core.workcalendar import local
from procedures.models import Channel, ProcedureVersion, ResultType
from tests.factories import MARITAL_STATUS, OWNER_ID, centre, citizen, committee, fee, filing, staff, working
from tests.factories.reorganisations import DAY, merger

REASON = "Hồ sơ cần được xem xét lại theo quy định."
UNKNOWN_FEE = FeeInput(rule_id=None, kind="charge", name="Phí do Hội đồng nhân dân quy định", amount_vnd=None)
SINCE = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Birth:
    """One way to file."""

    verb: Verb
    channel: str
    fees: tuple[FeeInput, ...] = ()
    exempt: bool = False


BIRTHS = (
    Birth(Verb.ACCEPT_AT_COUNTER, Channel.DIRECT, (UNKNOWN_FEE,)),
    Birth(Verb.ACCEPT_AT_COUNTER, Channel.DIRECT),
    Birth(Verb.FILE_ONLINE, Channel.ONLINE, (UNKNOWN_FEE,)),
    Birth(Verb.FILE_ONLINE_UNPAID, Channel.ONLINE, (fee(), UNKNOWN_FEE)),
    Birth(Verb.REGISTER_AT_COUNTER, Channel.DIRECT, exempt=True),
)


class NoPlace(DomainError):
    """Nothing here that the act could be done to."""


class Acts:
    """The people of two communes and of two counters, who do all this. `kind` of result: 0 a file, 1 a card, or now this, now that."""

    def __init__(self) -> None:
        self.home, self.other = committee(), committee("00008")
        self.heir = self.home
        self.kind: int | None = None
        self.officers = [self._person(Role.OFFICER), self._person(Role.OFFICER)]
        self.leaders = [self._person(Role.LEADER), self._person(Role.LEADER)]
        self.here, self.there = centre(), centre("48")
        self.clerk = staff(Role.CLERK, self.here)
        self.gatekeepers = [staff(Role.CLERK, self._gate(agency)) for agency in (self.home, self.other)]
        self.supervisor = staff(Role.SUPERVISOR, centre("01"))
        self.editors = [staff(Role.CATALOGUE_EDITOR), staff(Role.CATALOGUE_APPROVER)]
        self.citizen = citizen()
        self.results = [
            ResultType.objects.filter(version__procedure__code=MARITAL_STATUS, version__state="published", outcome="grant").order_by("pk")[
                0
            ],
            ResultType.objects.filter(medium=ResultType.Medium.CARD, outcome="grant").order_by("pk")[0],
        ]
        exempt = ProcedureVersion.objects.filter(exempt_from_pilot=True, state="published").order_by("pk")[0]
        self.exempt = exempt.procedure.code
        self.acts: dict[Verb, Callable[[Dossier, datetime], object]] = {
            verb: getattr(self, f"_{verb}") for verb in Verb if hasattr(self, f"_{verb}")
        }
        self.acts |= {Verb.ROUTE_TO_RECEPTION: self._hand_over, Verb.RECHECK: self._accept}
        self.acts |= {Verb.ASK_SUPPLEMENT_BEFORE_ACCEPTANCE: self._ask_supplement, Verb.PRINT_AT_COUNTER: self._send_result}

    @property
    def scope(self) -> Scope:
        """Of everybody here at once: who may see what is tested elsewhere."""
        agencies = (self.home, self.other, self.heir)
        offices = (self.here, self.there, *(self._gate(agency) for agency in agencies))
        return Scope(self.clerk.pk, tuple(each.pk for each in offices), tuple(each.pk for each in agencies))

    def _person(self, role: str) -> User:
        person = staff(role, self.home)
        self.post(person, self.other)
        return person

    def post(self, person: User, agency: Agency) -> None:
        """The person has the same post at the agency too."""
        role = person.memberships.order_by("pk")[0].role
        Membership.objects.create(user=person, role=role, agency=agency, valid_from=SINCE)

    def file(self, birth: Birth, at: datetime) -> Dossier:
        """A new dossier of the person. A clerk's is filed at a counter that is far away, or whose agency does not let it accept."""
        changes: dict[str, Any] = {"channel": birth.channel, "fees": birth.fees, "at": at}
        if birth.exempt:
            changes["procedure"] = self.exempt
        if birth.channel == Channel.ONLINE:
            changes["applicant"] = self.citizen
        office = self._gate(self.home) if birth.verb is Verb.FILE_ONLINE else self.here
        with acting_as(self.scope):
            return file(filing(self.clerk, office, **changes)).dossier

    def do(self, verb: Verb, dossier: Dossier, at: datetime) -> object:
        """The act, in a transaction of its own. Raises what the action raises, or NoPlace."""
        with acting_as(self.scope), transaction.atomic():
            return self.acts[verb](dossier, at)

    def merge(self) -> None:
        """From DAY on both communes are one, and everybody goes on there."""
        merger(DAY)
        self.heir = Agency.objects.select_related("reception_office").on(DAY).get(unit__code="90001", kind=self.home.kind)
        staff(Role.CLERK, self._gate(self.heir))
        for person in (*self.officers, *self.leaders):
            if not person.memberships.filter(agency=self.heir).exists():
                self.post(person, self.heir)

    def agency_on(self, at: datetime) -> Agency:
        """The agency of the home commune, or what followed it."""
        return self.heir if local(at).date() >= DAY else self.home

    # One for each verb. The name says which.

    def _hand_over(self, dossier: Dossier, at: datetime) -> object:
        if dossier.routing in FOR_A_PERSON:
            return decide_route(dossier, agency=self.agency_on(at), by=By(self.supervisor, at, office=self.here), note=REASON)
        with working():
            found = route(dossier.pk, at=at)
        if found not in (*FOR_A_PERSON, Dossier.Routing.ROUTED):
            raise NoPlace(found)
        return found

    def _require_payment(self, dossier: Dossier, at: datetime) -> object:
        owed = Obligation("Thuế thu nhập cá nhân", "levy", 125_000, at + timedelta(days=5), "Thông báo 12/TB-CT")
        return require_payment(dossier, by=self._officer(dossier, at), obligation=owed, expected_version=dossier.state_version)

    def _settle_payment(self, dossier: Dossier, at: datetime) -> object:
        return take_cash(dossier, by=By(self.clerk, at, office=self.here))

    def _set_fee(self, dossier: Dossier, at: datetime) -> object:
        line = dossier.fee_lines.filter(state=FeeLine.State.UNKNOWN).first()
        if line is None:
            raise NoPlace("nothing here")
        by = By(self.clerk, at, office=dossier.receiving_office)
        return set_fee_amount(line, amount_vnd=20_000, basis="Nghị quyết 12/2026/NQ-HĐND", by=by)

    def _accept(self, dossier: Dossier, at: datetime) -> object:
        return accept(dossier, by=self._gatekeeper(dossier, at), expected_version=dossier.state_version)

    def _ask_supplement(self, dossier: Dossier, at: datetime) -> object:
        by = self._officer(dossier, at)
        items = [Asked("Bản chụp căn cước rõ hơn", "Ảnh mờ")]
        day = local(at).date() + timedelta(days=6)
        return ask_supplement(dossier, by=by, items=items, answer_by=day, expected_version=dossier.state_version)

    def _answer_supplement(self, dossier: Dossier, at: datetime) -> object:
        request = dossier.supplement_requests.filter(answered_at__isnull=True).first()
        answers = {item.pk: "Đã gửi bản rõ hơn." for item in request.items.all()} if request else {}
        return answer_supplement(dossier, by=By(self.citizen, at), answers=answers)

    def _supplement_expired(self, dossier: Dossier, at: datetime) -> object:
        if not expire_supplement(dossier.pk, at=at):
            raise NoPlace("nothing here")
        return True

    def _payment_expired(self, dossier: Dossier, at: datetime) -> object:
        if not expire_payment(dossier.pk, at=at):
            raise NoPlace("nothing here")
        return True

    def _refuse(self, dossier: Dossier, at: datetime) -> object:
        return refuse(dossier, by=self._gatekeeper(dossier, at), reason=REASON, expected_version=dossier.state_version)

    def _claim(self, dossier: Dossier, at: datetime) -> object:
        return claim(dossier, by=self._officer(dossier, at))

    def _release(self, dossier: Dossier, at: datetime) -> object:
        return release(dossier, by=self._officer(dossier, at), expected_version=dossier.state_version)

    def _reassign(self, dossier: Dossier, at: datetime) -> object:
        first, second = self.officers
        giving = Giving(second if dossier.assigned_to_id == first.pk else first, REASON)
        return reassign(dossier, by=self._leader(dossier, at), giving=giving, expected_version=dossier.state_version)

    def _return_not_competent(self, dossier: Dossier, at: datetime) -> object:
        return return_not_competent(dossier, Return("field", REASON), by=self._officer(dossier, at), expected_version=dossier.state_version)

    def _reroute(self, dossier: Dossier, at: datetime) -> object:
        held = locked(dossier.pk)
        if held.agency is None or held.routing != Dossier.Routing.ROUTED:
            raise NoPlace("nothing here")
        here = self.agency_on(at)
        to = self.other if held.agency_id != self.other.pk and here == self.home else here
        pass_on(held, to, By(self.supervisor, at, office=self.here))
        return to

    def _inherit(self, dossier: Dossier, at: datetime) -> object:
        """Whatever of an agency or an office that has ended is open, not this dossier alone."""
        with working():
            hand_on_due(at=at)
        if Dossier.objects.get(pk=dossier.pk).event_seq == dossier.event_seq:
            raise NoPlace("nothing here")
        return True

    def _propose(self, dossier: Dossier, at: datetime) -> object:
        kind = self.results[_parity(dossier) if self.kind is None else self.kind]
        proposal = Proposal(type=kind, summary="Cấp giấy theo đề nghị của bà Nguyễn Thị Ước.", serial="BA 123456")
        return propose(dossier, by=self._officer(dossier, at), proposal=proposal, expected_version=dossier.state_version)

    def _send_back(self, dossier: Dossier, at: datetime) -> object:
        return send_back(dossier, by=self._leader(dossier, at), reason=REASON, expected_version=dossier.state_version)

    def _sign(self, dossier: Dossier, at: datetime) -> object:
        if not dossier.results.filter(withdrawn_at__isnull=True, signed_at__isnull=True).exists():
            raise NoPlace("nothing here")
        return sign(dossier, by=self._leader(dossier, at), expected_version=dossier.state_version)

    def _extend(self, dossier: Dossier, at: datetime) -> object:
        until = (dossier.due_at or at) + timedelta(days=4)
        by = self._officer(dossier, at)
        return extend(dossier, by=by, new_due_at=until, reason=REASON, expected_version=dossier.state_version)

    def _stop(self, dossier: Dossier, at: datetime) -> object:
        ground = Ground(HandlingStop.Ground.DISPUTE, REASON, is_pause=dossier.event_seq % 4 != 0)
        return stop(dossier, by=self._leader(dossier, at), ground=ground, expected_version=dossier.state_version)

    def _resume_stopped(self, dossier: Dossier, at: datetime) -> object:
        return resume(dossier, by=self._leader(dossier, at), reason=REASON, expected_version=dossier.state_version)

    def _recount(self, dossier: Dossier, at: datetime) -> object:
        """The last working day before the dossier is due turns out to be a day off."""
        due = local(dossier.due_at or at).date()
        calendar = working_calendar(range(due.year - 1, due.year + 2))
        if dossier.due_at is None or due <= local(at).date() or not calendar.is_working_day(due):
            raise NoPlace("nothing here")
        first, second = self.editors
        change = CalendarChange.objects.create(
            on=due, kind=CalendarChange.Kind.DAY_OFF, name_vi="Nghỉ", source="Quyết định 7/QĐ-TTg", proposed_by=first, proposed_at=at
        )
        apply_change(change.pk, user=second, at=at)
        moved = 0
        while CalendarChange.objects.filter(pk=change.pk, finished_at__isnull=True).exists():
            moved += recount_some(at=at)
        if not moved:
            raise NoPlace("nothing here")
        return moved

    def _reopen(self, dossier: Dossier, at: datetime) -> object:
        return reopen(dossier, by=self._leader(dossier, at), reason=REASON, expected_version=dossier.state_version)

    def _withdraw(self, dossier: Dossier, at: datetime) -> object:
        return withdraw(dossier, by=By(self.clerk, at, office=self.here), reason=REASON)

    def _send_result(self, dossier: Dossier, at: datetime) -> object:
        office = self.there if dossier.returning_office_id != self.there.pk else self.here
        call_result_to(dossier, by=By(self.clerk, at, office=office), office=office)
        if not is_electronic(dossier):
            send_result(dossier, by=By(self.clerk, at, office=dossier.returning_office))
        return office

    def _arrive(self, dossier: Dossier, at: datetime) -> object:
        return arrive(dossier, by=By(self.clerk, at, office=dossier.returning_office))

    def _hand_back(self, dossier: Dossier, at: datetime) -> object:
        collector = Collector("Nguyễn Thị Ước", OWNER_ID, identity_checked=True)
        before = dossier.event_seq
        if not dossier.results.filter(withdrawn_at__isnull=True, is_electronic=True).exists() or dossier.state != "issued":
            return hand_back(dossier, by=By(self.clerk, at, office=dossier.returning_office), collector=collector)
        open_as_file(dossier, by=By(self.citizen, at), collector=collector)
        dossier.refresh_from_db()
        if dossier.event_seq == before:
            raise NoPlace("nothing here")
        return dossier

    # In whose name.

    def _officer(self, dossier: Dossier, at: datetime) -> By:
        holder = dossier.assigned_to if dossier.assigned_to_id else self.officers[_parity(dossier)]
        return By(holder, at, office=self._gate(dossier.agency), agency=dossier.agency)

    def _leader(self, dossier: Dossier, at: datetime) -> By:
        return By(self.leaders[_parity(dossier)], at, agency=dossier.agency)

    def _gatekeeper(self, dossier: Dossier, at: datetime) -> By:
        return By(self.clerk, at, office=self._gate(dossier.agency))

    def _gate(self, agency: Agency | None) -> Office:
        return (agency.reception_office if agency else None) or self.here


def _parity(dossier: Dossier) -> int:
    """The same in every repetition of a walk, other than the key."""
    return int(dossier.code[-1]) % 2
