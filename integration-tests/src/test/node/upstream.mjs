// SPDX-License-Identifier: Apache-2.0
// A model server on node's own http module: streams the chat events of a file, one every few milliseconds, whole or cut.
//   node upstream.mjs EVENTS_FILE [PORT]    prints its port, then for each request with an idempotency key that key and the time
import { readFileSync } from "node:fs";
import http from "node:http";

const events = readFileSync(process.argv[2], "utf8").split(/(?<=\n\n)/);

const server = http.createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const key = request.headers["idempotency-key"];
  if (key) console.log(key, Date.now());
  response.writeHead(200, { "content-type": "text/event-stream" });
  const cut = body.includes("cut-me") ? 3 : events.length;
  for (const event of events.slice(0, cut)) {
    response.write(event);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (response.destroyed) return;
  }
  if (cut < events.length) response.destroy();
  else response.end();
});
server.listen(Number(process.argv[3] ?? 0), "127.0.0.1", () => console.log(server.address().port));
