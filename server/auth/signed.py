"""Owns whether what a browser brings of a passkey holds.

Signatures and their formats are read by py_webauthn. Which question was asked, whose key it is and
what its counter says is looked at here. Imported only where somebody uses a passkey.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from webauthn import (
    base64url_to_bytes,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from server.auth.passkeys import ALGORITHMS, Answer, CountedBack, NotShown, handle
from server.storage.queries.passkeys import Passkey, Question

KINDS = [COSEAlgorithmIdentifier(each) for each in ALGORITHMS]


class Made(NamedTuple):
    """A key that was just made, base64url; ``sign_count`` as it begins."""

    credential: str
    public_key: str
    sign_count: int


def made(asked: Question, answer: Answer) -> Made:
    """Return the key that a browser made when it was asked this.

    Who made the authenticator is not asked for and not looked at.

    Raises:
        NotShown: it does not hold.
    """
    try:
        _look(answer)
        key = base64url_to_bytes(answer.credential)
        response = AuthenticatorAttestationResponse(
            base64url_to_bytes(answer.client_data), base64url_to_bytes(answer.proof)
        )
        found = verify_registration_response(
            credential=RegistrationCredential(answer.credential, key, response),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.rp,
            expected_origin=asked.origin,
            supported_pub_key_algs=KINDS,
        )
    except NotShown:
        raise
    except Exception as error:  # odd bytes make its parts raise whatever they like
        raise NotShown(str(error)) from error
    if found.credential_id != key:
        raise NotShown("it names another key than the one it made")
    public = bytes_to_base64url(found.credential_public_key)
    return Made(answer.credential, public, found.sign_count)


def shown(asked: Question, key: Passkey, answer: Answer) -> int:
    """Return the counter of a key that signed what it was asked, 0 where it has none.

    Raises:
        NotShown: it does not hold. CountedBack: the counter did not grow.
    """
    if (key.rp, key.user, key.credential) != (asked.rp, asked.user, answer.credential):
        raise NotShown("it is not a key that was asked for")
    if answer.user not in {"", handle(key.user)}:
        raise NotShown("it was made for somebody else")
    try:
        _look(answer)
        response = AuthenticatorAssertionResponse(
            base64url_to_bytes(answer.client_data),
            base64url_to_bytes(answer.proof),
            base64url_to_bytes(answer.signature),
        )
        raw = base64url_to_bytes(answer.credential)
        found = verify_authentication_response(
            credential=AuthenticationCredential(answer.credential, raw, response),
            expected_challenge=base64url_to_bytes(asked.challenge),
            expected_rp_id=asked.rp,
            expected_origin=asked.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=0,  # looked at below, once the signature is known to hold
        )
    except NotShown:
        raise
    except Exception as error:  # as above
        raise NotShown(str(error)) from error
    counter: int = found.new_sign_count
    if (counter or key.sign_count) and counter <= key.sign_count:
        raise CountedBack(f"counter {counter} after {key.sign_count}")
    return counter


def _look(answer: Answer) -> None:
    """Refuse what was signed inside another site's page, which py_webauthn lets pass.

    Raises:
        NotShown, ValueError: it was, or it cannot be read.
    """
    told = json.loads(base64url_to_bytes(answer.client_data))
    if told.get("crossOrigin") or "topOrigin" in told:
        raise NotShown("it was signed inside another site's page")
