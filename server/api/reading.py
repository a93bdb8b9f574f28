"""Owns the page of the API for people: the OpenAPI document, told call by call (``/api/docs``)."""

from __future__ import annotations

import json
from typing import Any

from server.api.json_answer import JSON


def groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the document's calls under the headings of its tags, ready for ``web/api.html``."""
    found = []
    for tag in document["tags"]:
        calls = [
            _call(method, path, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if tag["name"] in operation["tags"]
        ]
        anchor = tag["name"].lower().replace(" ", "-").replace(",", "")
        found.append(
            {"name": tag["name"], "id": anchor, "meaning": tag["description"], "calls": calls}
        )
    return found


def _call(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    sent = operation.get("requestBody", {}).get("content", {})
    roles = operation.get("description", "").removeprefix("Roles: ").rstrip(".")
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "who": f"Who may: {roles}" if roles else "Anybody may, without a login.",
        "parameters": [
            {"name": each["name"], "where": each["in"], "meaning": each.get("description", "")}
            for each in operation.get("parameters", ())
        ],
        "request": _shown(sent.get(JSON)) or (f"a file ({next(iter(sent))})" if sent else ""),
        "answers": [
            {
                "status": status,
                "meaning": answer["description"],
                "media": ", ".join(answer.get("content", ())),
                "example": _shown(answer.get("content", {}).get(JSON)),
            }
            for status, answer in operation["responses"].items()
        ],
    }


def _shown(content: dict[str, Any] | None) -> str:
    if content is None or "example" not in content:
        return ""
    return json.dumps(content["example"], indent=2, ensure_ascii=False)
