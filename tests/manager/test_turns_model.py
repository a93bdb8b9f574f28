"""Which rows the table of turns shows, as the page's own module reckons it."""

from __future__ import annotations

from tests.manager.node import in_node

TURN = """
  const model = await load('/manager/turns-model.js');
  const turn = (label, at, more) => ({
    ticket: label, leg: 1, label, service: 'A', service_name: 'Akta', counter: null,
    issued: new Date(1e12 + at * 1000).toISOString(), called: null, wait_s: null, outcome: null,
    state: 'waiting', ...more,
  });
"""
TRY = """
  const numbered = (n) => turn(`A${String(n).padStart(3, '0')}`, n, n % 2 ? { wait_s: n } : {});
  const turns = Array.from({ length: 5000 }, (_, n) => numbered(n));
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
"""
SORT = """
  const up = (column) => ({ ...model.firstView(), sort: column, down: false });
  const turns = [
    turn('A10', 1, { counter: 'Loket 10', state: 'waiting' }),
    turn('B1', 2, { counter: 'Loket 2', state: 'serving' }),
    turn('A2', 3, { counter: null, state: 'called' }),
    turn('a1', 4, { counter: 'Loket 2', state: 'waiting' }),
  ];
  const names = { waiting: 'Menunggu', serving: 'Dilayani', called: 'Dipanggil' };
  const nameOf = (status) => names[status];
  const labels = (view) => model.choose(turns, view, nameOf).map((row) => row.label);
  return {
    label: labels(up('label')),
    counter: labels(up('counter')),
    counterDown: labels({ ...up('counter'), down: true }),
    status: labels(up('status')),
  };
"""


def test_rows_are_chosen_sorted_and_cut_into_pages() -> None:
    found = in_node(TURN + TRY)
    assert found["newest"] == ["A4999", "A4998", "A4997"]
    assert found["longest"] == ["A4999", "A4997", "A4995"]
    assert found["shortest"] == ["A001", "A003", "A005"]
    assert found["unknownLast"] is None
    assert found["page"] == [49, 50, 4900, 5000, 100]
    assert found["none"] == {"rows": [], "page": 0, "pages": 1, "from": 0, "to": 0}


def test_words_are_sorted_as_they_are_read_and_numbers_in_them_by_size() -> None:
    found = in_node(TURN + SORT)
    assert found["label"] == ["a1", "A2", "A10", "B1"]
    assert found["counter"] == ["a1", "B1", "A10", "A2"], "no counter yet: last"
    assert found["counterDown"] == ["A10", "a1", "B1", "A2"]
    assert found["status"] == ["B1", "A2", "a1", "A10"], "by the words that the page shows"
