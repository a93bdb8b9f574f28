"""A refusal is told in the reader's language to its last word, and by names people know."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from server.api.problems import unreadable
from server.contract import ROUTES
from server.domain.errors import Phrase
from server.misfits import KINDS, misfit
from tests.server.api.client import Client
from web.guides import known
from web.i18n import LOCALES, Catalogs

WORDS = Catalogs.load()
SAID = known(LOCALES / "id" / "ramah.po", "id")
WRONG: list[Any] = [[], {}, "", "x" * 5000, "\u202e", "boss", -(10**6), 10**6, 10**30, 1.5, True,
                    None, [[]], [1], ["\x00"], {"a": []}, "2026-03-02T10:00:00"]  # fmt: skip
BODIES = sorted(
    {route.body for route in ROUTES if route.body is not None}, key=lambda each: each.__name__
)


def indonesian(phrase: Phrase) -> str:
    """Return a phrase in Indonesian; a sentence that nobody translated fails."""
    assert phrase.message in SAID, phrase.message
    inner = {
        name: indonesian(value) if isinstance(value, Phrase) else value
        for name, value in phrase.params.items()
    }
    return WORDS.translate("id", phrase.message, **inner)


def reason_for(body: type[msgspec.Struct], tried: object) -> Phrase | None:
    try:
        msgspec.json.decode(msgspec.json.encode(tried), type=body)
    except msgspec.ValidationError as error:
        reason = unreadable(error).params["reason"]
        assert isinstance(reason, Phrase)
        return reason
    return None


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.__name__)
def test_whatever_is_wrong_in_a_body_is_told_in_plain_words(body: type[msgspec.Struct]) -> None:
    tried = [{}, [], {"surely_unknown": 1}]
    tried += [{field.encode_name: bad} for field in msgspec.structs.fields(body) for bad in WRONG]
    reasons = [refused for each in tried if (refused := reason_for(body, each)) is not None]
    assert reasons
    for reason in reasons:
        assert reason.message != "it does not fit this field"
        for said in (str(reason), indonesian(reason)):
            assert not any(sign in said for sign in ("`", "regex", "Expected", "$.")), said


def test_every_kind_of_value_has_an_indonesian_name() -> None:
    said = {indonesian(kind) for kind in KINDS.values()}
    assert len(said) == len(KINDS)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Expected `int`, got `str`", "seharusnya bilangan bulat, yang ditulis teks"),
        ("Expected `datetime | null`, got `int`",
         "seharusnya tanggal dan jam, yang ditulis bilangan bulat"),
        ("Expected `int` >= 1", "paling sedikit 1"),
        ("Expected `float` < 5.0", "kurang dari 5"),
        ("Expected `str` of length >= 1", "isinya kosong"),
        ("Expected `str` of length <= 40", "paling banyak 40 karakter"),
        ("Expected `array` of length <= 2", "paling banyak 2 isian"),
        ("Invalid enum value 'boss'", "'boss' bukan pilihan di sini"),
        ("Object contains unknown field `typo`", "isian itu tidak ada"),
        ("Object missing required field `service`", "belum diisi"),
    ],
)  # fmt: skip
def test_the_reason_is_said_in_indonesian(told: str, words: str) -> None:
    assert indonesian(misfit(told)) == words


ID = {"Accept-Language": "id"}


async def test_a_field_of_the_wrong_kind_is_refused_in_one_indonesian_sentence(
    kiosk: Client,
) -> None:
    wrong = await kiosk.post("/api/tickets", {"service": "A", "people": "dua"}, headers=ID)
    assert wrong.status == 422
    assert wrong.json["detail"] == (
        "Isian 'people' belum sesuai: seharusnya bilangan bulat, yang ditulis teks."
    )


async def test_a_parameter_that_is_not_there_is_refused_in_indonesian(manager: Client) -> None:
    wrong = await manager.get("/api/log?form=2026-11-24", headers=ID)
    assert wrong.json["detail"] == "Isian 'form' belum sesuai: parameter itu tidak ada."
    twice = await manager.get("/api/log?q=A&q=B", headers=ID)
    assert twice.json["detail"] == "Isian 'q' belum sesuai: ditulis dua kali."


async def test_an_event_number_that_is_none_is_refused_in_indonesian(manager: Client) -> None:
    wrong = await manager.post(
        "/api/tickets", {"service": "A"}, headers=ID | {"Idempotency-Key": "x" * 300}
    )
    assert wrong.json["detail"] == (
        "Isian 'Idempotency-Key' belum sesuai: seharusnya 1 sampai 200 karakter yang dapat dicetak."
    )
