#!/usr/bin/env bash
# LibreOffice 7.4.7 (Debian 12), opening a CSV file with its usual choices ("Detect special
# numbers" is off): a day is a date and "2026-11-25T07:30:29" is a moment, but the same moment with
# a space, as office programs write and read it, stays text, also in calculations. And a comma
# that is the decimal sign of one country is dropped as the thousands' sign of another: 1721,636 is
# read as 1721636 under en-US, without a word; 1721 alone is right everywhere.
#
# Seen (kind of the cell and value, by the language chosen for the file):
#   id-ID: date 2026-11-25 | string - | date 2026-11-25T07:30:29 | float 1721.636 | float 1721
#   en-US: date 2026-11-25 | string - | date 2026-11-25T07:30:29 | float 1721636 | float 1721
#
# Fails when one of these has changed. Needs apt-get install libreoffice-calc python3.
set -euo pipefail
for each in soffice python3; do
    command -v "$each" >/dev/null || { echo "not installed: $each (apt-get install libreoffice-calc python3)"; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'day;space;t;decimal;whole\n2026-11-25;2026-11-25 07:30:29;2026-11-25T07:30:29;1721,636;1721\n' >"$folder/log.csv"
soffice --version
read_as() { # name of the language, its number in the filter's options (Documentation: Filter Options for CSV)
    soffice "-env:UserInstallation=file://$folder/profile" --headless \
        "--infilter=CSV:59,34,76,1,,$2,false,false" --convert-to fods --outdir "$folder/$1" "$folder/log.csv" >/dev/null 2>&1
    python3 - "$1" "$folder/$1/log.fods" <<'END'
import sys
import xml.etree.ElementTree as tree

office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
row = list(tree.parse(sys.argv[2]).iter(table + "table-row"))[1]
cells = [each for each in row.findall(table + "table-cell") if each.get(office + "value-type")]
told = [
    f"{each.get(office + 'value-type')} {each.get(office + 'value') or each.get(office + 'date-value') or '-'}"
    for each in cells
]
print(f"{sys.argv[1]}: {' | '.join(told)}")
END
}
seen=$(read_as id-ID 1057; read_as en-US 1033)
echo "$seen"
wanted='id-ID: date 2026-11-25 | string - | date 2026-11-25T07:30:29 | float 1721.636 | float 1721
en-US: date 2026-11-25 | string - | date 2026-11-25T07:30:29 | float 1721636 | float 1721'
[ "$seen" = "$wanted" ] || { echo "this has changed"; exit 1; }
