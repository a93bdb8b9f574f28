"""Every answer says how it is to be read and kept, and nobody learns what we are made of."""

from __future__ import annotations

import http.client

import pytest

from tests.server.process import Hall


def _head(hall: Hall, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", hall.server.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize(
    "path",
    ["/api/services", "/api/queue", "/api/nowhere", "/api/openapi.json", "/healthz", "/nowhere",
     "/kiosk", "/kiosk/page.js", "/kiosk/nothing.js", "/display/voices/id/A.ogg"],
)  # fmt: skip
def test_every_answer_is_told_how_to_be_kept_and_never_guessed_at(hall: Hall, path: str) -> None:
    for version in ("keep-alive", "close"):
        answer = _head(hall, path, Connection=version)
        assert answer.getheader("X-Content-Type-Options") == "nosniff"
        assert answer.getheader("Server") == "Ramah"
        if path.startswith("/api/") or answer.status >= 400:
            assert answer.getheader("Cache-Control") == "no-store"
