#!/usr/bin/env bash
# holidays 0.109 (Python): the names of a country's days go by the language of the machine, not by the
# country's own. The class for Indonesia says default_language "id"; still, a server that runs under
# C.UTF-8 (every container and systemd unit without a locale) gets them in English, and one under a
# Thai locale in Thai. Only language="id" said at every call gives the same names everywhere. The mark
# of a reckoned day stands inside the name and changes its language with it: "(perkiraan)", "(estimated)".
#
# Seen (17 August 2026, then Idul Fitri 2028; the last column with language="id"):
#   id_ID.UTF-8: Hari Kemerdekaan Republik Indonesia | Hari Raya Idul Fitri (perkiraan) | Hari Kemerdekaan Republik Indonesia
#   C.UTF-8: Independence Day | Eid al-Fitr (estimated) | Hari Kemerdekaan Republik Indonesia
#
# Fails when one of these has changed. Needs python3 with venv, and a package index.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip --disable-pip-version-check --no-input install -qq holidays==0.109
cat >"$folder/names.py" <<'END'
import os

import holidays

assert holidays.ID.default_language == "id"
days = holidays.country_holidays("ID", years=(2026, 2028))
said = holidays.country_holidays("ID", years=2026, language="id")
print(f"{os.environ['LC_ALL']}: {days['2026-08-17']} | {days['2028-02-27']} | {said['2026-08-17']}")
END
seen=$(
    for each in id_ID.UTF-8 C.UTF-8; do
        env -u LANGUAGE LANG="$each" LC_ALL="$each" "$folder/venv/bin/python" "$folder/names.py"
    done
)
echo "$seen"
expected="id_ID.UTF-8: Hari Kemerdekaan Republik Indonesia | Hari Raya Idul Fitri (perkiraan) | Hari Kemerdekaan Republik Indonesia
C.UTF-8: Independence Day | Eid al-Fitr (estimated) | Hari Kemerdekaan Republik Indonesia"
[ "$seen" = "$expected" ] || { echo "changed: expected"; echo "$expected"; exit 1; }
