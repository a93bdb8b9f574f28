"""Owns which passwords are taken, after NIST SP 800-63B, section 3.1.1.

Length counts, kinds of letters do not; what everybody would try first is refused: common
passwords, rows of keys, one letter repeated, and the words of the login, the person and the
office, and what people chose most in lists that became known (zxcvbn brings 30,000). Eight
characters unless the office asks for more: guessing is slowed to a few tries a minute
(``server.auth.limits``), hashes never leave the server, and staff type it every morning at a
counter where people look on. The standard asks for fifteen where nothing stands beside the
password.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from server.domain.errors import Invalid

MIN_PASSWORD, MAX_PASSWORD = 8, 200
ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl",
        "zxcvbnm", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb", "1q2w3e4r5t6y7u8i9o0p",
        "qazwsxedcrfvtgbyhnujm")  # fmt: skip
_WORDS = """
password passw0rd p@ssword p@ssw0rd pass passwort kata sandi katasandi rahasia admin administrator
adminadmin user root guest test testing coba login welcome selamat datang selamatdatang letmein
master superman batman iloveyou sunshine princess football baseball monkey dragon shadow michael
jordan charlie whatever trustno trustno1 starwars computer internet samsung google facebook freedom
secret changeme default qwerty azerty abc abcd asdf zxcv indonesia jakarta bandung surabaya merdeka
garuda pancasila nusantara bhinneka bismillah alhamdulillah assalamualaikum allahuakbar muhammad
sayang sayangku cinta cintaku bangsat kucing anjing keluarga bahagia semangat doraemon naruto persib
persija arema juventus liverpool chelsea barcelona realmadrid manchester ramah antrean antrian antri
loket kantor pelayanan petugas pegawai pimpinan manajer manager staff staf kiosk kios counter queue
number nomor bpjs dukcapil polres samsat pemda senyumdulu
"""
COMMON = frozenset(_WORDS.split())
"""Words that alone, or with digits and signs around them, are no password; the demo's is one."""
OUR_WORDS = frozenset({"ramah", "antrean", "antrian", "loket", "kantor", "pelayanan"})
_LETTERS = re.compile(r"[^\W\d_]+")


def normal(password: str) -> str:
    """Return the one form (NFKC) of a password, however the keyboard composed its letters."""
    return unicodedata.normalize("NFKC", password)


@cache
def _known() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - large, seldom needed

    return frozenset(each for each in FREQUENCY_LISTS["passwords"] if len(each) >= MIN_PASSWORD)


def check_new(password: str, words: Iterable[str] = (), least: int = MIN_PASSWORD) -> str:
    """Return a new password in the form that is hashed.

    Args:
        password: as typed.
        words: login, name and office, of which a password must not be made.
        least: characters that the office asks for.

    Raises:
        Invalid: too short, too long, or one that others would try first; says so in words.
    """
    plain = normal(password)
    if len(plain) < max(least, MIN_PASSWORD):
        raise Invalid(
            "A password has at least {n} characters.", field="password", n=max(least, MIN_PASSWORD)
        )
    if len(plain) > MAX_PASSWORD:
        raise Invalid("A password has at most {n} characters.", field="password", n=MAX_PASSWORD)
    if _is_common(plain.casefold()) or plain.casefold() in _known():
        raise Invalid(
            "This password is one of those that are tried first. Three or four words that do not "
            "belong together are easy to keep and hard to guess.",
            field="password",
        )
    known = {part for word in words for part in _LETTERS.findall(normal(word).casefold())}
    letters = "".join(_LETTERS.findall(plain.casefold()))
    # also "ibusari99": the words may stand together
    made_of = "|".join(re.escape(each) for each in known | OUR_WORDS if len(each) > 1)
    if letters and re.fullmatch(f"(?:{made_of})+", letters):
        raise Invalid(
            "A password made of the login, the name or the office is guessed first.",
            field="password",
        )
    return plain


def _is_common(plain: str) -> bool:
    if len(set(plain)) <= 2:  # noqa: PLR2004 - "aaaaaaaa", "12121212"
        return True
    half = plain[: len(plain) // 2]
    if len(plain) % 2 == 0 and half * 2 == plain:
        plain = half  # "rahasiarahasia", "12341234"
    bare = re.sub(r"[\W_]", "", plain)
    if bare and any(bare in row or bare in row[::-1] for row in ROWS):
        return True
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    joined = re.sub(r"[\W_]", "", core)
    return not COMMON.isdisjoint({core, bare, joined}) or (not core and _is_date(bare))


def _is_date(digits: str) -> bool:
    """Whether eight digits are somebody's birthday or the present year twice."""
    found = re.fullmatch(r"(\d\d)(\d\d)(19|20)\d\d|(19|20)\d\d(\d\d)(\d\d)", digits)
    return found is not None
