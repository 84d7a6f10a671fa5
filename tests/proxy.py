"""A small reverse proxy, as a web server in front of the chat would be: it serves it under a path of its own."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

HOP = {"connection", "transfer-encoding", "content-length", "host", "accept-encoding"}


@contextmanager
def proxied(target: str, prefix: str) -> Iterator[str]:
    """The address at which ``target`` is found under ``prefix``; anything outside of it is 404."""

    class Handler(BaseHTTPRequestHandler):
        def forward(self) -> None:
            if not self.path.startswith(prefix + "/"):
                self.send_error(404)
                return
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            headers |= {"X-Forwarded-Host": self.headers["host"], "X-Forwarded-Proto": "http"}
            with closing(http.client.HTTPConnection(urlsplit(target).netloc)) as upstream:
                upstream.request(self.command, self.path.removeprefix(prefix), body, headers)
                with upstream.getresponse() as answer:
                    self.answer(answer)

        def answer(self, given: http.client.HTTPResponse) -> None:
            self.send_response(given.status)
            for name, value in given.getheaders():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.end_headers()
            while piece := given.read1(65536):  # as it comes: answers are streamed
                self.wfile.write(piece)
                self.wfile.flush()

        do_GET = do_POST = do_HEAD = forward  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # a browser that goes away is no error
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}/"
    finally:
        server.shutdown()
        server.server_close()
