"""The vendors' own names on this machine: a TLS server with a test authority behind an HTTPS proxy.

A daemon that is started with `environment` speaks to `slack://` and `tgram://` addresses as in service; the proxy lets
nothing else out. Every request that a vendor got is kept; what it answers can be set.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

SLACK, TELEGRAM = "hooks.slack.com", "api.telegram.org"


@dataclass(frozen=True, slots=True)
class Request:
    host: str
    path: str
    fields: dict[str, Any]


@dataclass
class Vendors:
    """Slack and Telegram."""

    folder: Path
    requests: list[Request] = field(default_factory=list)
    answers: dict[str, list[tuple[int, bytes]]] = field(
        default_factory=lambda: defaultdict(list)
    )  # before the good one
    refused: list[str] = field(default_factory=list)  # names that the proxy did not let out
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(SLACK, TELEGRAM).configure_cert(context)
        bundle = self.folder / "authority.pem"
        authority.cert_pem.write_to_path(str(bundle))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _vendor(self))
        self._server.daemon_threads = True
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._proxy = _Proxy(("127.0.0.1", 0), _connect(self))
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True) for server in (self._server, self._proxy)
        ]  # fmt: skip
        for thread in self._threads:
            thread.start()
        self.environment = {
            **os.environ, "HTTPS_PROXY": f"http://127.0.0.1:{self._proxy.server_port}",
            "NO_PROXY": "127.0.0.1", "REQUESTS_CA_BUNDLE": str(bundle),
        }  # fmt: skip

    @property
    def port(self) -> int:
        return self._server.server_port

    def close(self) -> None:
        for server in (self._proxy, self._server):
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def of(self, host: str) -> list[Request]:
        return [request for request in self.requests if request.host == host]


class _Proxy(ThreadingHTTPServer):
    daemon_threads = True


def _vendor(vendors: Vendors) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            host = self.headers["Host"]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            vendors.requests.append(Request(host, self.path, json.loads(body)))
            good = b"ok" if host == SLACK else b'{"ok": true, "result": {"message_id": 1}}'
            status, answer = vendors.answers[host].pop(0) if vendors.answers[host] else (200, good)
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if host == SLACK else "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _connect(vendors: Vendors) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            name = self.path.partition(":")[0]
            if name not in (SLACK, TELEGRAM):
                vendors.refused.append(name)
                self.send_error(403)
                return
            with socket.create_connection(("127.0.0.1", vendors.port)) as beyond:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_pour, args=(beyond, self.connection), daemon=True)
                back.start()
                _pour(self.connection, beyond)
                back.join()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
