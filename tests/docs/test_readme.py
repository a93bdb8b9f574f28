"""The first page that a newcomer reads is true: its labels, logins, commands and links."""

from __future__ import annotations

import re

from server.auth.demo_people import PASSWORD, USERS
from web.guides import DOCS, known
from web.i18n import LOCALES

README = (DOCS.parent / "README.md").read_text("utf-8")
DEMO = (DOCS.parent / "server" / "demo" / "office.toml").read_text("utf-8")


def test_every_indonesian_label_stands_on_a_screen_and_is_explained() -> None:
    said = set(known(LOCALES / "id" / "ramah.po", "id").values())
    told = re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*) \(?\"", README) + re.findall(
        r"(?<![*\w])\*([^*]+)\*(?!\*) is \"", README
    )
    assert len(told) >= 6
    for label in (" ".join(each.split()) for each in told):
        screen = re.sub(r"\d+", "{number}", label)
        assert label in said or f'id = "{label}"' in DEMO or screen in said, label


def test_every_word_in_stars_is_explained_in_brackets() -> None:
    steps = README.partition("each in a tab of its own")[2].partition("To scan")[0]
    for label in re.finditer(r"(?<![*\w])\*([^*]+)\*(?!\*)", steps):
        after = steps[label.end() : label.end() + 8]
        assert '"' in after or after.startswith((" (", " is ")), label[1]


def test_the_logins_are_those_of_the_demo() -> None:
    named = re.findall(r"log in as `(\w+)`", README)
    assert named
    assert set(named) <= {user.login for user in USERS}
    assert f"`{PASSWORD}`" in README


def test_every_verb_of_make_is_one_and_every_link_leads_somewhere() -> None:
    makefile = (DOCS.parent / "Makefile").read_text("utf-8")
    for page in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "findings/README.md"):
        path = DOCS.parent / page
        text = path.read_text("utf-8")
        for verb in re.findall(r"(?:`|^)make ([a-z]+)", text, flags=re.MULTILINE):
            assert f"\n{verb}:" in makefile, f"{page}: make {verb}"
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            assert (path.parent / link).exists(), f"{page}: {link}"


def test_every_finding_is_named_and_can_be_run() -> None:
    folder = DOCS.parent / "findings"
    told = (folder / "README.md").read_text("utf-8")
    scripts = sorted(folder.glob("*.sh"))
    assert scripts
    for script in scripts:
        assert f"findings/{script.name}" in told, script.name
        assert script.stat().st_mode & 0o111, f"{script.name} is not executable"
