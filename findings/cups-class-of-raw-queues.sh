#!/usr/bin/env bash
# CUPS 2.4.2 (Debian 12): a raw queue lists application/pdf among the formats that it supports and passes
# a PDF on untouched: a receipt printer gets the bytes of the file, and the job is "completed". Only
# printer-make-and-model tells ("Local Raw Printer"), and a class of such queues hides that too: it is a
# "Local Printer Class" whose device is file:///dev/null, with the same formats. Who asks a class what to
# send has to ask each of its member-names.
#
# Seen:
#   left: Local Raw Printer, application/pdf supported: yes, device socket://127.0.0.1:..., members
#   both: Local Printer Class, application/pdf supported: yes, device file:///dev/null, members left,right
#   sent to both as application/pdf: 1 completed; the printer got %PDF-1.4
#
# Fails when this has changed. Root on Debian; needs apt-get install cups cups-ipp-utils.
set -euo pipefail
export PATH="$PATH:/usr/sbin"
for each in cupsd lpadmin ipptool lp; do
    command -v "$each" >/dev/null || { echo "not installed: $each (apt-get install cups cups-ipp-utils)"; exit 2; }
done
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
till=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
service= printer=
trap 'for each in $service $printer; do kill "$each" 2>/dev/null; wait "$each" 2>/dev/null || true; done; rm -rf "$folder"' EXIT
mkdir -p "$folder"/{etc,spool/tmp,cache,state,log}
cat >"$folder/etc/cupsd.conf" <<END
Listen 127.0.0.1:$port
Browsing No
DefaultAuthType None
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
END
cat >"$folder/etc/cups-files.conf" <<END
ServerRoot $folder/etc
RequestRoot $folder/spool
TempDir $folder/spool/tmp
CacheDir $folder/cache
StateDir $folder/state
AccessLog $folder/log/access
ErrorLog $folder/log/error
PageLog $folder/log/page
User lp
Group lp
END
chown -R lp:lp "$folder"; chmod 755 "$folder"
cupsd -f -c "$folder/etc/cupsd.conf" -s "$folder/etc/cups-files.conf" & service=$!
for _ in $(seq 50); do (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null && break; sleep 0.1; done
export CUPS_SERVER=127.0.0.1:$port
python3 - "$till" "$folder/got" <<'END' & printer=$!
import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as till, open(sys.argv[2], "wb", 0) as got:
    while True:
        link, _ = till.accept()
        while piece := link.recv(65536):
            got.write(piece)
        link.close()
END
for each in left right; do
    lpadmin -p "$each" -E -v "socket://127.0.0.1:$till" -m raw 2>/dev/null
    lpadmin -p "$each" -c both
done
cupsenable both
cupsaccept both
told() { # QUEUE ATTRIBUTE
    ipptool -tv "ipp://127.0.0.1:$port/printers/$1" get-printer-attributes.test | sed -n "s/^ *$2 ([^)]*) = //p" | head -1 || true
}
for each in left both; do
    pdf=no
    told "$each" document-format-supported | tr , '\n' | grep -qx application/pdf && pdf=yes
    echo "$each: $(told "$each" printer-make-and-model), application/pdf supported: $pdf, device $(told "$each" device-uri), members $(told "$each" member-names)"
done | tee "$folder/told"
printf '%%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%%%EOF\n' >"$folder/paper.pdf"
lp -d both -o document-format=application/pdf "$folder/paper.pdf" >/dev/null
for _ in $(seq 100); do lpstat -W completed -o | grep -q . && break; sleep 0.1; done
echo "sent to both as application/pdf: $(lpstat -W completed -o | grep -c .) completed; the printer got $(head -c 8 "$folder/got")"
grep -q '^left: Local Raw Printer, application/pdf supported: yes' "$folder/told" || { echo "changed: a raw queue says what it takes"; exit 1; }
grep -q '^both: Local Printer Class, application/pdf supported: yes, device file:///dev/null, members left,right' "$folder/told" || { echo "changed: a class tells of its members"; exit 1; }
[ "$(head -c 8 "$folder/got")" = "%PDF-1.4" ] || { echo "changed: a PDF is not passed on as it is"; exit 1; }
