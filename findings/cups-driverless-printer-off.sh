#!/usr/bin/env bash
# CUPS 2.4.2 (Debian 12): `lpadmin -m everywhere` for a printer that is off ends with status 0 and
# leaves a queue without a driver, a raw one: it sends whatever it gets to a printer that takes no
# raw bytes. Beside it: ippeveprinter 2.4.2 does not start without a D-Bus, also with `-r off`.
#
# Seen:
#   lpadmin says 0; make and model: Local Raw Printer; drivers written: 0
#   ippeveprinter without a bus: Error: Unable to initialize DNS-SD.
#
# Fails when one of the two has changed. Root on Debian; needs apt-get install cups cups-ipp-utils.
set -euo pipefail
export PATH="$PATH:/usr/sbin"
for each in cupsd lpadmin ippeveprinter ipptool; do
    command -v "$each" >/dev/null || { echo "not installed: $each (apt-get install cups cups-ipp-utils)"; exit 2; }
done
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
dead=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
service=
trap '[ -z "$service" ] || { kill "$service"; wait "$service" || true; }; rm -rf "$folder"' EXIT
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
status=0
lpadmin -p desk -E -v "ipp://127.0.0.1:$dead/ipp/print" -m everywhere || status=$?
sleep 2
model=$(ipptool -tv "ipp://127.0.0.1:$port/printers/desk" get-printer-attributes.test | sed -n 's/.*printer-make-and-model (text[^)]*) = //p' | head -1 || true)
drivers=$(find "$folder/etc/ppd" -name '*.ppd' 2>/dev/null | wc -l)
echo "lpadmin says $status; make and model: $model; drivers written: $drivers"
said=$(DBUS_SYSTEM_BUS_ADDRESS=unix:path=$folder/none timeout 5 ippeveprinter -r off -d "$folder" -p "$dead" Desk 2>&1 || true)
echo "ippeveprinter without a bus: $(printf '%s' "$said" | tail -1)"
[ "$status" = 0 ] && [ "$model" = "Local Raw Printer" ] && [ "$drivers" = 0 ]
printf '%s' "$said" | grep -q "Unable to initialize DNS-SD"
