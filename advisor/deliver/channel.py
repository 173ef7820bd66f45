"""One receiver, one Apprise object a loudness, one attempt at a time; the only place that knows Apprise.

Apprise answers yes or no. Whether a no may have arrived all the same, is final, or names a delay, shows only
in the lines it logs, so each send collects its own lines, classifies them and throws them away: at DEBUG they
hold tokens. Retrying, pacing, splitting and routing are ours, never Apprise's. What reads as unknown is
ambiguous: a duplicate beats a lost alert.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from advisor.deliver.loudness import rings
from advisor.deliver.plugins import bring_in
from advisor.deliver.words import Budget
from advisor.errors import UsageError
from advisor.model import Attempt, Loudness, Message, Outcome, Receiver

_CONNECT, _READ = 10, 30  # seconds; a slow receiver that succeeds must not count as failed
_LEFT_ALONE = 5.0  # seconds
_ANSWER = 60.0  # seconds for all of one send: one that drips outlives every timeout of its reads
_LONG_FORM = frozenset({"mailto", "mailtos", "sendmail", "ses", "mailgun", "sendgrid", "smtp2go", "sparkpost"})
_FORBIDDEN = {
    "overflow": "Advisor keeps within the channel's limit itself",
    "optional": "it would report a failure as delivered",
    "retry": "Advisor retries itself, so that nothing is sent twice",
    "tags": "routes choose receivers here",
    "tag": "routes choose receivers here",
}
_lines: ContextVar[list[tuple[str, str]] | None] = ContextVar("advisor_apprise_lines", default=None)


class _Collector(logging.Handler):
    """Keeps the lines of the send under way in this context; nothing is ever written out."""

    def emit(self, record: logging.LogRecord) -> None:
        lines = _lines.get()
        if lines is not None and len(lines) < 400:
            lines.append((record.levelname, record.getMessage()))


def _quiet_logger() -> None:
    """Apprise's logger feeds the collector only: at DEBUG it prints bot tokens (measured)."""
    logger = logging.getLogger("apprise")
    if not any(isinstance(handler, _Collector) for handler in logger.handlers):
        logger.addHandler(_Collector(level=logging.DEBUG))
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    for noisy in ("urllib3", "requests", "charset_normalizer"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


class AddressError(UsageError):
    """A receiver's URL that Apprise cannot use, or that asks for what is ours to do."""


@dataclass(slots=True)
class Pace:
    """Keeps messages of one target as many seconds apart as its service asks for.

    Apprise would do it by the wall clock: a message after the night on which clocks go back waited an hour, and one to
    Discord after the clock was put back for as long as it was put. So each plug-in asks here.
    """

    apart: float = 0.0
    _next: float = 0.0  # on the clock that nobody puts

    def until_free(self) -> None:
        """Wait until the next message may go, and keep no place for it."""
        if (pause := self._next - time.monotonic()) > 0:
            time.sleep(pause)

    def asked(self, last_io: object = None, wait: float | None = None) -> None:
        """In place of a plug-in's `throttle`. `wait`: how long by the wall clock its service wants to be left alone.

        Believed for some seconds, as such limits last; whoever means longer answers 429 and is asked again later.
        """
        if wait is not None and wait > 0:
            time.sleep(min(wait, _LEFT_ALONE))

    def wait(self) -> None:
        now = time.monotonic()
        pause, self._next = self._next - now, max(now, self._next) + self.apart
        if pause > 0:
            time.sleep(pause)


@dataclass(frozen=True, slots=True)
class Channel:
    """A receiver ready for sending, by one thread at a time. Kept for the life of the service, for its pace."""

    receiver: Receiver
    budget: Budget
    shown: str  # the URL with its secrets masked
    _apprise: Mapping[Loudness, Any]
    pace: Pace = field(default_factory=Pace)

    def ready(self) -> None:
        """Wait until a message may go at once; what waits here has not begun, and is nobody's doubt."""
        self.pace.until_free()

    def send(self, message: Message, loudness: Loudness = Loudness.NOTIFY) -> Attempt:
        """One attempt; never raises for what the receiver does, and ends in a bounded time."""
        lines: list[tuple[str, str]] = []
        ended: list[Attempt] = []
        self.pace.wait()
        # In a thread of its own: one that hangs costs nobody but its receiver, nor the end of the process.
        work = threading.Thread(
            target=lambda: ended.append(self._notify(message, loudness, lines)), name=f"to {self.receiver.name}",
            daemon=True,
        )  # fmt: skip
        try:
            work.start()
        except RuntimeError:
            return Attempt(Outcome.RETRY, "this machine has no thread left to send with")
        work.join(_ANSWER)
        return ended[0] if ended else Attempt(Outcome.AMBIGUOUS, _NO_ANSWER)

    def _notify(self, message: Message, loudness: Loudness, lines: list[tuple[str, str]]) -> Attempt:
        _lines.set(lines)
        try:
            sent = self._apprise[loudness].notify(title=message.title, body=message.body, body_format="text")
        except Exception as error:  # noqa: BLE001  a plug-in's own bug is an unknown outcome, not our crash
            return Attempt(Outcome.AMBIGUOUS, f"{type(error).__name__} inside the {self.shown.split(':')[0]} plug-in")
        return Attempt(Outcome.DELIVERED, "accepted") if sent else classify(lines)


def open_channel(receiver: Receiver) -> Channel:
    """The channel of a receiver; AddressError says what is wrong with its URL, without its secrets."""
    import apprise

    _quiet_logger()
    _check_address(receiver)
    asset = apprise.AppriseAsset(
        app_id="Advisor", app_desc="travel advisories", http_redirects=False, secure_logging=True,
        service_timeout=0,  # else Apprise shares a handful of threads, which as many hanging receivers fill
    )  # fmt: skip
    made: dict[str, Any] = {}

    pace = Pace()

    def holder(url: str) -> Any:
        """Those that are equally loud share one object."""
        if url not in made:
            made[url] = apprise.Apprise(asset=asset)
            plugin = _plugin(receiver, url, asset)
            pace.apart = max(pace.apart, float(plugin.request_rate_per_sec))
            plugin.throttle = pace.asked  # the pace is ours
            made[url].add(plugin)
        return made[url]

    holders = {loudness: holder(_with_parameters(receiver.url, loudness)) for loudness in Loudness}
    (plugin,) = holders[Loudness.NOTIFY]
    budget = Budget(int(plugin.title_maxlen or 0), int(plugin.body_maxlen), _scheme(receiver.url) in _LONG_FORM)
    return Channel(receiver, budget, _masked(plugin), holders, pace)


def _plugin(receiver: Receiver, url: str, asset: Any) -> Any:
    import apprise

    bring_in(_scheme(receiver.url))
    plugin = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if plugin is None:
        if not _scheme(receiver.url):
            raise AddressError(f"receiver {receiver.name!r}: no address; write an Apprise URL such as tgram://...")
        raise AddressError(
            f"receiver {receiver.name!r}: Apprise does not understand this {_scheme(receiver.url)}:// address"
        )
    if len(plugin) > 1:
        raise AddressError(
            f"receiver {receiver.name!r}: {len(plugin)} targets in one address; make one receiver of each"
        )
    return plugin


def _scheme(url: str) -> str:
    return url.partition("://")[0].lower()


def _masked(plugin: Any) -> str:
    return str(plugin.url(privacy=True)).partition("?")[0]


def _check_address(receiver: Receiver) -> None:
    for key, _ in parse_qsl(urlsplit(receiver.url).query, keep_blank_values=True):
        if key.lower() in _FORBIDDEN:
            raise AddressError(f"receiver {receiver.name!r}: remove {key}= from the address: {_FORBIDDEN[key.lower()]}")


def _with_parameters(url: str, loudness: Loudness) -> str:
    """The address with our timeouts and the service's word for the loudness, unless it names its own."""
    parts = urlsplit(url)
    given = {key.lower() for key, _ in parse_qsl(parts.query, keep_blank_values=True)}
    ours = {"cto": str(_CONNECT), "rto": str(_READ), **dict(filter(None, [rings(_scheme(url), loudness)]))}
    extra = [(key, value) for key, value in ours.items() if key not in given]
    query = "&".join(part for part in (parts.query, urlencode(extra)) if part)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment)) if extra else url


# --- what a failure means -------------------------------------------------------------------------------

_STATUS = re.compile(r"error[= ]+(\d{3})")
_DELAY = re.compile(r"retry[_ -]?after\D{0,4}(\d{1,6})", re.IGNORECASE)
_NEVER_ARRIVED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused|Errno 111|Errno 113|Errno -\d|SSLError|"
    r"CERTIFICATE_VERIFY|ProxyError|Name or service not known|No route to host|getaddrinfo|Network is unreachable",
    re.IGNORECASE,
)
_SMTP_FINAL = re.compile(r"SMTPAuthenticationError|SMTPRecipientsRefused|SMTPSenderRefused|\(5\d\d,")
_SMTP_LATER = re.compile(r"SMTPServerDisconnected|SMTPConnectError|\(4\d\d,")
_UNANSWERED = re.compile(
    r"timed out|Connection aborted|RemoteDisconnected|ConnectionReset|IncompleteRead|Broken pipe", re.IGNORECASE
)
_NO_ANSWER = "the receiver did not answer; the message may have arrived"
_DOUBTFUL_STATUS = frozenset({403, 404, 405, 410})
_PASSED_ON = frozenset({502, 504, 520, 524})  # a gateway lost the answer of what stands behind it (RFC 9110, 15.6.3)
_FINAL_STATUS = frozenset({400, 401, 403, 404, 405, 406, 410, 413, 415, 422})


def classify(lines: list[tuple[str, str]]) -> Attempt:
    """What the lines of a failed send say: refused for good, try again (when), or nobody knows."""
    said = "\n".join(line for _, line in lines)
    delay = _DELAY.search(said)
    retry_after = timedelta(seconds=int(delay.group(1))) if delay else None
    status = _STATUS.findall(said)
    if status:
        code = int(status[-1])
        if code in _FINAL_STATUS:
            sentence = f"the receiver refuses: HTTP {code}{_meaning(code)}"
            return Attempt(Outcome.REFUSED, sentence, doubtful=code in _DOUBTFUL_STATUS)
        if code in _PASSED_ON:
            return Attempt(
                Outcome.AMBIGUOUS, f"the receiver's gateway answered HTTP {code}; it may have arrived", retry_after
            )
        return Attempt(Outcome.RETRY, f"the receiver answered HTTP {code}{_meaning(code)}", retry_after)
    if _NEVER_ARRIVED.search(said):
        return Attempt(Outcome.RETRY, "the receiver cannot be reached", retry_after)
    if _SMTP_FINAL.search(said):
        return Attempt(Outcome.REFUSED, "the mail server refuses sender, recipient or login")
    if _UNANSWERED.search(said):
        return Attempt(Outcome.AMBIGUOUS, _NO_ANSWER)
    if _SMTP_LATER.search(said):
        return Attempt(Outcome.RETRY, "the mail server asks to try later")
    return Attempt(Outcome.AMBIGUOUS, "the receiver failed in an unknown way; the message may have arrived")


def _meaning(code: int) -> str:
    words = {
        401: "wrong or expired token",
        403: "not allowed",
        404: "no such chat or address",
        429: "too many messages",
    }
    return f" ({words[code]})" if code in words else ""
