"""Owns the quick word: a visitor says how it was, somebody sees to it, the visitor hears of it.

It is no survey: a face at the counter gives no index (docs/satisfaction.md). What colleagues do
about words stands among the deeds, by the visitor's number: sentences are erased, deeds are not,
so none is ever copied into one.
"""

from __future__ import annotations

from server.domain.day import Millis
from server.domain.errors import Conflict, NotFound, Refused
from server.domain.issuing import find_ticket
from server.domain.records import Turn
from server.domain.states import TurnState
from server.satisfaction.deadline import answer_by
from server.storage.queries import feedback
from server.storage.queries.feedback import Word
from server.storage.transaction import SqliteTx

OPEN_MS = 24 * 3_600_000
"""How long after the service a word may be given."""
AT_COUNTER_MS = 3 * 60_000
"""How long after the service a tablet at the counter takes it: then somebody else sits there."""
PHONE, TABLET, KIOSK = "phone", "tablet", "kiosk"
"""The channels of a word."""
LOW = 2
"""Faces up to this one ask for something to be done."""
SERVED = frozenset({TurnState.DONE, TurnState.CLOSED})


def was_served(turn: Turn, now: Millis) -> bool:
    """Return whether the visit is over, and not for long."""
    return (
        turn.state in SERVED
        and turn.started_at is not None
        and turn.ended_at is not None
        and now - turn.ended_at <= OPEN_MS
    )


def may_say(tx: SqliteTx, ticket_id: str) -> bool:
    """Return whether a word may be given for a ticket now."""
    if not tx.office.satisfaction.words:
        return False
    return was_served(find_ticket(tx, ticket_id)[1], tx.now)


def give(tx: SqliteTx, ticket_id: str, face: int, said: str, *, thanks: bool, channel: str) -> Word:
    """Keep a visitor's word; given twice alike it is the same.

    Raises:
        Conflict: another word was given for this number.
        Refused: the visit is not over yet, or for too long, or the office does not ask.
    """
    known = feedback.of_ticket(tx.aside, tx.branch, ticket_id)
    if known is not None:
        if (known.face, known.said, bool(known.thanks)) == (face, said, thanks):
            return known
        raise Conflict(
            "A word was given for this number already. Thank you for it.", slug="word-given"
        )
    if not may_say(tx, ticket_id):
        raise Refused("You can tell us how it was for a day after you were served.", slug="not-now")
    ticket, turn = find_ticket(tx, ticket_id)
    at_device = channel != PHONE
    word = Word(
        tx.new_id(), ticket_id, tx.day, tx.now, ticket.label, turn.service, turn.counter_number,
        turn.staff, turn.wait_ms, face, said, thanks=thanks, channel=channel,
        language=ticket.language, due=answer_by(tx.office, tx.now) if face <= LOW else None,
        device=tx.actor.id if at_device else "", device_name=tx.actor.name if at_device else "",
        after_ms=None if turn.ended_at is None else max(0, tx.now - turn.ended_at),
    )  # fmt: skip
    feedback.add(tx.aside, tx.branch, word)
    return word


def give_at_counter(
    tx: SqliteTx, key: str, ticket_id: str, face: int, said: str, *, thanks: bool
) -> Word:
    """Keep the word of who was just served, from the tablet at the counter.

    Raises:
        NotFound: there is no such counter or ticket.
        Refused: the tablet stands elsewhere, or the visit was not there and just now.
    """
    counter = tx.office.counter(key)
    if tx.actor.counter not in {None, counter.number}:
        raise Refused(
            "This tablet stands at counter {number}.", slug="not-this-counter", field="counter",
            number=tx.actor.counter or 0,
        )  # fmt: skip
    turn = find_ticket(tx, ticket_id)[1]
    ended = turn.ended_at
    if turn.counter != counter.id or ended is None or tx.now - ended > AT_COUNTER_MS:
        raise Refused("You can tell us how it was right after you were served.", slug="not-now")
    return give(tx, ticket_id, face, said, thanks=thanks, channel=TABLET)


def tell_helped(tx: SqliteTx, ticket_id: str, *, helped: bool) -> Word:
    """Note whether what was done helped; if not, the word is open once more, but only once.

    Of what is done then the visitor is asked again; that answer is the last.

    Raises:
        Refused: nothing was done about it yet, or that was told before.
    """
    word = feedback.of_ticket(tx.aside, tx.branch, ticket_id)
    if word is None:
        raise unknown()
    looked_at_anew = word.reopened_at is not None and word.acted_at is None
    if (looked_at_anew and not helped) or (word.helped is not None and word.helped == helped):
        return word
    if word.acted_at is None or word.helped is not None:
        raise Refused("There is nothing new to answer here.", slug="not-now")
    feedback.tell_helped(tx.aside, tx.branch, word.id, helped=helped)
    if not helped and word.reopened_at is None:
        feedback.reopen(tx.aside, tx.branch, word.id, tx.now, answer_by(tx.office, tx.now))
    return one(tx, word.id)


def one(tx: SqliteTx, key: str) -> Word:
    """Return a word of this branch.

    Raises:
        NotFound: there is none with this id.
    """
    word = feedback.one(tx.aside, tx.branch, key)
    if word is None:
        raise unknown()
    return word


def read(tx: SqliteTx, key: str) -> Word:
    """Note that a word was read; the first reader stays the first."""
    word = one(tx, key)
    if word.read_at is None:
        tx.note("word_read", label=word.label, day=word.day)
    feedback.read(tx.aside, tx.branch, key, tx.now, who(tx))
    return one(tx, key)


def assign(tx: SqliteTx, key: str, person: str) -> Word:
    """Ask a colleague to see to a word."""
    word = one(tx, key)
    name = feedback.person_name(tx.aside, tx.branch, person)
    if name is None:
        raise NotFound("Nobody of that name works here.", slug="unknown-person", field="person")
    feedback.read(tx.aside, tx.branch, key, tx.now, who(tx))
    if word.owner != person:
        tx.note("word_assigned", name=name, label=word.label, day=word.day)
    feedback.assign(tx.aside, tx.branch, key, person, name)
    return one(tx, key)


def act(tx: SqliteTx, key: str, action: str) -> Word:
    """Say what was done about a word; said again, the newer text and the first moment stand.

    A reopened word asks the visitor once more.
    """
    word = one(tx, key)
    feedback.read(tx.aside, tx.branch, key, tx.now, who(tx))
    if word.acted_at is None or word.action != action:
        feedback.act(tx.aside, tx.branch, key, action, tx.now, who(tx))
        tx.note("word_answered", label=word.label, day=word.day)
    return one(tx, key)


def black_out(tx: SqliteTx, key: str) -> Word:
    """Erase the sentence of a word, because it names a person; that somebody did stays."""
    word = one(tx, key)
    if word.said:
        feedback.black_out(tx.aside, tx.branch, key, tx.now, who(tx))
        tx.note("word_blacked", label=word.label, day=word.day)
    return one(tx, key)


def who(tx: SqliteTx) -> str:
    """Return the name under which what is done is kept."""
    return tx.actor.name or tx.actor.id


def unknown() -> NotFound:
    """Return the refusal for a word that is not here."""
    return NotFound("There is no such word here.", slug="unknown-word")
