"""One request over one fresh connection: httpcore with `network`'s guarded backend.

No client around it: what a client adds (cookies, redirects, proxies, credentials from the environment) is what sources
must not share, and taking each request and answer apart twice costs as much as asking.
"""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpcore
import httpx

Timeouts = dict[str, float]  # seconds or moments, as the backend reads them: see `network`


class Transport:
    """Sends each request over a fresh connection of `backend`, at most `connections` at once. Raises httpcore's errors.

    No connection is kept: feeds live on many hosts and are minutes apart, a pool grows dearer with every kept
    connection, and a kept one could fail as stale just when it matters.
    """

    def __init__(self, backend: httpcore.NetworkBackend, ssl_context: ssl.SSLContext, connections: int) -> None:
        self._backend = backend
        self._tls = ssl_context
        self._tls.set_alpn_protocols(["http/1.1"])
        self._places = threading.BoundedSemaphore(connections)
        self._open: set[httpcore.HTTP11Connection] = set()

    @contextmanager
    def get(self, url: httpx.URL, headers: Mapping[str, str], timeouts: Timeouts) -> Iterator[httpcore.Response]:
        """The answer to a GET, its body unread; user and password of `url` are sent along."""
        sent = [(b"Host", url.netloc), *((name.encode(), value.encode()) for name, value in headers.items())]
        if url.userinfo:
            credentials = f"{url.username}:{url.password}".encode()
            sent.append((b"Authorization", b"Basic " + base64.b64encode(credentials)))
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        request = httpcore.Request("GET", target, headers=sent, extensions={"timeout": timeouts})
        if not self._places.acquire(timeout=timeouts["pool"]):
            raise httpcore.PoolTimeout
        try:
            connection = httpcore.HTTP11Connection(target.origin, self._connect(target.origin, timeouts["connect"]))
            self._open.add(connection)
            try:
                yield connection.handle_request(request)
            finally:
                self._open.discard(connection)
                connection.close()
        finally:
            self._places.release()

    def _connect(self, origin: httpcore.Origin, timeout: float) -> httpcore.NetworkStream:
        host = origin.host.decode("ascii")
        stream = self._backend.connect_tcp(host, origin.port, timeout=timeout)
        if origin.scheme == b"https":
            return stream.start_tls(self._tls, server_hostname=host, timeout=timeout)
        return stream

    def close(self) -> None:
        for connection in list(self._open):
            connection.close()


def named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields by their name in small letters; repeated ones are one list (RFC 9110, section 5.3)."""
    found: dict[str, str] = {}
    for raw, value in headers:
        name, text = raw.decode("latin-1").lower(), _text(value)
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
