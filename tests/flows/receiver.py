"""A webhook that keeps what it is told: python receiver.py PORT FOLDER."""

import http.server
import json
import sys
import time
from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        part = Path(sys.argv[2]) / f"{time.time_ns()}.part"
        part.write_text(json.dumps(body))
        part.rename(part.with_suffix(".json"))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
