"""Owns the passkey at log-in: where one may be asked for, and whether what it signed holds."""

from __future__ import annotations

import asyncio

from server.api.problems import Rejected
from server.api.requests import ShownKey
from server.api.routing import Call
from server.auth.doorway import DOORWAY
from server.auth.failed import somebody_at
from server.auth.passkeys import Answer, CountedBack, NotShown, Place, place_of
from server.auth.secrets import digest
from server.domain.tx import Actor
from server.domain.words import marked as _
from server.storage.queries import factors
from server.storage.queries import passkeys as keys
from server.storage.queries.passkeys import Passkey, Question
from server.storage.queries.people import Person
from server.storage.transaction import SqliteTx

STEP_COOKIE = "ramah_step"
"""Ties what is asked at log-in to the browser that gave the password."""
NOBODY = Actor("nobody", "nobody")


async def key_place(call: Call, branch: int) -> Place | None:
    """Return where passkeys of a branch's people count; ``None`` where browsers know none."""
    own = await call.hall.snapshots.view(
        branch, NOBODY, lambda tx: tx.office.public_url if tx.configured else ""
    )
    return place_of(own or call.hall.public_url, call.request.app[DOORWAY], call.request)


def asked_as(secret: str) -> str:
    """Return under which name the question at log-in of a browser with this cookie is kept."""
    return f"login {digest(secret)}"


async def keys_here(call: Call, person: Person, place: Place | None) -> list[Passkey]:
    """Return the person's keys that can be asked for at this address."""
    known = await call.hall.store.read(lambda db: keys.of(db, person.id), asked=False)
    return [each for each in known if place is not None and each.rp == place.rp]


async def step_wanted(call: Call, person: Person) -> Rejected:
    """Return the refusal that asks who has shown the password for the second step."""
    if await keys_here(call, person, await key_place(call, person.branch)):
        return Rejected(
            403, "passkey-needed", _("Please use your passkey, or type a code."), field="passkey"
        )
    app = await call.hall.store.read(lambda db: factors.has_app(db, person.id), asked=False)
    if app:
        words = _("Please type the code that your app shows now.")
        return Rejected(403, "code-needed", words, field="code")
    words = _("Your passkey is for another address of this office. Type a recovery code here.")
    return Rejected(403, "recovery-needed", words, field="code")


def wrong_key() -> Rejected:
    """Return the refusal of a passkey."""
    return Rejected(
        401, "wrong-passkey", _("This passkey does not fit. Try once more, or type a code."),
        field="passkey",
    )  # fmt: skip


async def fits_key(call: Call, person: Person, shown: ShownKey) -> bool:
    """Whether a key of this person signed what this browser was asked; it is asked only once.

    Raises:
        Rejected: nothing was asked, or too long ago.
    """
    store, asked = call.hall.store, asked_as(call.request.cookies.get(STEP_COOKIE, ""))
    actor = Actor(f"user:{person.id}", person.role, person.name, person=True, place=call.client)
    question = await store.transact(
        person.branch, actor, lambda tx: keys.take(tx.aside, asked, person.id, tx.now)
    )
    if question is None:
        raise Rejected(
            403, "passkey-over", _("That took too long. Please try once more."), field="passkey"
        )
    mine = await store.read(lambda db: keys.of(db, person.id), asked=False)
    key = next((each for each in mine if each.credential == shown.credential), None)
    if key is None:
        return False
    answer = Answer(
        shown.credential, shown.client_data, shown.authenticator_data, shown.signature, shown.user
    )
    try:
        counter = await asyncio.to_thread(_counter, question, key, answer)
    except CountedBack:
        await store.transact(
            person.branch,
            somebody_at(call.client),
            lambda tx: tx.note("passkey_doubtful", person=person.id, key=key.name),
        )
        return False
    except NotShown:
        return False

    def command(tx: SqliteTx) -> bool:
        return keys.use(tx.aside, key, counter, tx.now)

    return await store.transact(person.branch, actor, command)


def _counter(question: Question, key: Passkey, answer: Answer) -> int:
    from server.auth import signed  # noqa: PLC0415 - a library that few offices need

    return signed.shown(question, key, answer)
