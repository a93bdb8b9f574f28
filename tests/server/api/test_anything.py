"""Whatever the contract allows, and what it does not, from each role: never a fault of ours.

Schemathesis makes the requests from the OpenAPI document and holds the answers against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.api.openapi import document
from server.contract import ROUTES
from server.domain.roles import ROLES
from tests.server.process import Server, office_toml

pytestmark = pytest.mark.timeout(900)
SHORT, LONG = 2, 20
"""Examples of a call: in the gate, and in the soak."""
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip
NOT_ASKED = {
    "/api/events": "a socket",
    "/api/agent": "a socket",
    "/api/city/log": "packed lines: tests/server/city/test_taking.py",
    "/api/city/devices": "packed as well",
    "/api/session": "log-ins are slowed after five wrong ones",
}


MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
"""What the contract allows, and what it does not."""
UPLOADS = {route.path for route in ROUTES if route.upload}
"""Bytes: tests/server/api/test_hostile_files.py."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: what is asked at random ends keys and changes settings as well."""
    with Server(tmp_path_factory.mktemp("anything") / "data") as server:
        server.add_branch(office_toml())
        server.start()
        yield server


def _asking(
    operation: Any, url: str, headers: dict[str, str], examples: int,  # noqa: ANN401 - generic
    mode: GenerationMode,
) -> Callable[[], None]:  # fmt: skip
    @settings(
        max_examples=examples, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case[Any]) -> None:
        answer = case.call(base_url=url, headers=headers, timeout=30)
        case.validate_response(answer, checks=CHECKS)

    return cast("Callable[[], None]", ask)


def told(error: BaseException) -> str:
    """Return what went wrong, each part of a group in a line."""
    parts = getattr(error, "exceptions", [error])
    return "; ".join(" ".join(str(each).split()) for each in parts) + f" ({error})"


def ask_as(
    server: Server, roles: dict[str, str | None], examples: int, *, turns: bool = False
) -> list[str]:
    """Ask each operation as the role that is named for it; return what was wrong.

    ``turns``: one operation with what is allowed, the next with what is not.
    """
    keys = {role: server.token(role) for role in ROLES}
    found = []
    contract: Any = schemathesis.openapi.from_dict(document(ROUTES, "test"))
    for number, each in enumerate(contract.get_all_operations()):
        operation = each.ok()
        role = roles.get(f"{operation.method.upper()} {operation.path}")
        if operation.path in NOT_ASKED or operation.path in UPLOADS:
            continue
        headers = {} if role is None else {"Authorization": f"Bearer {keys[role]}"}
        for mode in [MODES[number % 2]] if turns else MODES:
            try:
                _asking(operation, server.url, headers, examples, mode)()
            except Unsatisfiable:
                pass  # nothing can be wrong with what has no parameters
            except (Exception, FailureGroup) as error:  # noqa: BLE001 - the others are asked too
                found.append(
                    f"{role}: {operation.method.upper()} {operation.path} ({mode.value}): "
                    f"{told(error)}"
                )
    return found


def test_no_request_is_a_fault_or_answered_beside_the_contract(asked: Server) -> None:
    """Each call by one of those who may, in turn, so that each role asks its part."""
    roles = {
        f"{route.method} {route.path}": sorted(route.roles)[number % len(route.roles)]
        if route.roles else None
        for number, route in enumerate(ROUTES)
    }  # fmt: skip
    assert {*roles.values()} >= {*ROLES}
    found = ask_as(asked, roles, SHORT, turns=True)
    assert not found, "\n".join(found)
    assert "Traceback" not in asked.stderr()


@pytest.mark.soak
@pytest.mark.parametrize("role", [*ROLES, None])
def test_no_request_of_any_role_is_a_fault(asked: Server, role: str | None) -> None:
    """Each call by each role, also by those who may not."""
    roles = {f"{route.method} {route.path}": role for route in ROUTES}
    found = ask_as(asked, roles, LONG)
    assert not found, "\n".join(found)
    assert "Traceback" not in asked.stderr()
