"""What a reorganisation of units does to their agencies, offices and service areas. Pure.

Each agency of a unit that ends gets, in each unit that stands there afterwards, a successor of its kind: one that exists and
goes on, or a new one in which several may meet. Branches with a service area never meet: each goes on as one of its own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from portal.agencies.placenames import lowered
from portal.agencies.reorganisation import PROVINCE, Became, NewPlace, UnitPlan
from portal.agencies.reorganisation_values import Area, Bodies, Body, BodyPlan, Doubt, NewBody, Ref

COMMITTEES = ("provincial_committee", "commune_committee")


def body_plan(units: UnitPlan, bodies: Bodies, suffix: str) -> BodyPlan:
    """Agencies, offices and areas that end and begin with the units. `suffix` tells new identifiers from old ones of the same code."""
    planner = _Planner(units, bodies, suffix)
    planner.agencies()
    planner.offices()
    planner.areas()
    return planner.plan


class _Planner:
    def __init__(self, units: UnitPlan, bodies: Bodies, suffix: str) -> None:
        self.units, self.bodies, self.suffix = units, bodies, suffix
        self.plan = BodyPlan()
        self.new = {place.code: place for place in units.begins}
        self.became: dict[int, list[Became]] = defaultdict(list)
        for row in units.became:
            self.became[row.old.id].append(row)
        self.old = {place.id: place for place in units.ends}
        self.taken = set(bodies.taken)
        self.roots: dict[str, str] = {}
        self.targets: dict[int, dict[str, Ref]] = defaultdict(dict)
        """Per agency that ends, its successor in each new unit (by code)."""

    def agencies(self) -> None:
        ending = [body for body in self.bodies.agencies if body.unit in self.old]
        self.plan.agency_ends = ending
        for place in sorted(self.units.begins, key=lambda each: each.level != PROVINCE):
            self.roots[place.code] = self._root(place)
        made: dict[tuple[str, str, int], list[Body]] = defaultdict(list)
        for body in ending:
            for row in self._rows(body):
                present = self._present(self.bodies.agencies, row, body)
                if present is not None:
                    self.targets[body.id][row.code] = present.id
                else:
                    made[row.code, body.kind, body.id if body.served else 0].append(body)
        for (code, _kind, _one), group in made.items():
            self._begin_agency(self.new[code], group)
        self.plan.agencies = [self._with_parent(each) for each in self.plan.agencies]
        self.plan.agency_successions = [(body.id, ref) for body in ending for ref in self.targets[body.id].values()]

    def _rows(self, body: Body) -> list[Became]:
        """Where the agency goes on. A branch of a divided province follows most of its communes."""
        rows = self.became[body.unit]
        if not body.served or len(rows) < 2:
            return rows
        votes = Counter(self.new[row.code].province for commune in body.served for row in self.became[commune] if row.code in self.new)
        return [max(rows, key=lambda row: (votes[row.code], row.code))]

    def _present(self, present: Iterable[Body], row: Became, body: Body) -> Body | None:
        if row.existing is None or body.served:
            return None
        return next((each for each in present if each.unit == row.existing and each.kind == body.kind), None)

    def _root(self, place: NewPlace) -> str:
        """The identifier of the new unit's committee: as entered, else the scheme's; marked when it was given before."""
        if place.identifier:
            return self._free(place.identifier)
        if place.level == PROVINCE:
            return self._free(self.bodies.roots.get(place.old[0].code, place.code))
        province = self.roots.get(place.province) or self.bodies.roots.get(place.province, place.province)
        return self._free(f"{province}.{place.code[:2]}.{place.code[2:]}")

    def _free(self, identifier: str) -> str:
        found, count = identifier, 1
        while found in self.taken:
            found = f"{identifier}.{self.suffix}" if count == 1 else f"{identifier}.{self.suffix}{count}"
            count += 1
        self.taken.add(found)
        return found

    def _begin_agency(self, place: NewPlace, group: list[Body]) -> None:
        like = self._model(place, group)
        own_root = next((each.identifier for each in self.bodies.agencies if each.unit == like.unit and each.kind in COMMITTEES), "")
        rest = like.identifier.removeprefix(own_root) if own_root and like.identifier.startswith(own_root) else f".{like.kind[:8]}"
        root = self.roots[place.code]
        identifier = root if like.kind in COMMITTEES else self._free(f"{root}{rest}"[:30])
        aliases = dict.fromkeys(alias for body in group for alias in (body.identifier, *body.aliases))
        self.plan.agencies.append(NewBody(identifier, self._name(like, place), like, place.code, tuple(aliases), like.parent, like.partner))
        for body in group:
            self.targets[body.id][place.code] = identifier

    def _model(self, place: NewPlace, group: list[Body]) -> Body:
        """The predecessor that the new body resembles: of the unit with the same type and code, if there is one."""

        def distance(body: Body) -> tuple[bool, int, str]:
            old = self.old[body.unit]
            return (old.type != place.type, next(i for i, each in enumerate(place.old) if each.id == body.unit), body.identifier)

        return min(group, key=distance)

    def _name(self, like: Body, place: NewPlace) -> str:
        old = self.old[like.unit]
        before, after = lowered(old.name), lowered(place.name)
        if place.level != PROVINCE:
            before += f", {lowered(old.province_name)}"
            after += f", {lowered(self.province_name(place.province))}"
        return like.name.replace(before, after) if before in like.name else f"{like.name} ({after})"

    def province_name(self, code: str) -> str:
        """The province of that code after the day."""
        return self.new[code].name if code in self.new else self.bodies.province_names.get(code, code)

    def _with_parent(self, body: NewBody) -> NewBody:
        province = self.new[body.unit].province
        parent = self._follow(body.like.parent, body.unit, province)
        return NewBody(body.identifier, body.name, body.like, body.unit, body.aliases, parent, body.partner)

    def _follow(self, agency: int | None, unit: str, province: str) -> Ref | None:
        """The successor in the same unit, else in its province; an agency that goes on is its own."""
        targets = self.targets.get(agency or 0, {})
        if agency is None or not targets:
            return agency
        return targets.get(unit) or targets.get(province) or next(iter(targets.values()))

    def offices(self) -> None:
        ending = [body for body in self.bodies.offices if body.unit in self.old]
        self.plan.office_ends = ending
        groups: dict[str, list[Body]] = defaultdict(list)
        moved: dict[int, dict[str, Ref]] = defaultdict(dict)
        for body in ending:
            for row in self.became[body.unit]:
                present = next((each for each in self.bodies.offices if each.unit == row.existing), None)
                if present is not None:
                    moved[body.id][row.code] = present.id
                else:
                    groups[row.code].append(body)
        for code, group in groups.items():
            place = self.new[code]
            like = self._model(place, group)
            for body in group:
                moved[body.id][code] = self.roots[code]
            agency = self._follow(like.partner, code, place.province)
            self.plan.offices.append(
                NewBody(
                    self.roots[code], self._name(like, place), like, code, tuple(body.identifier for body in group), like.parent, agency
                )
            )
        self.targets_of_offices = moved
        self.plan.offices = [
            NewBody(each.identifier, each.name, each.like, each.unit, each.aliases, self._office(each.like.parent, each.unit), each.partner)
            for each in self.plan.offices
        ]
        self.plan.agencies = [
            NewBody(each.identifier, each.name, each.like, each.unit, each.aliases, each.parent, self._office(each.like.partner, each.unit))
            for each in self.plan.agencies
        ]
        self.plan.office_successions = [(body.id, ref) for body in ending for ref in moved[body.id].values()]

    def _office(self, office: int | None, unit: str) -> Ref | None:
        targets = self.targets_of_offices.get(office or 0, {})
        if office is None or not targets:
            return office
        return targets.get(unit) or targets.get(self.new[unit].province) or next(iter(targets.values()))

    def areas(self) -> None:
        branches = [body for body in self.bodies.agencies if body.served]
        for place in (each for each in self.units.begins if each.level != PROVINCE):
            old = {each.id for each in place.old}
            votes: dict[str, Counter[int]] = defaultdict(Counter)
            for body in branches:
                if count := len(old.intersection(body.served)):
                    votes[body.kind][body.id] += count
            for counted in votes.values():
                self._serve(place, counted, {body.id: body for body in branches})

    def _serve(self, place: NewPlace, counted: Counter[int], branches: Mapping[int, Body]) -> None:
        order = sorted(counted, key=lambda pk: (-counted[pk], branches[pk].identifier))
        agency = self._follow(order[0], place.code, place.province)
        assert agency is not None  # noqa: S101 -- it has an id
        self.plan.areas.append(Area(agency, place.code))
        if len(order) > 1:
            self.plan.doubts.append(Doubt(place.name, branches[order[0]].name, tuple(branches[pk].name for pk in order[1:])))
