"""``deploy/ramah-renew`` with a real clone, remote and server: forward, back, cut off."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.request import urlopen

import msgspec
import pytest

from server.clock import wall_clock
from server.storage.database import connect
from server.storage.queries import boxes, offices
from server.storage.queries import releases as kept
from server.storage.queries.releases import Release
from tests.deploy.units import DEPLOY, settings
from tests.server.api.client import Client
from tests.server.process import ROOT, Server, free_port, office_toml

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROOMS = ("server", "printer", "web", "kiosk", "display", "counter", "manager")
OLD, GOOD, BAD, WORSE, HALF = "0.9.0", "9.1.0", "9.2.0", "9.3.0", "9.5.0"
"""One that works; never ready; changes the tables and ends; changes them, never ready, yet serves.

The last one is ready once somebody makes a file.
"""

CUT = """
number=$(($(cat "$RAMAH_TEST/calls" 2>/dev/null || echo 0) + 1))
echo "$number" > "$RAMAH_TEST/calls"
[ "$number" != "${RAMAH_CUT-}" ] || { kill -9 "$(cat "$RAMAH_TEST/renewing")"; exit 1; }
"""
"""Ends the script in the middle, as a power cut would, before its step of that number."""
SETUP = """
version=$(sed -n 's/^version = "\\(.*\\)"/\\1/p' "$RAMAH_HOME/pyproject.toml")
site=$(echo "$RAMAH_HOME"/.venv/lib/python*/site-packages)
rm -rf "$site"/ramah-*.dist-info
mkdir "$site/ramah-$version.dist-info"
printf 'Metadata-Version: 2.1\\nName: ramah\\nVersion: %s\\n' "$version" \
    > "$site/ramah-$version.dist-info/METADATA"
"""
STOP = """
pid=$(cat "$RAMAH_TEST/pid" 2>/dev/null) && kill "$pid" 2>/dev/null &&
    tail --pid="$pid" -f /dev/null
rm -f "$RAMAH_TEST/pid"
"""
RESTART = (
    STOP
    + """
setsid "$RAMAH_HOME/.venv/bin/ramah" serve --port "$RAMAH_PORT" --data "$RAMAH_DATA" \
    > "$RAMAH_TEST/log" 2>&1 < /dev/null &
echo $! > "$RAMAH_TEST/pid"
until python3 -c "import sys, urllib.request as r
r.urlopen('http://127.0.0.1:' + sys.argv[1] + '/healthz')" "$RAMAH_PORT" 2>/dev/null
do kill -0 "$(cat "$RAMAH_TEST/pid")" 2>/dev/null || exit 1; sleep 0.2; done
"""
)
"""As ``systemctl restart`` of a unit that tells when it is up: fails when the program ends."""


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Tests", "-c", "user.email=tests@localhost")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with a tag for each version."""
    folder = tmp_path_factory.mktemp("remote")
    tree, bare = folder / "tree", folder / "ramah.git"
    tree.mkdir()
    for room in ROOMS:
        shutil.copytree(ROOT / room, tree / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tree)
    (tree / ".gitignore").write_text("__pycache__/\n.venv*\n")
    git(folder, "init", "-q", "-b", "main", str(tree))

    def tag(version: str) -> None:
        text = (tree / "pyproject.toml").read_text("utf-8")
        line = f'version = "{version}"'
        new = re.sub(r'^version = ".*"', line, text, count=1, flags=re.MULTILINE)
        (tree / "pyproject.toml").write_text(new, "utf-8")
        git(tree, "add", "-A")
        git(tree, "commit", "-q", "-m", version)
        git(tree, "tag", f"v{version}")

    tag(OLD)
    tag(GOOD)
    git(tree, "tag", "v9.4.0")  # named otherwise than it is
    edit(
        tree / "server/api/health.py", "    failing = call", "    raise Busy(1)\n    failing = call"
    )
    tag(BAD)
    edit(tree / "server/app.py", "    hub = app[HUB]\n    for", "    os._exit(1)\n    for")
    edit(tree / "server/app.py", "import asyncio\n", "import asyncio\nimport os\n")
    migrations = tree / "server/storage/migrations"
    (migrations / "9999_worse.sql").write_text("CREATE TABLE worse (branch INTEGER NOT NULL);\n")
    tag(WORSE)
    edit(tree / "server/app.py", "    os._exit(1)\n", "    hub = app[HUB]\n")
    edit(
        tree / "server/api/health.py", "    raise Busy(1)",
        "    import os\n    if not os.path.exists(os.environ['RAMAH_TEST'] + '/well'):\n"
        "        raise Busy(1)",
    )  # fmt: skip
    tag(HALF)
    git(tree, "checkout", "-q", "-B", "main", f"v{OLD}")
    git(folder, "clone", "-q", "--bare", str(tree), str(bare))
    return bare


class Box:
    """An office's machine: a clone that runs, its data, and the script."""

    def __init__(self, folder: Path, remote: Path) -> None:
        self.home, self.data, self.folder = folder / "opt", folder / "data", folder
        git(folder, "clone", "-q", "--no-tags", str(remote), str(self.home))
        venv.EnvBuilder(symlinks=True).create(self.home / ".venv")
        (site,) = (self.home / ".venv/lib").glob("python*/site-packages")
        (site / "all.pth").write_text(f"{self.home}\n{sysconfig.get_path('purelib')}\n")
        program = self.home / ".venv/bin/ramah"
        program.write_text(
            f"#!{self.home}/.venv/bin/python\nimport sys\nfrom server.cli import main\n"
            "sys.exit(main())\n"
        )
        program.chmod(0o755)
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "RAMAH_HOME": str(self.home),
            "RAMAH_DATA": str(self.data), "RAMAH_RENEW_AS": "", "RAMAH_PORT": str(self.port),
            "RAMAH_RENEW_STATE": str(folder / "state"), "RAMAH_TEST": str(folder),
            "RAMAH_RENEW_SETUP": CUT + SETUP, "RAMAH_RENEW_STOP": CUT + STOP,
            "RAMAH_RENEW_RESTART": CUT + RESTART, "RAMAH_RENEW_WAIT": "5",
            "RAMAH_RENEW_READY": f"http://127.0.0.1:{self.port}/readyz",
        }  # fmt: skip
        with Server(self.data) as server:
            server.add_branch(office_toml("hall", counters=2))
        self.shell(SETUP)
        self.boot()

    def shell(self, command: str) -> None:
        subprocess.run(["sh", "-c", command], env=self.environment, check=False)

    def boot(self) -> None:
        """Start the server as the machine does."""
        self.shell(RESTART)

    def power_cut(self) -> None:
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)
        (self.folder / "pid").unlink(missing_ok=True)

    def may(self, version: str) -> None:
        """Say what the city would."""
        with closing(connect(self.data)) as db:
            (branch,) = offices.branches(db)
            boxes.join(db, branch.id, "http://127.0.0.1:9", "token")
            kept.put(db, branch.id, Release(version, "Dewi", wall_clock()))

    def renew(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        own = 'echo $$ > "$RAMAH_TEST/renewing"; exec sh "$0" "$@"'
        return subprocess.run(
            ["sh", "-c", own, str(DEPLOY / "ramah-renew"), *words], env=self.environment | more,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def ramah(self, *words: str) -> str:
        done = subprocess.run(
            [str(self.home / ".venv/bin/ramah"), *words, "--data", str(self.data)],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout

    def runs(self) -> str:
        """Return the version that answers and can serve, as the script asks for it."""
        with urlopen(self.environment["RAMAH_RENEW_READY"]) as answer:  # noqa: S310
            return str(msgspec.json.decode(answer.read())["version"])

    def settled(self, version: str) -> None:
        """Check that a version runs whole and nothing is begun any more."""
        assert self.runs() == version
        assert self.ramah("--version") == f"ramah {version}\n"
        assert git(self.home, "status", "--porcelain") == ""
        assert git(self.home, "describe", "--tags", "HEAD") == f"v{version}"
        assert sorted(each.name for each in (self.folder / "state").iterdir()) == ["lock"]
        assert list(self.home.glob(".venv.*")) == []
        assert not (self.data / "renewal/data").exists()
        told = self.ramah("doctor")
        assert "the file is sound" in told
        assert ("it did not work here" in told) == (version == OLD)


@pytest.fixture
def box(tmp_path: Path, remote: Path) -> Iterator[Box]:
    made = Box(tmp_path, remote)
    git(made.home, "fetch", "-q", "origin", f"refs/tags/v{OLD}:refs/tags/v{OLD}")
    yield made
    made.power_cut()


def test_nothing_is_done_while_the_city_says_nothing(box: Box) -> None:
    before = git(box.home, "rev-parse", "HEAD")
    for may in (None, "0.8.0", OLD, ""):
        if may is not None:
            box.may(may)
        done = box.renew("--now")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert git(box.home, "rev-parse", "HEAD") == before
    assert box.runs() == OLD


async def test_a_version_is_taken_when_nobody_waits(box: Box) -> None:
    box.may(GOOD)
    token = box.ramah("token", "create", "--role", "staff").split()[-1]
    async with Client(f"http://127.0.0.1:{box.port}", token) as staff:
        await staff.post("/api/counters/1/open", check=True)
        done = box.renew()
        assert (done.returncode, box.runs()) == (0, OLD)
        assert "9.1.0 is taken when nobody waits" in done.stdout
        await staff.post("/api/counters/1/close", check=True)
    done = box.renew()
    assert done.returncode == 0, done.stdout + done.stderr
    box.settled(GOOD)
    assert len(list((box.data / "renewal").glob("before-9.1.0-*.tar"))) == 1
    done = box.renew("--now")
    assert (done.returncode, done.stdout) == (0, ""), "it runs already"


@pytest.mark.soak
def test_what_the_remote_has_not_or_calls_otherwise_is_not_taken(box: Box) -> None:
    for version, why in (("9.9.0", "there is no v9.9.0 at origin"), ("9.4.0", "does not hold")):
        box.may(version)
        done = box.renew()
        assert done.returncode == 1
        assert why in done.stdout
    box.may(GOOD)
    (box.home / "pyproject.toml").write_text("mine")
    assert "changed by hand" in box.renew().stdout
    assert box.runs() == OLD


@pytest.mark.soak
@pytest.mark.parametrize("version", [BAD, WORSE])
def test_a_version_that_does_not_work_is_put_back_and_told(box: Box, version: str) -> None:
    box.may(version)
    done = box.renew()
    assert done.returncode == 1, done.stdout + done.stderr
    box.settled(OLD)
    assert f"{version}, 20" in box.ramah("doctor")
    changed = box.data / f"renewal/data-of-{version}"
    assert changed.exists() == (version == WORSE), "tables that it changed stay aside"
    again = box.renew()
    assert (again.returncode, again.stdout) == (0, ""), "once is enough"
    if version == WORSE:
        assert box.renew("--now").returncode == 1, "unless somebody wants it"
        box.settled(OLD)
    box.may(GOOD)
    assert box.renew().returncode == 0
    box.settled(GOOD)


@pytest.mark.parametrize(
    ("version", "step"),
    [
        (WORSE, 5),
        *(
            pytest.param(*each, marks=pytest.mark.soak)
            for each in ((GOOD, 1), (GOOD, 2), (GOOD, 3), (BAD, 4), (BAD, 5), (WORSE, 4), (HALF, 5))
        ),
    ],
)
def test_after_a_power_cut_it_ends_what_it_began(box: Box, version: str, step: int) -> None:
    box.may(version)
    assert box.renew(RAMAH_CUT=str(step)).returncode == -signal.SIGKILL
    box.power_cut()
    for lock in ("index.lock", "HEAD.lock"):
        (box.home / ".git" / lock).touch()
    (box.home / "server/app.py").write_text("")  # half a checkout
    box.boot()
    done = box.renew()
    assert done.returncode == (0 if version == GOOD else 1), done.stdout + done.stderr
    box.settled(GOOD if version == GOOD else OLD)


TAKE = RESTART + 'python3 -c "$RAMAH_TAKES" "$RAMAH_PORT" "$RAMAH_TOKEN" >> "$RAMAH_TEST/taken"\n'
TAKES = """
import json, sys, urllib.request as r
ask = r.Request(f"http://127.0.0.1:{sys.argv[1]}/api/tickets", b'{"service": "A"}',
    {"Authorization": "Bearer " + sys.argv[2], "Content-Type": "application/json"})
print(json.load(r.urlopen(ask))["label"])
"""
"""Takes a number as soon as the server is up again, whichever version that is."""


def takes(box: Box) -> dict[str, str]:
    token = box.ramah("token", "create", "--role", "kiosk", "--name", "Kios").split()[-1]
    return {"RAMAH_TAKES": TAKES, "RAMAH_TOKEN": token}


def numbers(box: Box) -> list[str]:
    with closing(sqlite3.connect(box.data / "ramah.db")) as db:
        return [label for (label,) in db.execute("SELECT label FROM tickets ORDER BY rowid")]


@pytest.mark.soak
def test_a_number_that_somebody_holds_is_not_taken_back_with_the_version(box: Box) -> None:
    more = takes(box)
    box.may(HALF)
    done = box.renew(RAMAH_RENEW_RESTART=TAKE, RAMAH_RENEW_WAIT="2", **more)
    assert done.returncode == 1, done.stdout + done.stderr
    taken = (box.folder / "taken").read_text().split()
    assert taken, done.stdout + done.stderr
    assert numbers(box) == taken
    assert box.ramah("--version") == f"ramah {HALF}\n"
    assert "people were served with it" in box.ramah("doctor")
    again = box.renew(RAMAH_RENEW_WAIT="2")
    assert (again.returncode, "stays" in again.stdout) == (1, True)
    (box.folder / "well").touch()
    done = box.renew()
    assert done.returncode == 0, done.stdout + done.stderr
    box.settled(HALF)
    assert numbers(box) == taken


@pytest.mark.soak
def test_somebody_may_go_back_nevertheless(box: Box) -> None:
    more = takes(box)
    box.may(HALF)
    assert box.renew(RAMAH_RENEW_RESTART=TAKE, **more).returncode == 1
    assert box.renew("--back").returncode == 1
    box.settled(OLD)
    assert numbers(box) == []
    assert (box.data / f"renewal/data-of-{HALF}/ramah.db").exists()
    assert "nothing to go back from" in box.renew("--back").stdout


@pytest.mark.soak
@pytest.mark.parametrize("step", [2, 5])
def test_a_number_that_the_old_version_gave_after_a_power_cut_stays(box: Box, step: int) -> None:
    more = takes(box)
    box.may(WORSE)
    assert box.renew(RAMAH_CUT=str(step)).returncode == -signal.SIGKILL
    box.power_cut()
    git(box.home, "checkout", "-q", f"v{OLD}")  # as if cut off a little before
    subprocess.run(["sh", "-c", TAKE], env=box.environment | more, check=True)
    taken = (box.folder / "taken").read_text().split()
    assert len(taken) == 1
    assert box.renew().returncode == 1
    box.settled(OLD)
    assert numbers(box) == taken


@pytest.mark.soak
def test_a_line_that_hangs_has_an_end(box: Box) -> None:
    box.may(GOOD)
    git(box.home, "config", "remote.origin.url", "ext::sleep 100000")
    git(box.home, "config", "protocol.ext.allow", "always")
    done = box.renew(RAMAH_RENEW_LIMIT="1")
    assert done.returncode == 1
    assert "there is no v9.1.0" in done.stdout
    git(box.home, "config", "remote.origin.url", str(box.folder))
    assert box.runs() == OLD


@pytest.mark.soak
def test_a_set_up_that_hangs_has_an_end(box: Box) -> None:
    box.may(GOOD)
    done = box.renew(RAMAH_RENEW_SETUP="sleep 100000", RAMAH_RENEW_LIMIT="5")
    assert done.returncode == 1
    box.settled(OLD)


def test_the_unit_starts_the_script_where_the_guide_puts_it() -> None:
    assert settings(DEPLOY / "ramah-renew.service")["ExecStart"] == ["/usr/local/sbin/ramah-renew"]
    assert (
        "install -m 0755 deploy/ramah-renew /usr/local/sbin/" in (DEPLOY / "README.md").read_text()
    )
