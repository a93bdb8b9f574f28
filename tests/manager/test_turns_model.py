"""Which rows the table of turns shows, tried in the browser that will run it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.counter.staff import staff_page
from tests.server.process import Hall

pytestmark = pytest.mark.asyncio(loop_scope="session")

TRY = """async () => {
  const model = await import('/manager/turns-model.js');
  const turn = (n, more) => ({
    label: `A${String(n).padStart(3, '0')}`, service: 'A', service_name: 'Akta', counter: null,
    issued: new Date(1e12 + n * 1000).toISOString(), called: null, wait_s: null, outcome: null,
    state: 'waiting', ...more,
  });
  const turns = Array.from({ length: 5000 }, (_, n) => turn(n, n % 2 ? { wait_s: n } : {}));
  const view = model.firstView();
  const labels = (rows) => rows.slice(0, 3).map((row) => row.label);
  const byWait = model.sortedBy(view, 'wait_s');
  const last = model.pageOf(model.choose(turns, view), 999);
  return {
    newest: labels(model.choose(turns, view)),
    longest: labels(model.choose(turns, byWait)),
    shortest: labels(model.choose(turns, model.sortedBy(byWait, 'wait_s'))),
    unknownLast: model.choose(turns, byWait).at(-1).wait_s,
    page: [last.page, last.pages, last.from, last.to, last.rows.length],
    none: model.pageOf([], 3),
  };
}"""


async def test_rows_are_chosen_sorted_and_cut_into_pages(hall: Hall, browser: Browser) -> None:
    async with staff_page(browser, hall, "/manager") as page:
        await expect(page.locator("ramah-login")).to_be_visible()
        found = await page.evaluate(TRY)
    assert found["newest"] == ["A4999", "A4998", "A4997"]
    assert found["longest"] == ["A4999", "A4997", "A4995"]
    assert found["shortest"] == ["A001", "A003", "A005"]
    assert found["unknownLast"] is None
    assert found["page"] == [49, 50, 4900, 5000, 100]
    assert found["none"] == {"rows": [], "page": 0, "pages": 1, "from": 0, "to": 0}
