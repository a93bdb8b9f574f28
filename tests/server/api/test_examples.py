"""Each call of the contract shows what is sent and what comes back, and the page tells it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from server.api.openapi import TAGS
from tests.server.api.client import Client, contract

OPERATIONS = [
    (method, path, operation)
    for path, item in contract()["paths"].items()
    for method, operation in item.items()
]
JSON = "application/json"


def bodies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the JSON contents of a request and of its good answers."""
    contents = [operation.get("requestBody", {}).get("content", {})]
    contents += [
        answer.get("content", {})
        for status, answer in operation["responses"].items()
        if status.startswith("2")
    ]
    return [content[JSON] for content in contents if JSON in content]


@pytest.mark.parametrize(
    "operation", [each[2] for each in OPERATIONS], ids=lambda each: str(each["operationId"])
)
def test_every_example_is_there_and_fits_its_schema(operation: dict[str, Any]) -> None:
    for body in bodies(operation):
        if body["schema"] == {"type": "object"}:
            continue  # a document of its own, such as this one
        schema = body["schema"] | {"components": contract()["components"]}
        jsonschema.Draft202012Validator(schema).validate(body["example"])


def test_every_call_stands_under_a_heading_that_says_something() -> None:
    told = {tag["name"] for tag in contract()["tags"]}
    used = {tag for _, _, operation in OPERATIONS for tag in operation["tags"]}
    assert used == told == set(TAGS)
    assert not any("." in tag or tag.islower() for tag in used)


async def test_the_page_of_the_api_names_every_call_its_roles_and_an_example(
    visitor: Client,
) -> None:
    page = (await visitor.get("/api/docs", check=False)).text
    for method, path, operation in OPERATIONS:
        assert f"<code>{method.upper()} {path}</code>" in page, path
        assert operation["summary"].replace("'", "&#39;") in page
    assert "Who may: admin, manager" in page
    assert "&#34;service&#34;: &#34;A&#34;" in page
    assert "<script" not in page
