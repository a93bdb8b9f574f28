"""Owns the OpenAPI 3.1 document, made from the routes and the types the handlers really use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from server.api.examples import example
from server.api.json_answer import JSON
from server.api.lists import LISTS
from server.api.problems import TITLES
from server.api.routing import Route
from server.api.types import Problem

REF = "#/components/schemas/{name}"

TAGS = {
    "Numbers": "Take a number, look at it, give it back, print it again.",
    "Phone": "What a visitor's phone shows and may do, by the token of the ticket.",
    "Counters": "Call, serve and finish at a counter; open, break and close it.",
    "Services": "What is offered, and pausing a service.",
    "Hall": "The whole hall now, the feed of events, the clock, the line on all displays.",
    "Help": "Visitors who asked for a person at a kiosk.",
    "Log and reports": "The log of every turn, figures of a day or a period, what they mean.",
    "Alarms and equipment": "What needs a person now; printers and displays and how they are.",
    "Paper": "Ticket printers, the look of a ticket, the print agent.",
    "Screens and media": "Lobby screens and what plays beside the calls.",
    "Voices": "How calls are spoken, and the staff's own voices.",
    "Log-in and pairing": "Sessions of people, keys of kiosks and displays, who works here.",
    "Running it": "Health, metrics, and this contract.",
}
"""The headings of the contract, with what stands under each."""

_TAG_OF = {
    "tickets": "Numbers", "track": "Phone", "counters": "Counters", "desk": "Counters",
    "services": "Services", "queue": "Hall", "events": "Hall", "clock": "Hall", "day": "Hall",
    "notice": "Hall", "waits": "Hall", "help": "Help", "log": "Log and reports",
    "totals": "Log and reports", "reports": "Log and reports", "kpis": "Log and reports",
    "advice": "Hall",
    "alarms": "Alarms and equipment", "equipment": "Alarms and equipment", "printers": "Paper",
    "agent": "Paper", "displays": "Screens and media", "media": "Screens and media",
    "playlists": "Screens and media", "voice": "Voices", "session": "Log-in and pairing",
    "pair": "Log-in and pairing", "people": "Log-in and pairing",
    "deeds": "Log and reports", "privacy": "Log and reports",
}  # fmt: skip


def tag_of(path: str) -> str:
    """Return the heading a call stands under."""
    return _TAG_OF.get(path.split("/")[2], "Running it") if path.count("/") > 1 else "Running it"


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """Return the document for ``routes``."""
    routes = list(routes)
    types = [t for route in routes for t in (route.body, route.answer) if _is_type(t)]
    types = list(dict.fromkeys([*types, Problem]))
    _, components = msgspec.json.schema_components(types, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    for item in paths.values():
        for operation in item.values():
            _show(operation, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ramah",
            "version": version,
            "description": "The queue at public service counters: tickets, calls, events, log. "
            "Moments are ISO 8601; durations end in _s (seconds) or _minutes. "
            "Errors are problem documents (RFC 9457) whose type does not change.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": meaning} for name, meaning in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "ramah_session"},
                "kiosk": {"type": "apiKey", "in": "cookie", "name": "ramah_kiosk"},
                "display": {"type": "apiKey", "in": "cookie", "name": "ramah_display"},
            },
        },
    }


def _show(operation: dict[str, Any], components: dict[str, Any]) -> None:
    """Put an example beside the JSON that a call takes, and beside its good answers."""
    contents = [operation.get("requestBody", {}).get("content", {})]
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            contents.append(answer.get("content", {}))
    for content in contents:
        if JSON in content and "$ref" in content[JSON]["schema"]:
            content[JSON]["example"] = example(content[JSON]["schema"], components)


def _is_type(answer: object) -> bool:
    return isinstance(answer, type) and issubclass(answer, msgspec.Struct)


def _ref(struct: type) -> dict[str, Any]:
    return {"$ref": REF.format(name=struct.__name__)}


def _operation(route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": _operation_id(route),
        "tags": [tag_of(route.path)],
        "responses": _responses(route),
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    for name, (pattern, meaning) in route.query.items():
        schema = {"type": "string", "pattern": pattern}
        parameters.append({"name": name, "in": "query", "description": meaning, "schema": schema})
    if route.idempotent:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "A repeat with the same key and body gets the first answer again.",
                "schema": {"type": "string", "minLength": 1, "maxLength": 200},
            }
        )
    if parameters:
        operation["parameters"] = parameters
    if route.body is not None:
        required = bool(getattr(route.body, "__struct_config__", None)) and any(
            field.required for field in msgspec.structs.fields(route.body)
        )
        operation["requestBody"] = {
            "required": required,
            "content": {JSON: {"schema": _ref(route.body)}},
        }
    if route.upload:
        file = {"type": "string", "format": "binary"}
        operation["requestBody"] = {"required": True, "content": {route.upload: {"schema": file}}}
    if route.roles:
        schemes = ["token", "session"]
        schemes += [role for role in ("kiosk", "display") if role in route.roles]
        operation["security"] = [{scheme: []} for scheme in schemes]
        operation["description"] = "Roles: " + ", ".join(sorted(route.roles)) + "."
    else:
        operation["security"] = []
    if route.method == "GET" and route.path in LISTS:
        told = operation.get("description", "")
        operation["description"] = f"{told} {LISTS[route.path]}".strip()
    return operation


def _operation_id(route: Route) -> str:
    words = re.sub(r"[{}]", "", route.path.removeprefix("/api/").strip("/"))
    return route.method.lower() + "_" + re.sub(r"[^A-Za-z0-9]+", "_", words)


def _responses(route: Route) -> dict[str, Any]:
    success: dict[str, Any] = {"description": route.summary}
    if _is_type(route.answer):
        success["content"] = {route.media: {"schema": _ref(route.answer)}}
    elif route.answer is bytes:
        kind = "object" if route.media == JSON else "string"
        success["content"] = {route.media: {"schema": {"type": kind}}}
    for media in route.also:
        success["content"][media] = {"schema": {"type": "string"}}
    responses: dict[str, Any] = {str(route.status): success}
    if route.empty:
        responses["204"] = {"description": route.empty.capitalize()}
    statuses = {400, 404, 422, 503, *route.problems}
    if route.method != "GET":
        statuses |= {409, 413}
    if route.body is not None or route.upload:
        statuses.add(408)
    if route.roles:
        statuses |= {401, 403}
    for status in sorted(statuses):
        responses[str(status)] = _problem(TITLES[status])
    return responses


def _problem(title: str) -> dict[str, Any]:
    return {
        "description": title,
        "content": {"application/problem+json": {"schema": _ref(Problem)}},
    }
