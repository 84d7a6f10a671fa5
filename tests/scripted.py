"""A server that speaks the OpenAI protocol from a script, over real HTTP: each reply is what a test says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Reply:
    """What the server does with one request.

    ``text`` is written in ``pieces`` pieces (or as ``chunks`` say). ``cut`` closes the connection before the
    end, ``raw`` is sent in place of the stream, ``hang`` says nothing until the server is stopped, ``endless``
    goes on until the client has gone; ``plain`` is sent whole, as one JSON object, by a server that does not stream.
    After ``late`` pieces nothing is written for 20 seconds, though comments may say that the connection stands.
    """

    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: str = ""
    finish: str = "stop"
    pieces: int = 5
    cut: bool = False
    raw: bytes | None = None
    hang: bool = False
    endless: bool = False
    usage: bool = True
    plain: bool = False
    late: int | None = None
    comments: bool = False


@dataclass
class Script:
    """The replies still to come (the last is given again and again) and the requests so far."""

    url: str
    replies: list[Reply]
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: Event = field(default_factory=Event)  # set when a client has gone in the middle
    over: Event = field(default_factory=Event)

    @property
    def spec(self) -> str:
        """What ``llm=`` takes."""
        return f"scripted@{self.url}"

    def next(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def chunk(**choice: Any) -> bytes:
    value = {
        "id": "x",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": {}, "finish_reason": None} | choice],
    }
    return b"data: " + json.dumps(value).encode() + b"\n\n"


@contextmanager
def serving(*replies: Reply | str) -> Iterator[Script]:
    """A server with these replies, in their order; a string is a reply that writes it."""
    script = Script("", [Reply(r) if isinstance(r, str) else r for r in replies])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            script.requests.append({"path": self.path} | body)
            script.keys.append(self.headers.get("authorization", ""))
            try:
                self._reply(script.next())
            except (BrokenPipeError, ConnectionResetError):
                script.left.set()
            self.close_connection = True

        def _reply(self, reply: Reply) -> None:
            if reply.hang:
                script.over.wait(30)
                return
            if reply.status != 200:
                body = json.dumps({"error": {"message": reply.error, "type": "x", "code": None}}).encode()
                self._head(
                    reply.status, "application/json", reply.headers | {"Content-Length": str(len(body))}
                )
                self.wfile.write(body)
                return
            if reply.plain:
                self._plain(reply)
                return
            self._head(200, "text/event-stream", reply.headers | {"Connection": "close"})
            if reply.raw is not None:
                self.wfile.write(reply.raw)
                return
            self._stream(reply)

        def _head(self, status: int, kind: str, headers: dict[str, str]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def _plain(self, reply: Reply) -> None:
            message = {"role": "assistant", "content": reply.text}
            used = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            value: dict[str, Any] = {
                "id": "x",
                "object": "chat.completion",
                "created": 0,
                "model": "scripted",
                "choices": [
                    {"index": 0, "message": message, "finish_reason": reply.finish, "logprobs": None}
                ],
            }
            body = json.dumps(value | ({"usage": used} if reply.usage else {})).encode()
            body = body if reply.raw is None else reply.raw
            self._head(200, "application/json", reply.headers | {"Content-Length": str(len(body))})
            self.wfile.write(body)

        def _stream(self, reply: Reply) -> None:
            while reply.endless and not script.over.wait(0.01):
                self.wfile.write(chunk(delta={"content": reply.text}))
                self.wfile.flush()
            size = max(1, -(-len(reply.text) // reply.pieces))
            for at in range(0, len(reply.text), size):
                if at == (reply.late or 0) * size and reply.late is not None:
                    self._wait(reply)
                self.wfile.write(chunk(delta={"content": reply.text[at : at + size]}))
                self.wfile.flush()
            if reply.cut:
                return
            self.wfile.write(chunk(finish_reason=reply.finish))
            if reply.usage:
                used = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
                end = {
                    "id": "x",
                    "object": "chat.completion.chunk",
                    "created": 0,
                    "model": "scripted",
                    "choices": [],
                }
                self.wfile.write(b"data: " + json.dumps(end | {"usage": used}).encode() + b"\n\n")
            self.wfile.write(b"data: [DONE]\n\n")

        def _wait(self, reply: Reply) -> None:
            for _ in range(2000):
                if script.over.wait(0.01):
                    return
                self.wfile.write(b": still here\n\n" if reply.comments else b"")
                self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def requests_text(script: Script) -> Sequence[str]:
    """The whole text of each request's messages."""
    return ["\n".join(m["content"] for m in request["messages"]) for request in script.requests]
