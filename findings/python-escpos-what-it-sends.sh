#!/usr/bin/env bash
# python-escpos 3.1 (PyPI, Python 3.11): what its calls send is not always what they seem to say.
# - One Chinese sign in a line sends all of that line as GB18030, also its Latin accents, and without
#   the command (FS &) that tells a printer to read two bytes as one sign.
# - `qr(native=True)` sends the printer's own QR commands though the profile says that it has none;
#   `cut()` for a printer without a cutter says nothing, and feeds six lines instead.
# - `import escpos.printer` leaves an empty folder in the system's temporary folder, each time, and a
#   handler on the root logger.
# - Its profile of a printer of 80 mm (NT-80-V-UL) says 12 letters a line: the width of a letter in dots.
#
# Seen:
#   with an accent:         1b 74 00 52 82 73 75 6d 82 0a
#   and a Chinese sign:     52 a8 a6 73 75 6d a8 a6 20 d6 a4 0a
#   own QR known: False     sent: yes
#   cutter known: False     cut() sent: 1b 64 06
#   left in the temporary folder by one import: 1; root handlers: 1
#   NT-80-V-UL, letters a line: 12
#
# Fails when one of these has changed. Needs python3 with venv, and a package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --disable-pip-version-check --no-input install -qq python-escpos==3.1
mkdir "$folder/tmp"
TMPDIR="$folder/tmp" "$folder/venv/bin/python" - <<'END'
import logging
import os
import tempfile

from escpos.capabilities import get_profile
from escpos.printer import Dummy


def sent(profile, *calls):
    printer = Dummy(profile=profile)
    for name, *values in calls:
        getattr(printer, name)(*values)
    return printer.output


accents = sent("TM-T20II", ("text", "Résumé\n"))
chinese = sent("TM-T20II", ("text", "Résumé 证\n"))
print("with an accent:        ", accents.hex(" "))
print("and a Chinese sign:    ", chinese.hex(" "))
assert accents == b"\x1bt\x00R\x82sum\x82\n"
assert chinese == "Résumé 证\n".encode("gb18030")

known = get_profile("POS-5890").features
printer = Dummy(profile="POS-5890")
printer.qr("hello", native=True)
print("own QR known:", known["qrCode"], "    sent:", "yes" if b"\x1d(k" in printer.output else "no")
assert not known["qrCode"]
assert b"\x1d(k" in printer.output

cut = sent("POS-5890", ("cut",))
print("cutter known:", known["paperFullCut"], "    cut() sent:", cut.hex(" "))
assert not known["paperFullCut"]
assert cut == b"\x1bd\x06"

left = [each for each in os.scandir(tempfile.gettempdir()) if each.is_dir()]
handlers = logging.getLogger().handlers
print(f"left in the temporary folder by one import: {len(left)}; root handlers: {len(handlers)}")
assert len(left) == 1
assert len(handlers) == 1

columns = get_profile("NT-80-V-UL").get_columns("a")
print("NT-80-V-UL, letters a line:", columns)
assert columns == 12
END
