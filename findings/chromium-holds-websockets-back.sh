#!/usr/bin/env bash
# Chromium (npm @sparticuz/chromium 131.0.1) holds a page's new WebSockets back once many of that page came to nothing:
# the next one opens only after seconds, though the server is there again and answers a plain request of the same page
# within milliseconds. A kiosk or signage page that tries a socket each second or two through a power cut is therefore away
# for longer than the server, and a script that gives each try two seconds may never be let through. Nothing tells the
# page: the socket is just "connecting".
#
# Seen:
#   after  0 failed sockets: request 12 ms, socket 7 ms
#   after 60 failed sockets: request 5 ms, sockets 3756 3895 4372 210 113 ms
#
# Fails when all sockets open within a second after sixty failed ones, or the first does not without. Needs Node >= 18 with
# npm, and the libraries of a desktop browser (nss). Listens on the loopback only; takes about a minute.
set -euo pipefail
for each in node npm; do
    command -v "$each" >/dev/null || { echo "not installed: $each"; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm pack --silent @sparticuz/chromium@131.0.1 >/dev/null
tar -xzf ./*.tgz
cat >unpack.js <<'END'
const { readFileSync, writeFileSync } = require('fs');
writeFileSync('chromium', require('zlib').brotliDecompressSync(readFileSync('package/bin/chromium.br')), { mode: 0o755 });
END
node unpack.js
cat >page.html <<'END'
<script>
const gone = new URLSearchParams(location.search).get('gone');
const open = (port) => new Promise((done) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  socket.onopen = () => { socket.close(); done(); };
  socket.onerror = done;
});
async function timed(what) {
  const begun = performance.now();
  await what();
  return Math.round(performance.now() - begun);
}
(async () => {
  const told = [];
  for (const failed of [0, 60]) {
    await Promise.all(Array.from({ length: failed }, () => open(gone)));
    const request = await timed(() => fetch('/there'));
    const sockets = [];
    for (let nth = 0; nth < (failed ? 5 : 1); nth += 1) {
      sockets.push(await timed(() => open(location.port)));
    }
    told.push({ failed, request, sockets });
  }
  await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
})();
</script>
END
cat >run.js <<'END'
const { createHash } = require('crypto');
const { readFileSync } = require('fs');
const http = require('http');
const { spawn } = require('child_process');
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
let browser;
const server = http.createServer((request, answer) => {
  let body = '';
  request.on('data', (part) => { body += part; }).on('end', () => {
    answer.setHeader('Content-Type', 'text/html');
    answer.end(request.url.startsWith('/?') ? readFileSync('page.html') : '');
    if (request.url === '/told') judge(JSON.parse(body));
  });
});
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + MAGIC).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on('error', () => {}).on('data', () => socket.end());
});
function judge([before, after]) {
  console.log(`after  0 failed sockets: request ${before.request} ms, socket ${before.sockets[0]} ms`);
  console.log(`after 60 failed sockets: request ${after.request} ms, sockets ${after.sockets.join(' ')} ms`);
  browser.kill();
  process.exit(before.sockets[0] < 1000 && after.request < 1000 && Math.max(...after.sockets) > 1000 ? 0 : 1);
}
const closed = http.createServer().listen(0, '127.0.0.1', () => {
  const gone = closed.address().port; // nobody listens there once it is closed
  closed.close(() => server.listen(0, '127.0.0.1', () => {
    browser = spawn('./chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--user-data-dir=profile',
      `http://127.0.0.1:${server.address().port}/?gone=${gone}`], { stdio: 'ignore', env: { ...process.env, HOME: process.cwd() } });
  }));
});
setTimeout(() => { console.log('nothing was told within two minutes'); browser.kill(); process.exit(1); }, 120_000);
END
node run.js
