#!/usr/bin/env bash
# Chromium 70 (npm chrome-aws-lambda 1.7.0; televisions of 2019 are as old): Intl refuses the time zones
# Etc/GMT-14 to Etc/GMT+12 of the IANA database as no "Area/Location", though it takes Etc/UTC. Whoever
# writes times in a fixed offset gets a RangeError instead of a clock. Chromium 79 (2.0.2) takes them.
#
# Seen:
#   Chromium 70: Asia/Makassar=Asia/Makassar Etc/UTC=UTC Etc/GMT-9=Expected Area/Location(/Location)* for time zone, got Etc/GMT-9
#   Chromium 79: Asia/Makassar=Asia/Makassar Etc/UTC=UTC Etc/GMT-9=Etc/GMT-9
#
# Fails when one of the two says something else. Needs Node >= 12 with npm, and the libraries of a desktop browser (nss).
set -euo pipefail
for each in node npm; do
    command -v "$each" >/dev/null || { echo "not installed: $each"; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/zones.html" <<'END'
<body><script>
document.body.textContent = ['Asia/Makassar', 'Etc/UTC', 'Etc/GMT-9'].map((zone) => {
  try {
    return zone + '=' + new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    return zone + '=' + error.message;
  }
}).join(' ');
</script></body>
END

said() { # version of the package
    local here="$folder/$1"
    mkdir -p "$here"
    (cd "$here" && npm pack --silent "chrome-aws-lambda@$1" >/dev/null && tar -xzf ./*.tgz)
    node -e "const fs = require('fs');
        fs.writeFileSync(process.argv[2], require('zlib').brotliDecompressSync(fs.readFileSync(process.argv[1])), { mode: 0o755 })" \
        "$(find "$here/package/bin" -name 'chromium*.br')" "$here/chromium"
    HOME="$here" "$here/chromium" --headless --no-sandbox --disable-gpu --user-data-dir="$here/profile" \
        --dump-dom "file://$folder/zones.html" 2>/dev/null | sed -n 's/.*<body>\(Asia.*\)$/\1/p'
}

old=$(said 1.7.0)
new=$(said 2.0.2)
echo "Chromium 70: $old"
echo "Chromium 79: $new"
both="Asia/Makassar=Asia/Makassar Etc/UTC=UTC Etc/GMT-9"
[ "$old" = "$both=Expected Area/Location(/Location)* for time zone, got Etc/GMT-9" ]
[ "$new" = "$both=Etc/GMT-9" ]
