"""Every setting of an office has a field, a label, and words for its values, by construction."""

from __future__ import annotations

from server.editing.labels import CHOICES, LABELS
from server.editing.schema import GIVEN, FormField, form, paths
from server.reference import settings


def every(fields: list[FormField]) -> list[FormField]:
    return [each for one in fields for each in (one, *every(one.fields))]


FORM = form(lambda text: text)


def test_the_form_has_a_field_for_each_setting_and_no_other() -> None:
    assert set(paths(FORM)) == set(settings.paths()) - settings.GIVEN
    assert GIVEN == settings.GIVEN


def test_no_label_is_left_over() -> None:
    assert set(LABELS) == {each.path for each in every(FORM)}
    choosing = {each.path for each in every(FORM) if each.choices}
    assert set(CHOICES) <= choosing


def test_each_choice_but_numbers_has_words() -> None:
    for each in every(FORM):
        for choice in each.choices:
            known = CHOICES.get(each.path, {})
            assert choice.value in known or choice.value.isdigit(), (each.path, choice.value)
