"""Why this number, and how the next one is chosen: said in Indonesian for every rule."""

from __future__ import annotations

import ast
import inspect
import json
from types import ModuleType

import pytest
from playwright.async_api import Browser, expect

from server.domain import policies, policy
from tests.counter.staff import numbers, press, staff_page, take_seat
from tests.server.process import Hall, Server, office_toml

pytestmark = pytest.mark.asyncio(loop_scope="session")
VALUES = {"priority-cap": 3, "over-limit": 60, "target": 140}
WHY = {"by-hand": "berkas lengkap"}
SAY = """async (rules) => {
    const { files } = document.documentElement.dataset;
    const { reasonOf } = await import(files + 'counter/actions.js');
    const { t } = await import(files + 'web/i18n.js');
    return rules.map(reasonOf);
}"""
POLICY = """async (name) => {
    const { files } = document.documentElement.dataset;
    const { policyWords } = await import(files + 'counter/actions.js');
    return policyWords({ name, priority_cap: 3, slot_cap: 2 });
}"""


def rules_of(module: ModuleType) -> set[str]:
    """Return the code of every rule that the module can choose by, read from its source."""
    rules = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Choice":
            code = node.args[1]
            rules.add(code.value if isinstance(code, ast.Constant) else policies.SLOT)
    return {str(rule) for rule in rules}


async def test_every_rule_and_every_policy_has_its_words(hall: Hall, browser: Browser) -> None:
    rules = sorted(rules_of(policy) | rules_of(policies) | {"by-hand"})
    assert len(rules) >= 10, rules
    asked = [
        {"rule": rule, "rule_value": VALUES.get(rule), "why": WHY.get(rule, f"English of {rule}.")}
        for rule in rules
    ]
    async with staff_page(browser, hall) as page:
        await expect(page.get_by_label("Nama pengguna")).to_be_visible()  # the words are there
        said = dict(zip(rules, await page.evaluate(SAY, asked), strict=True))
        words = [await page.evaluate(POLICY, name) for name in policies.POLICIES]
    for rule, sentence in said.items():
        assert sentence, f"nothing is said for {rule}"
        assert "English" not in sentence, f"the server's own words are shown for {rule}"
        english = ("Has ", "priority had", "visitors", "Called by", "turn of", "counter")
        assert not any(word in sentence for word in english), sentence
    assert len(set(said.values())) == len(rules), "two rules say the same"
    assert "dari 3 panggilan" in said["priority-cap"]
    assert "60 menit" in said["over-limit"]
    assert "140 %" in said["target"]
    assert "berkas lengkap" in said["by-hand"]
    assert len({json.dumps(each) for each in words}) == len(policies.POLICIES)
    assert all(len(each) >= 4 for each in words)


@pytest.mark.parametrize("name", policies.POLICIES)
async def test_the_rule_that_chose_is_on_the_slip_under_every_policy(
    shared: Server, browser: Browser, name: str
) -> None:
    rules = f'[rules]\npolicy = "{name}"\n'
    hall = Hall(shared, f"why-{name}", office_toml(f"why-{name}", counters=2, more=rules))
    hall.person("sari")
    await numbers(hall, "A", "B")
    first = {
        "fair": "Paling lama menunggu.", "priority": "Paling lama menunggu.",
        "weighted": "Sekarang giliran layanan ini di loket ini.",
        "target": "% dari waktu yang dijanjikan",
    }  # fmt: skip
    async with staff_page(browser, hall, who="sari") as page:
        await take_seat(page)
        await press(page, "n")
        await expect(page.locator(".facts")).to_contain_text(first[name])
        await page.locator(".policy summary").click()
        await expect(page.locator(".policy-words li").first).to_be_visible()
