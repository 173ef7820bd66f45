"""How bytes reach httpcore: one absolute deadline per request, names resolved once, checked addresses pinned.

httpcore hands each operation its "timeout"; here that number is a *moment* on the monotonic clock, so a
server that drips a byte a second ends with its deadline and not never. What is asked and answered over the
connection is left to `transport` and `fetch`.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import Any

import httpcore

from advisor.poll.addresses import Guard

Resolve = Callable[[str, int], list[tuple[Any, ...]]]
_ADDRESSES_TRIED = 6
_LONGEST_CONNECT = 10.0  # seconds for one address, so that a dead first one leaves time for the next


class AddressRefused(Exception):
    """The guard allows none of the addresses of a host."""


class NoAddress(Exception):
    """A name cannot be resolved, or not in time."""


def remaining(moment: float | None) -> float:
    """Seconds until `moment`; raises httpcore.TimeoutException when it has passed."""
    left = 3600.0 if moment is None else moment - time.monotonic()
    if left <= 0:
        raise httpcore.TimeoutException("deadline passed")
    return left


def system_resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """The operating system's answer for `host`: entries as `socket.getaddrinfo` gives them."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class Resolver:
    """Bounded, abandonable look-ups: getaddrinfo cannot be interrupted, so each runs in a daemon thread of
    its own, at most `threads` of them at once."""

    def __init__(self, threads: int, resolve: Resolve = system_resolve) -> None:
        self._free = threading.BoundedSemaphore(threads)
        self._resolve = resolve

    def addresses(self, host: str, port: int, moment: float | None) -> list[tuple[Any, ...]]:
        """Entries for `host`, in the system's order. Raises NoAddress."""
        if _is_literal(host):
            return self._resolve(host, port)  # nothing is asked of anyone, so nothing can hang
        if not self._free.acquire(timeout=remaining(moment)):
            raise NoAddress(f"the name {host} could not be looked up: all look-ups hang")
        answers: SimpleQueue[list[tuple[Any, ...]] | OSError | UnicodeError] = SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answers.put(error)
            finally:
                self._free.release()

        threading.Thread(target=look_up, daemon=True, name="advisor-dns").start()
        try:
            answer = answers.get(timeout=remaining(moment))
        except Empty:
            raise NoAddress(f"the name {host} was not resolved in time") from None
        if isinstance(answer, Exception):
            raise NoAddress(f"the name {host} cannot be resolved: {_words(answer)}") from answer
        return answer


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _words(error: OSError | UnicodeError) -> str:
    return getattr(error, "strerror", None) or "not a host name"


def _tls_words(error: OSError | ValueError) -> str:
    # Said here, because httpcore passes errors on without their cause.
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not accepted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return f"the TLS handshake failed ({error.reason or 'no reason given'})"
    return str(error)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks and connects; the address that was checked is the one that is connected to."""

    def __init__(self, guard: Guard, resolver: Resolver) -> None:
        self._guard = guard
        self._resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = self._resolver.addresses(host.strip("[]"), port, timeout)
        permitted = [entry for entry in found if self._guard.permits(entry[4][0])]
        if not permitted:
            raise AddressRefused(f"{host} is an address of a private or special network")
        return _Stream(_connect(permitted[:_ADDRESSES_TRIED], timeout))


def _connect(entries: list[tuple[Any, ...]], moment: float | None) -> socket.socket:
    """A socket to the first entry that answers; the last error when none does."""
    failure: Exception = httpcore.ConnectError("no address")
    for tried, (family, kind, protocol, _, address) in enumerate(entries):
        share = remaining(moment) / (len(entries) - tried)
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(share if tried == len(entries) - 1 else min(share, _LONGEST_CONNECT))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError as error:
            connection.close()
            failure = httpcore.ConnectTimeout(str(error))
        except OSError as error:
            connection.close()
            failure = httpcore.ConnectError(error.strerror or str(error))
        else:
            return connection
    raise failure


class _Stream(httpcore.NetworkStream):
    """A socket whose every operation ends at the moment named as its timeout."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._socket.settimeout(remaining(timeout))
        try:
            return self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(error.strerror or str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        while buffer:
            self._socket.settimeout(remaining(timeout))
            try:
                buffer = buffer[self._socket.send(buffer) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            except OSError as error:
                raise httpcore.WriteError(error.strerror or str(error)) from error

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        # OpenSSL's handshake in Python counts its time-out over the whole handshake, not per packet.
        try:
            self._socket.settimeout(remaining(timeout))
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
        except TimeoutError as error:
            self.close()
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, ValueError) as error:
            self.close()
            raise httpcore.ConnectError(_tls_words(error)) from error
        except httpcore.TimeoutException:
            self.close()
            raise

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return True  # never offered for reuse without asking anew: connections are not kept
        if info == "socket":
            return self._socket
        return None
