"""What is typed into the set-up and not kept by the server is said, not passed over."""

from __future__ import annotations

from tests.manager.node import in_node

REFUSED = """
const { Draft } = await load('/manager/setup/draft.js');
const answers = given.map(([status, body]) => new Response(JSON.stringify(body), { status }));
globalThis.fetch = async () => answers.shift();
const draft = new Draft({ open: true, mine: true, here: false, draft: '', templates: [] });
const told = [];
draft.addEventListener('problems', () => told.push(draft.refused));
for (const _each of given) {
  await draft.keep().catch(() => undefined);
}
return told;
"""


def test_what_the_server_does_not_keep_is_said_until_it_does() -> None:
    large = {"type": "urn:ramah:problem:too-large", "detail": "The body is larger than 1000 kB."}
    assert in_node(REFUSED, [[413, large], [200, {"problems": []}]]) == [large["detail"], ""]
