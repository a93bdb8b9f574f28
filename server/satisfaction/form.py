"""Owns the empty questionnaire on paper: the questions in the order in which they are keyed in."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Literal

import msgspec
import typst

from server.domain.names import named
from server.reports.paper import STANDARDS
from server.satisfaction.method import Method

Say = Callable[..., str]


def blank(
    found: Method, office: str, say: Say, language: str, form: Literal["pdf", "png"] = "pdf"
) -> bytes:
    """Return the questionnaire, empty, as a tagged ``pdf``, or its first page to look at."""
    source = (resources.files("server.satisfaction") / "form.typ").read_bytes()
    data = msgspec.json.encode(_data(found, office, say, language)).decode()
    made: bytes | list[bytes] = typst.compile(
        source, format=form, sys_inputs={"data": data}, ppi=80,
        pdf_standards=[*STANDARDS] if form == "pdf" else None,
    )  # fmt: skip
    return made[0] if isinstance(made, list) else made


def _data(found: Method, office: str, say: Say, language: str) -> dict[str, object]:
    return {
        "lang": language,
        "title": say("How did we serve you?"),
        "office": office,
        "method": named(found.names, language, found.key),
        "intro": say("Your name is not asked. Please tick one box in each row."),
        "day": say("Date"),
        "service": say("Service"),
        "about": [
            {
                "name": named(each.names, language, each.key),
                "choices": [named(choice.names, language, choice.key) for choice in each.choices],
            }
            for each in found.about
        ],
        "ask": say("What do you say of our service?"),
        "head": ["", say("Question"), say("Your answer")],
        "questions": [
            {
                "number": number,
                "question": named(each.questions, language, each.key),
                "answers": [
                    f"{mark} {words}"
                    for mark, words in enumerate(
                        each.answers.get(language) or next(iter(each.answers.values())), 1
                    )
                ],
            }
            for number, each in enumerate(found.elements, 1)
        ],
        "said": say("Suggestion"),
        "thanks": say("Thank you. Please put this paper into the box, or give it to the host."),
        "page": say("Page"),
    }
