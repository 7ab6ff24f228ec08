"""A small server that keeps every promise; each mutant breaks one."""

import http.server
import json
import os
import signal
import sys
import threading
from pathlib import Path

import hull

REQUIRED = ("APP_NAME", "APP_TOKEN")
PORT = 8000
VERSION = json.loads(Path("/app/version.json").read_text())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, {"status": "ok", "version": VERSION})
        elif self.path == "/work":
            self.answer(200, {"name": os.environ["APP_NAME"], "hull": hull.NAME})
        else:
            self.answer(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, {"bytes": len(body)})

    def answer(self, status, content):
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, form, *words):
        print(form % words, flush=True)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False  # the end waits for requests in flight


def read_environment():
    for name in REQUIRED:
        if not os.environ.get(name):
            print(f"{name} is missing or empty", file=sys.stderr)
            sys.exit(2)


def main():
    read_environment()
    server = Server(("0.0.0.0", PORT), Handler)
    # In a thread: shutdown waits for the loop that this handler interrupts.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"listening on {PORT}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()


if __name__ == "__main__":
    main()
