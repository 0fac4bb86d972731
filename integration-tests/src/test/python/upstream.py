# SPDX-License-Identifier: Apache-2.0
# A model server on python's own http.server: streams the chat events of a file, one every few milliseconds.
#   python3 upstream.py EVENTS_FILE PORT    prints for each request with an idempotency key that key and the time
import http.server
import re
import sys
import time

with open(sys.argv[1], encoding="utf-8") as file:
    EVENTS = re.split(r"(?<=\n\n)", file.read())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        key = self.headers["idempotency-key"]
        if key:
            print(key, int(time.time() * 1000), flush=True)
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in filter(None, EVENTS):
            data = event.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            time.sleep(0.005)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format, *args):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
