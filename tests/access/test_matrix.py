"""Every URL × every role × GET and POST × own and foreign object, generated from the resolver; expectations: policy.py."""

import re

import pytest

from portal.accounts.checks import routes
from tests.access.asking import Seen, asked
from tests.access.policy import CLOSED_BUT, CLOSED_PREFIX, LINES, ROLES, Line, expected
from tests.access.world import SHARED, SIDES, World, arguments

REFUSED = {"login", "403", "404", "405"}
METHODS = ("GET", "POST")
MAY_READ_EVERYTHING = {"national"}
RELATED = {"owner", "clerk", "agency_clerk", "officer", "leader", "supervisor", "agency_supervisor", "national"}

ASKED = {("dossiers:officer-opinions", "other_officer"), ("dossiers:officer-opinions", "other_leader")}
"""An agency that is asked reads which dossier it is asked about."""


def test_every_url_has_a_line_and_every_line_a_url() -> None:
    known = {name or route for route, name, _view in routes() if not route.startswith(CLOSED_PREFIX) or route.startswith(CLOSED_BUT)}

    assert {line.name for line in LINES} == known
    assert len({(line.name, line.kind) for line in LINES}) == len(LINES)


def test_the_sign_in_librarys_own_pages_are_closed(world: World) -> None:
    library = [route for route, _name, _view in routes() if route.startswith(CLOSED_PREFIX) and not route.startswith(CLOSED_BUT)]
    # The library's middleware sends its bare prefix on to its own door, which is closed too.
    closed = sorted({re.sub(r"\^.*|<.*", "x/", route) for route in library} - {CLOSED_PREFIX})

    for role in ("anonymous", "owner", "clerk"):
        for method in METHODS:
            answers = {route: asked(world, role, method, f"/{route}", {}).status for route in closed}
            assert answers == dict.fromkeys(closed, "404")


def rule_of(line: Line, method: str) -> str:
    return line.get if method == "GET" else line.post


def wanted(line: Line, role: str, method: str, side: str) -> str:
    """What the line says; on the foreign side, what was admitted is a 404 unless `foreign` opens it or names another status."""
    status = expected(rule_of(line, method), role)
    if side == "own" or status in REFUSED:
        return status
    try:
        foreign = expected(line.foreign, role) if line.foreign else "404"
    except AssertionError:
        foreign = "404"
    return status if foreign == "open" else foreign


def matches(seen: Seen, status: str) -> bool:
    if status == "ok":
        return seen.status not in REFUSED and int(seen.status) < 500
    if status == "405":
        return seen.status in {"404", "405"}  # which of the two is looked at first does not matter
    return seen.status == status


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.name}-{line.kind}")
def test_each_cell(world: World, line: Line) -> None:
    wrong: list[str] = []
    for side in SIDES[:1] if line.kind.partition("/")[0] in SHARED else SIDES:
        named = arguments(line.kind, world.side(side))
        for method in METHODS:
            for role in ROLES:
                status = wanted(line, role, method, side)
                seen = asked(world, role, method, line.name, named)
                cell = f"{method} {side} as {role}"
                if not matches(seen, status):
                    wrong.append(f"{cell}: {seen.status} instead of {status}")
                if seen.status in REFUSED and seen.has_changed:
                    wrong.append(f"{cell}: refused, yet something was written")
                wrong += [f"{cell}: tells {canary}" for canary in leaked(world, line, role, seen, str(named.get("code", "")))]
    assert wrong == []


def leaked(world: World, line: Line, role: str, seen: Seen, asked_code: str) -> list[str]:
    """Canaries that this role must not read: of anybody in a refusal, of strangers on a list. The code that was asked for is known."""
    if seen.status in REFUSED:
        forbidden = [*world.own.canaries, *world.foreign.canaries]
    elif line.kind != "-" or role in MAY_READ_EVERYTHING:
        return []
    else:
        forbidden = [*world.foreign.canaries, *([] if role in RELATED else world.own.canaries)]
        if (line.name, role) in ASKED:
            forbidden.remove(world.own.dossiers["assigned"].code)
    body = seen.body.replace(asked_code, "")
    return [canary for canary in forbidden if canary in body]
