"""Owns the rows of those who may come in: tokens, pairing codes, people, printers, branches."""

from __future__ import annotations

import json
import re
import sqlite3

from server.auth.access import DEVICE_COOKIES, ROLES
from server.auth.passwords import check_new
from server.auth.secrets import digest, hash_password, new_code, new_token, plain_code
from server.demo.people import demo_branches
from server.domain.day import Millis
from server.domain.errors import Conflict, Invalid, NotFound

NAME = re.compile(r"^[^\x00-\x1f\x7f-\x9f]{1,64}$")
LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{0,63}$")
CODE_MINUTES = 15


def check_name(name: str, field: str = "name") -> str:
    """Return the name, if it can stand in a list: 1 to 64 characters, none of control.

    Raises:
        Invalid: it cannot.
    """
    if not NAME.match(name):
        raise Invalid("A name has 1 to 64 characters.", field=field)
    return name


def insert_token(
    db: sqlite3.Connection, branch: int, role: str, name: str, token: str, id_: str, now: Millis
) -> None:
    """Keep a token's hash, for good."""
    db.execute(
        "INSERT INTO tokens (id, branch, role, name, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        (id_, branch, role, name, digest(token), now),
    )


def create_token(
    db: sqlite3.Connection, branch: int, role: str, name: str, id_: str, now: Millis
) -> str:
    """Make a token and return it; only its hash is kept, so it is shown this once."""
    if role not in ROLES:
        raise Invalid("The role is one of: {roles}.", field="role", roles=", ".join(ROLES))
    token = new_token()
    insert_token(db, branch, role, check_name(name), token, id_, now)
    return token


def create_code(db: sqlite3.Connection, branch: int, role: str, name: str, now: Millis) -> str:
    """Make a pairing code for a kiosk or display, good once and for a quarter of an hour."""
    if role not in DEVICE_COOKIES:
        raise Invalid("Only a kiosk or a display is paired by code.", field="role")
    code = new_code()
    db.execute("DELETE FROM pairing_codes WHERE expires_at < ?", (now,))
    db.execute(
        "INSERT INTO pairing_codes (hash, branch, role, name, expires_at) VALUES (?, ?, ?, ?, ?)",
        (digest(plain_code(code)), branch, role, check_name(name), now + CODE_MINUTES * 60_000),
    )
    return code


def revoke_token(db: sqlite3.Connection, key: str, now: Millis, code: str | None = None) -> int:
    """Revoke the tokens with this id or name, of the branch called ``code``; return how many.

    Raises:
        Invalid: several branches have tokens of this name, and none was named.
    """
    found = db.execute(
        "SELECT tokens.id, branches.code FROM tokens JOIN branches ON branches.id = tokens.branch "
        "WHERE (tokens.id = ?1 OR name = ?1) AND revoked_at IS NULL AND code = COALESCE(?2, code)",
        (key, code),
    ).fetchall()
    _of_one_branch(found)
    for id_, _code in found:
        db.execute("UPDATE tokens SET revoked_at = ? WHERE id = ?", (now, id_))
    return len(found)


def _of_one_branch(found: list[tuple[str, str]]) -> None:
    """Refuse what would reach into several branches at once.

    Raises:
        Invalid: names the branches.
    """
    codes = sorted({code for _, code in found})
    if len(codes) > 1:
        names = ", ".join(codes)
        raise Invalid("Name the branch with --branch: {names}.", field="branch", names=names)


def create_user(
    db: sqlite3.Connection,
    branch: int,
    login: str,
    name: str,
    role: str,
    password: str,
    id_: str,
    now: Millis,
) -> None:
    """Add a person who logs in.

    Raises:
        Invalid: login, name, role or password do not fit. Conflict: the login is taken.
    """
    if not LOGIN.match(login):
        raise Invalid("A login has small letters, digits, dot and dash.", field="login")
    if role not in {"staff", "manager", "admin"}:
        raise Invalid("People are staff, manager or admin.", field="role")
    password = check_new(password, [login, name, *_office_words(db, branch)])
    try:
        db.execute(
            "INSERT INTO users (id, branch, login, name, role, password, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (id_, branch, login, check_name(name), role, hash_password(password), now),
        )
    except sqlite3.IntegrityError:
        raise Conflict("The login '{login}' is taken.", field="login", login=login) from None


def set_skills(db: sqlite3.Connection, login: str, skills: list[str] | None) -> None:
    """Say which services a person can serve, by code; ``None`` for all.

    Raises:
        NotFound: no such login. Invalid: names the services that the person's branch has not.
    """
    row = db.execute(
        "SELECT settings.office FROM users "
        "JOIN branches ON branches.id = users.branch "
        "LEFT JOIN settings ON settings.branch = branches.id "
        "AND settings.version = branches.settings_version WHERE login = ?",
        (login,),
    ).fetchone()
    if row is None:
        raise NotFound("There is no login '{login}'.", field="login", login=login)
    kept = None
    if skills is not None:
        known = [each["code"] for each in json.loads(row[0])["services"]] if row[0] else []
        kept = json.dumps(_sound_skills(skills, known))
    db.execute("UPDATE users SET skills = ? WHERE login = ?", (kept, login))


def _sound_skills(skills: list[str], known: list[str]) -> list[str]:
    unknown = [code for code in skills if code not in known]
    if unknown:
        raise Invalid(
            "The branch has no service {unknown}; it has {known}.",
            field="services",
            unknown=", ".join(unknown),
            known=", ".join(known),
        )
    if not skills:
        raise Invalid("Name at least one service, or: all.", field="services")
    return [code for code in known if code in skills]


def _office_words(db: sqlite3.Connection, branch: int) -> list[str]:
    """Return code and name of a branch: others guess passwords made of them first."""
    row = db.execute(
        "SELECT code, json_extract(office, '$.name') FROM branches LEFT JOIN settings "
        "ON settings.branch = branches.id AND version = settings_version WHERE branches.id = ?",
        (branch,),
    ).fetchone()
    return [] if row is None else [each for each in row if each]


def check_own_password(db: sqlite3.Connection, login: str, password: str) -> None:
    """Refuse a new password that is too short, too long, or easily guessed.

    Raises:
        Invalid: says why. NotFound: there is no such login.
    """
    row = db.execute("SELECT branch, name FROM users WHERE login = ?", (login,)).fetchone()
    if row is None:
        raise NotFound("There is no login '{login}'.", field="login", login=login)
    check_new(password, [login, row[1], *_office_words(db, row[0])])


def set_password(db: sqlite3.Connection, login: str, password: str) -> None:
    """Give a person a new password and end their sessions.

    Raises:
        Invalid: the password does not fit. NotFound: there is no such login.
    """
    check_own_password(db, login, password)
    row = db.execute(
        "UPDATE users SET password = ? WHERE login = ? RETURNING id",
        (hash_password(password), login),
    ).fetchone()
    if row is None:
        raise NotFound("There is no login '{login}'.", field="login", login=login)
    db.execute("DELETE FROM sessions WHERE user = ?", (row[0],))


def deactivate_user(db: sqlite3.Connection, login: str) -> None:
    """Lock a person out; what they did stays in the log."""
    row = db.execute(
        "UPDATE users SET active = 0 WHERE login = ? RETURNING id", (login,)
    ).fetchone()
    if row is None:
        raise NotFound("There is no login '{login}'.", field="login", login=login)
    db.execute("DELETE FROM sessions WHERE user = ?", (row[0],))


def branch_of(db: sqlite3.Connection, code: str | None) -> int:
    """Return the number of the branch called ``code``, or of the only branch beside a demo's.

    Raises:
        NotFound: no such branch, or none at all. Invalid: several, and none was named.
    """
    rows = db.execute("SELECT id, code FROM branches ORDER BY id").fetchall()
    for number, known in rows:
        if known == code:
            return int(number)
    if code is not None:
        raise NotFound("There is no branch '{branch}'.", field="branch", branch=code)
    if not rows:
        raise NotFound("There is no branch yet. Add one with: ramah branch add FILE.toml")
    if len(rows) > 1:
        over = demo_branches(db)
        rows = [row for row in rows if row[0] not in over] or rows
    if len(rows) > 1:
        names = ", ".join(str(row[1]) for row in rows)
        raise Invalid("Name the branch with --branch: {names}.", field="branch", names=names)
    return int(rows[0][0])


def public_addresses(db: sqlite3.Connection) -> list[str]:
    """Return the public address of every office that is described, "" where it names none."""
    rows = db.execute(
        "SELECT COALESCE(json_extract(settings.office, '$.public_url'), '') FROM branches "
        "JOIN settings ON settings.branch = branches.id AND version = settings_version"
    )
    return [row[0] for row in rows]


def put_printer(
    db: sqlite3.Connection,
    branch: int,
    name: str,
    url: str,
    kiosk: str | None,
    id_: str,
    now: Millis,
    profile: str | None = None,
) -> None:
    """Add a printer, or change the address of the one with this name.

    ``profile`` is what it can do, as ``printer.profile.write_profile`` has it; ``None`` leaves
    it as it was, and at the least for a new printer.
    """
    db.execute(
        """
        INSERT INTO printers (id, branch, name, url, kiosk, created_at, profile)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, COALESCE(?7, 'raster'))
        ON CONFLICT (branch, name) DO UPDATE SET url = excluded.url, kiosk = excluded.kiosk,
            profile = COALESCE(?7, profile)
        """,
        (id_, branch, check_name(name), url, kiosk, now, profile),
    )


def remove_printer(db: sqlite3.Connection, name: str, code: str | None = None) -> None:
    """Remove a printer; its waiting papers stay in the spool, marked as failed.

    Raises:
        NotFound: there is no such printer. Invalid: in several branches, and none was named.
    """
    found = db.execute(
        "SELECT printers.id, branches.code FROM printers JOIN branches "
        "ON branches.id = printers.branch WHERE name = ?1 AND code = COALESCE(?2, code)",
        (name, code),
    ).fetchall()
    if not found:
        raise NotFound("There is no printer '{printer}'.", field="name", printer=name)
    _of_one_branch(found)
    row = found[0]
    db.execute("DELETE FROM printers WHERE id = ?", (row[0],))
    db.execute(
        "UPDATE print_jobs SET state = 'failed', error = 'printer removed' "
        "WHERE printer = ? AND state IN ('queued', 'printing')",
        (row[0],),
    )
