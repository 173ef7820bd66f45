"""httpx over our own connections: the seam that httpx offers, filled with `network`'s guarded backend."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from typing import cast

import httpcore
import httpx


class GuardedTransport(httpx.BaseTransport):
    """Sends each request over a fresh connection of `backend`. Raises httpcore's errors unchanged.

    No connection is kept: feeds live on many hosts and are minutes apart, httpx's pool grows dearer with
    every kept connection, and a kept one could fail as stale just when it matters.
    """

    def __init__(self, backend: httpcore.NetworkBackend, ssl_context: ssl.SSLContext, connections: int) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=connections,
            max_keepalive_connections=0,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=None,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response.stream))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: object) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from cast("Iterable[bytes]", self._stream)

    def close(self) -> None:
        if (close := getattr(self._stream, "close", None)) is not None:
            close()
