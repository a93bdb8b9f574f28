"""A second opinion on the bytes: npos, a parser from another language and other people."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from printer.escpos_bytes import Press
from printer.layout import TicketPaper, render
from printer.profile import PROFILES, read_profile
from tests.printer.decoder import CODE_PAGES, decode

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
const npos = require('npos');
const ruler = require('npos/lib/parser/ruler');
const rules = require('npos/lib/parser/rules');
// The one command of ours that npos does not know: GS ( k, whose length follows in two bytes.
rules[0x1d]['(k'] = [0, 'd16'];
const parts = [];
process.stdin.on('data', (part) => parts.push(part));
process.stdin.on('end', async () => {
  const ast = await npos.parser(ruler.normalize(rules)).parse(Buffer.concat(parts));
  const entries = ast.entries.map((entry) => entry.type === 'raster'
    ? { type: 'raster', width: entry.data.width, height: entry.data.height }
    : { type: entry.type, text: entry.data.toString('latin1') });
  const codes = ast.tree.filter((token) => token.fn === '(k').map((token) => token.offset);
  const commands = ast.tree.map((token) => (token.ascii || '') + ' ' + (token.fn || ''));
  console.log(JSON.stringify({ entries, commands, codes }));
});
"""


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("width", [58, 80])
def test_another_parser_finds_the_same_ticket(tmp_path: Path, width: int, profile: str) -> None:
    node = shutil.which("node")
    assert node, "node is missing: run the tests with `make test`"
    paper = TicketPaper(
        office="Mal Pelayanan Publik",
        service="KTP Elektronik",
        label="A012",
        issued_at=datetime(2026, 11, 24, 8, 15, tzinfo=ZoneInfo("Asia/Makassar")),
        zone_label="WITA",
        ahead=4,
        estimate=(15, 25),
        tracking_url="http://192.0.2.20:8080/t/Zk3vQ0m9Yw8sT1bA",
        foot="Terima kasih.",
        width_mm=58 if width == 58 else 80,
        printer=read_profile(profile),
    )
    data = render(paper, lambda msgid: msgid, Press(tmp_path))
    run = subprocess.run(
        [node, "-e", SCRIPT], input=data, capture_output=True, cwd=ROOT, timeout=60, check=False
    )
    assert run.returncode == 0, f"is npos there (`make dev`)? {run.stderr.decode()}"
    found = json.loads(run.stdout)
    assert found["commands"][0] == "ESC @"
    ours = decode(data)
    assert found["commands"][-1] == ("GS V" if ours.cuts else "ESC d")
    # Model, size, error correction, what it says, print: where we find them, it does.
    assert len(found["codes"]) == 5 * len(ours.codes)
    assert bool(ours.codes) == read_profile(profile).qr
    rasters = [entry for entry in found["entries"] if entry["type"] == "raster"]
    assert [(entry["width"], entry["height"]) for entry in rasters] == [
        picture.size for picture in ours.rasters
    ]
    text = "".join(entry.get("text", "") for entry in found["entries"])
    for line in ours.texts:
        assert line.words.encode(CODE_PAGES[line.code_page]).decode("latin1") in text
