"""Somebody else's service: a shop that sells nothing."""

from __future__ import annotations

import http.server
import os
import signal
import sys
import threading

ANSWERS = {"/": b"<h1>shop</h1>\n", "/health": b'{"status": "ok"}\n'}


class Desk(http.server.BaseHTTPRequestHandler):
    """Answers what is asked."""

    def do_GET(self) -> None:
        body = ANSWERS.get(self.path)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, form: str, *words: object) -> None:
        print(form % words, flush=True)


if not os.environ.get("SHOP_TOKEN"):
    sys.exit("SHOP_TOKEN is not set")
server = http.server.ThreadingHTTPServer(("", 8080), Desk)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
