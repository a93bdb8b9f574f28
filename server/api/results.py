"""Owns the calls of what an office shows of itself: published results, the evidence pack."""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import Annotated

import msgspec
from aiohttp import web

from server.addresses import phones_reach
from server.api.feedback import SPAN, span
from server.api.qr import qr_svg
from server.api.requests import NoBody, Request
from server.api.routing import LANGUAGE, Call, Route
from server.api.spans import asked_day, check_span
from server.api.tickets import PHONE
from server.domain.errors import NotFound
from server.domain.roles import MANAGER_UP
from server.domain.texts import DAY
from server.reports.report import MAX_DAYS
from server.satisfaction import results, survey
from server.satisfaction.results import PublicResults, PublishedList
from server.storage.queries import offices
from server.storage.transaction import SqliteTx

Day = Annotated[str, msgspec.Meta(max_length=10, pattern=DAY)]
_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")


class PublishResults(Request, frozen=True):
    """Publish the result of the days ``first`` to ``last``, both in."""

    first: Day
    last: Day


async def public(call: Call) -> PublicResults:
    """Return what an office has published; nothing else of it is anybody's.

    Raises:
        NotFound: there is no such office.
    """
    code, language = call.path("office"), call.language
    known = await call.hall.store.read(offices.branches, asked=False)
    found = [each.id for each in known if _CODE.fullmatch(code) and each.code == code]
    if not found:
        raise NotFound("There is no such office here.", slug="unknown-office")
    return await call.hall.snapshots.study(
        found[0], PHONE, lambda tx: results.public_results(tx, language)
    )


async def listing(call: Call) -> PublishedList:
    """Return what is published."""
    return await call.read(results.published_list)


async def publish(call: Call) -> web.Response:
    """Publish the result of a period as it stands now."""
    body: PublishResults = call.body
    first, last = asked_day(body.first, "first"), asked_day(body.last, "last")
    check_span(first, last, "last", MAX_DAYS)

    def keep(tx: SqliteTx) -> PublishedList:
        results.publish(tx, survey.method_here(tx), first, last)
        return results.published_list(tx)

    return await call.do(keep)


async def withdraw(call: Call) -> web.Response:
    """Take a published result back."""

    def keep(tx: SqliteTx) -> PublishedList:
        results.withdraw(tx, call.path("result"))
        return results.published_list(tx)

    return await call.do(keep)


async def evidence_pack(call: Call) -> web.Response:
    """Return published results, follow-up, standards, hours and complaints as one ZIP."""
    from server.satisfaction import evidence  # noqa: PLC0415 - the typesetter is 60 MB

    language = call.language
    say = partial(call.hall.translate, language)
    first, last = await call.read(lambda tx: span(call, tx.day))
    await call.note("evidence_taken", first=first, last=last)
    code = await poster_code(call)
    pack = await call.study(lambda tx: evidence.gather(tx, first, last, language, say))
    body = await asyncio.to_thread(evidence.packed, pack, language, say, code)
    return web.Response(
        body=body, content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="pekppp-{first}-{last}.zip"'},
    )  # fmt: skip


async def poster_code(call: Call) -> tuple[str, str] | None:
    """Return the address of the published results and its QR code.

    ``None`` where phones cannot open it, or nothing is published yet: no poster promises it then.
    """
    base = call.hall.public_url

    def look(tx: SqliteTx) -> str:
        if not results.anything_published(tx):
            return ""
        return (tx.office.public_url or base) + results.page_of(tx)

    address = await call.read(look)
    if not address or not phones_reach(address):
        return None
    return address, qr_svg(address).decode()


ROUTES = [
    Route(
        "GET", "/api/results/{office}", public, frozenset(), "What an office has published",
        answer=PublicResults, place="any",
    ),
    Route(
        "GET", "/api/survey/published", listing, MANAGER_UP, "The published results",
        answer=PublishedList,
    ),
    Route(
        "POST", "/api/survey/published", publish, MANAGER_UP, "Publish the result of a period",
        answer=PublishedList, body=PublishResults, idempotent=True,
    ),
    Route(
        "POST", "/api/survey/published/{result}/withdraw", withdraw, MANAGER_UP,
        "Take a published result back", answer=PublishedList, body=NoBody, idempotent=True,
    ),
    Route(
        "GET", "/api/evidence", evidence_pack, MANAGER_UP,
        "The evidence pack: one ZIP, named by indicator", answer=bytes, media="application/zip",
        query=SPAN | LANGUAGE,
    ),
]  # fmt: skip
