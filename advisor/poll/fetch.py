"""One source's bytes over HTTP: bounded in time, size and reach, conditional, every failure named.

    fetch -> hop -> gate (politeness) -> transport (guarded connection) -> body (bounded) -> judge

When to ask again is left to `schedule`, what the bytes mean to `advisor.read`.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

import httpcore
import httpx

from advisor import __version__
from advisor.clock import Clock
from advisor.model import Document, Failure, SourceState, Unchanged, Validators
from advisor.poll.addresses import Guard
from advisor.poll.body import Garbled, TooLarge, bounded
from advisor.poll.challenge import is_challenge
from advisor.poll.headers import fresh_for, http_date, retry_after
from advisor.poll.hosts import Busy, HostGate
from advisor.poll.network import AddressRefused, GuardedBackend, NoAddress, Resolve, Resolver, system_resolve
from advisor.poll.transport import Transport, named
from advisor.poll.words import network_failure, shown

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, "
    "application/json;q=0.9, text/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)
_DEADLINE = timedelta(seconds=30)
_NONE = Validators()
_BLOCKED = {401, 403, 407, 451}
_DEAD = {404, 410}
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}

Result = Document | Unchanged | Failure


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one fetch and of all of them together. Sizes in bytes."""

    wire_bytes: int = 10 * 2**20
    inflated_bytes: int = 10 * 2**20
    redirects: int = 5
    connections: int = 100
    per_host: int = 2
    spacing: timedelta = timedelta(milliseconds=100)  # between starts of requests to one host
    lookups: int = 16  # names resolved at once
    patience: timedelta = timedelta(seconds=60)  # for a turn at a host that many sources share


@dataclass(slots=True)
class _Trip:
    """One fetch on its way through redirects."""

    url: httpx.URL
    seconds: float  # what is left of the deadline; waiting for one's turn at a host does not count
    seen: list[httpx.URL] = field(default_factory=list)
    moved_to: str | None = None
    permanently: bool = True  # every redirect so far was permanent


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]  # names in small letters
    body: bytes


class Fetcher:
    """Fetches documents. Built once and shared by all threads of a pool; `close` it at the end.

    `contact` (an address of a page or mailbox) goes into the User-Agent; `allow_networks` opens private
    networks ("127.0.0.0/8"). Proxies and credentials from the environment are not used; SSL_CERT_FILE is.
    """

    def __init__(
        self,
        contact: str,
        allow_networks: Sequence[str] = (),
        limits: Limits = Limits(),
        *,
        ssl_context: ssl.SSLContext | None = None,
        resolve: Resolve = system_resolve,
    ) -> None:
        for name in ("httpx", "httpcore"):  # at INFO they print addresses with their secrets
            logging.getLogger(name).setLevel(logging.WARNING)
        self._limits = limits
        self._gate = HostGate(limits.per_host, limits.spacing.total_seconds())
        backend = GuardedBackend(Guard.of(allow_networks), Resolver(limits.lookups, resolve))
        # One context for all hosts: loading the CA bundle costs 16 ms.
        self._transport = Transport(backend, ssl_context or httpx.create_ssl_context(), limits.connections)
        self._headers = {
            "User-Agent": f"Advisor/{__version__} (+{_plain_ascii(contact)})",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }

    def close(self) -> None:
        """Closes every connection. Fetches under way end as failures."""
        self._transport.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def fetch(
        self,
        url: str,
        now_clock: Clock,
        validators: Validators = _NONE,
        *,
        deadline: timedelta = _DEADLINE,
        accept: str = ACCEPT,
    ) -> Result:
        """What `url` holds now, or that it is unchanged since `validators`, or why it could not be read.

        `deadline` bounds the whole fetch with its redirects, not counting the wait for one's turn at a busy
        host. Expected failures are returned; only faults of this program raise.
        """
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, UnicodeError):
            return Failure(SourceState.REFUSED, "the address cannot be read", now_clock())
        trip = _Trip(parsed, deadline.total_seconds())
        headers = {**self._headers, "Accept": accept, **_conditions(validators)}
        try:
            return self._travel(trip, headers, validators, now_clock)
        except (AddressRefused, TooLarge, _NotAllowed) as error:
            return Failure(SourceState.REFUSED, f"refused: {error}", now_clock())
        except Busy:
            sentence = f"{trip.url.host} is so slow that this source's turn did not come"
            return Failure(SourceState.UNREACHABLE, sentence, now_clock())
        except (NoAddress, Garbled) as error:
            return Failure(SourceState.UNREACHABLE, str(error), now_clock())
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            sentence = network_failure(trip.url.host, error)
            return Failure(SourceState.UNREACHABLE, sentence, now_clock())

    def _travel(self, trip: _Trip, headers: dict[str, str], validators: Validators, clock: Clock) -> Result:
        """Follows redirects by hand, so that each hop passes every guard again."""
        for _ in range(self._limits.redirects + 1):
            _check(trip)
            answer = self._hop(trip, headers)
            if answer.status not in _REDIRECTS:
                return _judge(answer, trip, validators, clock())
            if (target := answer.headers.get("location")) is None:
                sentence = f"{shown(trip.url)} redirects without saying where to"
                return Failure(SourceState.UNREACHABLE, sentence, clock())
            _follow(trip, target, answer.status)
        raise _NotAllowed(f"more than {self._limits.redirects} redirects, last to {shown(trip.url)}")

    def _hop(self, trip: _Trip, headers: dict[str, str]) -> _Answer:
        place = f"{trip.url.host}:{trip.url.port or trip.url.scheme}"
        with self._gate.turn(place, self._limits.patience.total_seconds()):
            began = time.monotonic()
            try:
                return self._ask(trip.url, headers, began + trip.seconds, trip.seconds)
            finally:
                trip.seconds -= time.monotonic() - began

    def _ask(self, url: httpx.URL, headers: dict[str, str], moment: float, seconds: float) -> _Answer:
        # The backend reads the first three numbers as moments, not as durations: see `network`.
        timeout = {"connect": moment, "read": moment, "write": moment, "pool": max(seconds, 0.001)}
        with self._transport.get(url, headers, timeout) as response:
            answered = named(response.headers)
            status = response.status
            if status in _REDIRECTS or status == 304:
                return _Answer(status, answered, b"")
            read = self._error_page if status >= 400 else self._body
            return _Answer(status, answered, read(response, answered))

    def _error_page(self, response: httpcore.Response, headers: dict[str, str]) -> bytes:
        """The page that comes with an error; when it cannot be read, the status still says what is wrong."""
        try:
            return self._body(response, headers)
        except (TooLarge, Garbled, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
            return b""

    def _body(self, response: httpcore.Response, headers: dict[str, str]) -> bytes:
        limits = self._limits
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:18]) > limits.wire_bytes:
            raise TooLarge(f"the answer announces {length[:18]} bytes, more than is accepted")
        encoding = headers.get("content-encoding", "")
        return bounded(response.iter_stream(), encoding, limits.wire_bytes, limits.inflated_bytes)


class _NotAllowed(Exception):
    """A redirect or address that we do not follow; the text is a sentence."""


def _plain_ascii(contact: str) -> str:
    return " ".join(contact.split()).encode("ascii", "replace").decode()


def _conditions(validators: Validators) -> dict[str, str]:
    pairs = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    # A server that puts odd characters into its ETag gets unconditional requests.
    return {name: value for name, value in pairs.items() if value and value.isascii() and value.isprintable()}


def _check(trip: _Trip) -> None:
    """Only http and https, with a host, and never in a circle."""
    if trip.url.scheme not in {"http", "https"}:
        raise _NotAllowed(f"{trip.url.scheme or 'an address without a scheme'} is neither http nor https")
    if not trip.url.host:
        raise _NotAllowed("the address names no host")
    if trip.url in trip.seen:
        circle = " -> ".join(shown(url) for url in [*trip.seen[trip.seen.index(trip.url) :], trip.url])
        raise _NotAllowed(f"it redirects in a circle: {circle}")
    trip.seen.append(trip.url)


def _follow(trip: _Trip, target: str, status: int) -> None:
    """Moves the trip to a redirect's target; user and password stay within one origin."""
    before = trip.url
    try:
        joined = before.join(target.strip())
        same = (joined.scheme, joined.host, joined.port) == (before.scheme, before.host, before.port)
        trip.url = joined.copy_with(userinfo=before.userinfo if same else b"")
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise _NotAllowed(f"{shown(before)} redirects to an address that cannot be read") from error
    trusted_less = (
        before.scheme == "https" != trip.url.scheme
    )  # followed, but never instead of the address that is safe
    trip.permanently = trip.permanently and status in _PERMANENT and not trusted_less
    if trip.permanently:
        trip.moved_to = str(trip.url.copy_with(userinfo=b""))


def _judge(answer: _Answer, trip: _Trip, validators: Validators, now: datetime) -> Result:
    """What an answer that is no redirect means."""
    fresh, server_date = fresh_for(answer.headers, now), http_date(answer.headers.get("date"))
    if answer.status == 304 and (validators.etag or validators.last_modified):
        return Unchanged(now, fresh, server_date)
    if failure := _refusal(answer, trip.url, now):
        return failure
    digest = sha256(answer.body).hexdigest()
    sent = Validators(answer.headers.get("etag"), answer.headers.get("last-modified"), digest)
    if digest == validators.sha256:
        return Unchanged(now, fresh, server_date, sent)
    return Document(
        url=str(trip.url.copy_with(userinfo=b"")),
        fetched_at=now,
        body=answer.body,
        content_type=answer.headers.get("content-type"),
        validators=sent,
        moved_to=trip.moved_to,
        fresh_for=fresh,
        server_date=server_date,
    )


def _refusal(answer: _Answer, url: httpx.URL, now: datetime) -> Failure | None:
    """The failure that a status or a challenge page stands for; None for a usable answer."""
    status, later = answer.status, retry_after(answer.headers, now)
    if is_challenge(answer.headers, answer.body):
        sentence = f"{url.host} sent a challenge page (status {status}) instead of {shown(url)}"
        return Failure(SourceState.BLOCKED, sentence, now, later)
    if 200 <= status < 300 and status != 206:
        return None
    said = f"{url.host} answered {status} {http.client.responses.get(status, '')}".rstrip()
    if status in _BLOCKED:
        return Failure(SourceState.BLOCKED, f"{said}: it does not let us read {shown(url)}", now, later)
    if status in _DEAD:
        return Failure(SourceState.DEAD, f"{said}: {shown(url)} is gone", now, later)
    return Failure(SourceState.UNREACHABLE, f"{said} for {shown(url)}", now, later)
