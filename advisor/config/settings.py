"""The operator's file to settings: what is watched, who is told, how. Every fault has its line."""

from __future__ import annotations

import csv
import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from advisor.config.documents import Document, load, no_folder, parse, validated
from advisor.config.rule_files import own_kinds
from advisor.config.running import OPERATOR, Settings
from advisor.config.shapes import known_shapes, shape_of
from advisor.config.values import Countries, Duration, Secret, code_of, countries, known_codes, with_secrets
from advisor.deliver.language import ENGLISH, languages
from advisor.errors import MOST_FAULTS, ConfigError, Fault, UsageError
from advisor.model import (
    Format,
    FullText,
    Kind,
    Loudness,
    Match,
    Party,
    Receiver,
    Route,
    Severity,
    Source,
    Watch,
    kind_of,
)
from advisor.resources import shipped

_NAME = r"^[a-z0-9][a-z0-9_.-]*$"
_TELEGRAMS = {"t.me", "telegram.me"}
_OFTENEST, _SELDOMEST = timedelta(seconds=1), timedelta(days=7)  # what is read more seldom is no alarm
_OVER_THE_CATALOGUE = ("every", "full_text")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else [] if value is None else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


def _code(value: str) -> str:
    if value not in known_codes():
        known = code_of(value)
        hint = f": write its ISO 3166-1 code, {known}" if known else " is no country; write its ISO 3166-1 code (SY)"
        raise ValueError(f"{value!r}{hint}")
    return value


Code = Annotated[str, AfterValidator(_code)]


class SourceModel(_Strict):
    """One source: exactly one of catalog, feed, page, telegram, folder."""

    catalog: Names = ()
    feed: str | None = None
    page: str | None = None
    telegram: str | None = None
    folder: str | None = None
    register_: Annotated[str | None, Field(alias="register")] = None
    url: str | None = None
    id: Annotated[str | None, Field(pattern=_NAME)] = None
    publisher: str | None = None
    official: Code | None = None
    about: Code | None = None
    every: Duration = timedelta(minutes=5)
    full_text: FullText = FullText.MATCHING
    selector: str | None = None
    language: str | None = None
    note: str | None = None
    alone: bool = False  # in the catalogue: picked by its own id only
    name: str | None = None
    tags: Names = ()

    @model_validator(mode="after")
    def _one_kind(self) -> SourceModel:
        kinds = ("catalog", "feed", "page", "telegram", "folder", "register_")
        if len([kind for kind in kinds if getattr(self, kind)]) != 1:
            raise ValueError("give exactly one of catalog, feed, page, telegram, folder, register")
        if (self.register_ is None) != (self.url is None):
            raise ValueError("register and url belong together: the description's name and the list's address")
        if self.register_ is not None and self.official is None:
            raise ValueError("register: a government's list needs `official`, the code of that government")
        if self.register_ is not None and self.register_ not in known_shapes():
            raise ValueError(
                f"register: no description is called {self.register_!r} (known: {', '.join(known_shapes())})"
            )
        for name, text in (("feed", self.feed), ("page", self.page), ("url", self.url)):
            if text is not None:
                _address(name, text)
        if self.telegram:
            _address("telegram", _channel(self.telegram))
        if self.selector is not None and not _is_selector(self.selector):
            raise ValueError(f"selector: {self.selector!r} is no CSS selector; write for example div.content > p")
        if not _OFTENEST <= self.every <= _SELDOMEST:
            raise ValueError("every: at least 1s, at most 7d")
        if self.language is not None and not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", self.language):
            raise ValueError(f"language: {self.language!r} is no code of a language; write for example en")
        self._has_no_idle_key()
        return self

    def _has_no_idle_key(self) -> None:
        """A key that would change nothing is a mistake."""
        given = self.model_fields_set
        if self.catalog and (idle := sorted(given - {"catalog", *_OVER_THE_CATALOGUE})):
            known = ", ".join(_OVER_THE_CATALOGUE)
            raise ValueError(f"{idle[0]}: the catalogue says it; beside `catalog` stand {known} only")
        if "selector" in given and not self.page:
            raise ValueError("selector: is for `page` only")
        if "full_text" in given and not (self.feed or self.catalog):
            raise ValueError("full_text: is for `feed` only")

    def source(self) -> Source:
        """The source as the poller takes it."""
        kind, url = next(
            (kind, value)
            for kind, value in (
                (Format.FEED, self.feed), (Format.PAGE, self.page), (Format.FOLDER, self.folder),
                (Format.REGISTER, self.url),
                (Format.TELEGRAM, self.telegram and _channel(self.telegram)),
            )
            if value
        )  # fmt: skip
        spoken = urlsplit(url).path.rpartition("/")[2].lower() if kind is Format.TELEGRAM else urlsplit(url).hostname
        publisher = self.publisher or (self.official or "").lower() or spoken or Path(url).name or "folder"
        address = url if kind is Format.FOLDER else with_secrets(url)
        return Source(
            self.id or _id_of(url, publisher), address, kind, publisher, self.official, self.about, self.every,
            self.full_text, self.selector, self.language, shape_of(self.register_) if self.register_ else None,
        )  # fmt: skip


def _address(name: str, given: str) -> None:
    """ValueError unless `given` is an address that can be asked for; its `${NAME}` must be known."""
    try:
        text = with_secrets(given)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise ValueError(f"{name}: {given!r} is no address: {error}") from None
    if not usable or re.search(r"[\s\x00-\x1f\x7f<>]", text):
        raise ValueError(f"{name}: {given!r} is no http or https address")


def _channel(given: str) -> str:
    """The address of a public channel's web preview: by its name, by any link to it, or by that of a mirror."""
    if given.startswith(("https://", "http://")) and urlsplit(given).hostname not in _TELEGRAMS:
        return given
    name = re.sub(r"^(?:https?://)?(?:t(?:elegram)?\.me/)?(?:s/)?@?", "", given).rstrip("/")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{3,31}", name):
        raise ValueError(
            f"telegram: {given!r} is no public channel; write its name, for example some_embassy for "
            "t.me/some_embassy (what is entered by an invitation has no web page)"
        )
    return f"https://t.me/s/{name}"


def _is_selector(text: str) -> bool:
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # few files name a selector

    try:
        LexborHTMLParser("<p>").css(text)
    except (SelectolaxError, ValueError):
        return False
    return bool(text.strip())


def _id_of(url: str, publisher: str) -> str:
    """A readable, stable id for a source without one."""
    readable = re.sub(r"[^a-z0-9]+", "-", publisher.lower()).strip("-") or "source"
    return f"{readable}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"


def _networks(value: Any) -> Any:
    for item in _listed(value):
        try:
            ip_network(str(item), strict=False)
        except ValueError:
            raise ValueError(f"{item!r} is no network; write for example 10.1.0.0/16") from None
    return _listed(value)


def _between(least: timedelta, most: timedelta | None) -> Callable[[timedelta], timedelta]:
    def check(value: timedelta) -> timedelta:
        if value < least or (most is not None and value > most):
            bounds = f"at least {_words(least)}" + (f", at most {_words(most)}" if most else "")
            raise ValueError(bounds)
        return value

    return check


def _words(length: timedelta) -> str:
    seconds = int(length.total_seconds())
    size, unit = next((size, unit) for size, unit in ((3600, "h"), (60, "m"), (1, "s")) if seconds % size == 0)
    return f"{seconds // size}{unit}"


class FetchModel(_Strict):
    contact: str = ""
    allow_networks: Annotated[tuple[str, ...], BeforeValidator(_networks)] = ()
    at_once: Annotated[int, Field(ge=1, le=200)] = 16
    deadline: Annotated[Duration, AfterValidator(_between(timedelta(seconds=1), timedelta(minutes=2)))] = timedelta(
        seconds=30
    )


class WatchModel(_Strict):
    destinations: Countries = frozenset()
    mine: Countries = frozenset()
    people: str | None = None


def _timezone(value: Any) -> str:
    try:
        return ZoneInfo(str(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {value!r}; write for example Europe/Berlin") from None


def _clock_time(value: Any) -> Any:
    if isinstance(value, int):  # YAML 1.1 reads 7:30 as a number in base 60
        value = f"{value // 60:02}:{value % 60:02}"
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(value)):
        raise ValueError(f"{value!r} is no time of day; write for example 07:30")
    return time.fromisoformat(str(value).rjust(5, "0"))


def _window(value: Any) -> Any:
    """`22:00-07:00`: from, to."""
    if value is None:
        return None
    begins, dash, ends = str(value).partition("-")
    if not dash:
        raise ValueError(f"{value!r} is no span of a day; write for example 22:00-07:00")
    window = _clock_time(begins.strip()), _clock_time(ends.strip())
    if window[0] == window[1]:
        raise ValueError(f"{value!r} is an empty window; leave `quiet` out, or write for example 22:00-07:00")
    return window


def _language(value: Any) -> Any:
    if value not in languages():
        known = ", ".join(languages())
        raise ValueError(f"messages are not written in {value!r} ({known}); add config/messages/{value}.toml")
    return value


class ReceiverModel(_Strict):
    url: Secret
    timezone: Annotated[str, BeforeValidator(_timezone)] = "UTC"
    language: Annotated[str, BeforeValidator(_language)] = ENGLISH
    quiet: Annotated[tuple[time, time] | None, BeforeValidator(_window)] = None
    digest: Annotated[time, BeforeValidator(_clock_time)] = time(8, 0)


class FallbackModel(_Strict):
    to: Names
    after: Duration = timedelta(minutes=5)


def _kinds(value: Any) -> Any:
    return [kind_of(str(item)) for item in _listed(value)]


def _severity(value: Any) -> Severity:
    return value if isinstance(value, Severity) else Severity.of(str(value))


class MatchModel(_Strict):
    destination: Countries = frozenset()
    issuer: Countries = frozenset()
    kind: Annotated[tuple[str, ...], BeforeValidator(_kinds)] = ()
    severity: Annotated[Severity, BeforeValidator(_severity)] = Severity.MINOR

    def match(self) -> Match:
        return Match(self.destination, self.issuer, frozenset(self.kind), self.severity)


class RouteModel(_Strict):
    match: MatchModel = MatchModel()
    to: Annotated[Names, Field(min_length=1)]
    as_: Annotated[Loudness | None, Field(alias="as")] = None
    fallback: FallbackModel | None = None
    roll_up: Duration | None = None

    def route(self) -> Route:
        back = self.fallback
        return Route(
            self.to, self.match.match(), self.as_, back.to if back else (),
            back.after if back else timedelta(minutes=5), self.roll_up or None,
        )  # fmt: skip


def _supported(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        scheme = url.partition(":")[0]
        raise ValueError(
            f"{scheme!r} is not supported; write sqlite:////path/file.db or postgresql+psycopg://user@host/name"
        )
    return url


class DailyModel(_Strict):
    to: Annotated[Names, Field(min_length=1)]
    at: Annotated[time, BeforeValidator(_clock_time)] = time(7, 0)


class SettingsModel(_Strict):
    """The whole file."""

    database: Annotated[Secret, AfterValidator(_supported)]
    sources: Annotated[tuple[SourceModel, ...], Field(min_length=1)]
    fetch: FetchModel = FetchModel()
    max_age: Annotated[Duration, AfterValidator(_between(timedelta(hours=1), None))] = timedelta(hours=48)
    silence_closes: Annotated[Duration, AfterValidator(_between(timedelta(hours=1), None))] = timedelta(days=10)
    watch: WatchModel = WatchModel()
    receivers: Annotated[dict[Annotated[str, Field(pattern=_NAME)], ReceiverModel], Field(min_length=1)]
    routes: Annotated[tuple[RouteModel, ...], Field(min_length=1)]
    daily: DailyModel | None = None
    rules: str | None = None


def load_settings(path: Path) -> Settings:
    """Read the operator's file; ConfigError lists every fault with file, line and column."""
    return settings_of(load(path), path.parent)


def settings_of(document: Document, folder: Path) -> Settings:
    """Settings of a document; relative paths in it are relative to `folder`."""
    if not isinstance(document.data, dict):
        what = "is empty" if document.data is None else "holds no keys"
        raise ConfigError(document.fault((), f"{what}; see config/advisor.yaml for an example"))
    model = validated(SettingsModel, document)
    rules = folder / model.rules if model.rules else None
    faults = [*_faults_of_routes(model, document, own_kinds(rules))]
    sources = list(_sources(model, document, folder, faults))
    watch = Watch(model.watch.destinations, model.watch.mine, tuple(_people(model, document, folder, faults)))
    if rules is not None and (wrong := no_folder(rules)):
        faults.append(document.fault(("rules",), f"rules: {wrong}"))
    if faults:
        raise ConfigError(*sorted(faults, key=lambda fault: (fault.file, fault.line, fault.column)))
    return Settings(
        document.name, _database(model.database, folder), tuple(sources), model.fetch.contact,
        model.fetch.allow_networks, model.fetch.at_once, model.fetch.deadline, model.max_age,
        model.silence_closes, watch,
        {
            name: Receiver(name, it.url, it.timezone, it.language, it.quiet, it.digest)
            for name, it in model.receivers.items()
        },
        tuple(route.route() for route in model.routes), rules,
        model.daily.to if model.daily else (), model.daily.at if model.daily else time(7, 0),
    )  # fmt: skip


def _faults_of_routes(model: SettingsModel, document: Document, own: frozenset[str] | None) -> Iterable[Fault]:
    """`own`: the kinds of the operator's watchwords; None when they cannot be read."""
    kinds = [*Kind, *sorted(own or ())]
    reached = {OPERATOR}
    known = ", ".join(sorted(model.receivers))
    for index, route in enumerate(model.routes):
        for kind in route.match.kind if own is not None else ():
            if kind not in kinds:
                place = ("routes", index, "match", "kind")
                yield document.fault(place, f"match.kind: unknown kind {kind!r} ({', '.join(kinds)})")
        for key, names in (("to", route.to), ("fallback", route.fallback.to if route.fallback else ())):
            for name in names:
                reached.add(name)
                if name not in model.receivers:
                    yield document.fault(("routes", index, key), f"no receiver is called {name!r} (known: {known})")
    for name in model.daily.to if model.daily else ():
        reached.add(name)
        if name not in model.receivers:
            yield document.fault(("daily", "to"), f"no receiver is called {name!r} (known: {known})")
    for name in model.receivers:
        if name not in reached:
            yield document.fault(("receivers", name), f"no route reaches {name!r}; add it to a route or remove it")


def _database(url: str, folder: Path) -> str:
    """The address with a relative SQLite path made absolute: every command means the same file, wherever it starts."""
    start = "sqlite:///"
    path, _, options = url.removeprefix(start).partition("?")
    if not url.startswith(start) or not path or path.startswith(("/", ":memory:", "file:")):
        return url
    return f"{start}{(folder / path).absolute()}" + (f"?{options}" if options else "")


def _sources(model: SettingsModel, document: Document, folder: Path, faults: list[Fault]) -> Iterable[Source]:
    seen: dict[str, str] = {}
    offered = list(catalogue()) if any(entry.catalog for entry in model.sources) else []
    known = sorted({name for _, names in offered for name in names})
    for index, entry in enumerate(model.sources):
        made: list[Source] = []
        if entry.catalog:
            for wanted in entry.catalog:
                picked = [source for source, names in offered if wanted in names]
                if not picked:
                    near = known if len(faults) < MOST_FAULTS else ()  # what is not told needs no hint
                    faults.append(document.fault(("sources", index, "catalog"), _no_such_source(wanted, near)))
                own = {name: getattr(entry, name) for name in _OVER_THE_CATALOGUE if name in entry.model_fields_set}
                made.extend(replace(source, **own) for source in picked)
        else:
            made.append(entry.source())
        for source in made:
            if source.format is Format.FOLDER:
                path = folder / source.url
                if wrong := no_folder(path):
                    faults.append(document.fault(("sources", index, "folder"), wrong))
                source = replace(source, url=str(path.absolute()))
            if seen.get(source.id) == source.url:
                continue  # picked twice from the catalogue: by name and by tag
            if source.id in seen:
                faults.append(
                    document.fault(("sources", index), f"two sources are called {source.id!r}; give one another id")
                )
            seen[source.id] = source.url
            yield source


def _no_such_source(wanted: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "try official, news, all, or an id such as us-state"
    return f"the catalogue has no {wanted!r}; {hint}"


def catalogue() -> Iterable[tuple[Source, frozenset[str]]]:
    """The shipped sources, each with every name it can be picked by: id, tags, country, `all`."""
    document = load(shipped("config/catalogue.yaml"))
    for index, item in enumerate(document.data or ()):
        entry = validated(SourceModel, document, item, (index,))
        source = entry.source()
        if entry.alone:
            yield source, frozenset({source.id})
            continue
        names = {source.id, "all", *entry.tags, *((entry.official,) if entry.official else ())}
        names |= {"official" if entry.official else "news", *((entry.name,) if entry.name else ())}
        yield source, frozenset(names)


def _people(model: SettingsModel, document: Document, folder: Path, faults: list[Fault]) -> Iterable[Party]:
    if not model.watch.people:
        return
    path = folder / model.watch.people
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for number, row in enumerate(csv.DictReader(lines), 2):
                try:
                    yield _party(row)
                except (ValueError, TypeError) as error:
                    faults.append(Fault(str(path), number, 1, f"{error}"))
    except OSError as error:
        faults.append(document.fault(("watch", "people"), f"{path} cannot be read: {error.strerror}"))
    except (UnicodeDecodeError, csv.Error) as error:
        faults.append(document.fault(("watch", "people"), f"{path} is no CSV file in UTF-8: {error}"))


def _party(row: dict[str, Any]) -> Party:
    named = countries([row.get("country") or ""])
    if len(named) != 1:
        raise ValueError(f"country: {row.get('country')!r} is more than one; give each a line of its own")
    (country,) = named
    said = row.get("count") or "1"
    if not said.strip().isdecimal() or (count := int(said)) < 1:
        raise ValueError(f"count: {said!r} is no number of people; write 1 or more")
    return Party(
        country, count, (row.get("area") or "").strip() or None,
        countries((row.get("passports") or "").replace(",", " ").split()),
        _stay_end((row.get("until") or "").strip()),
    )  # fmt: skip


def _stay_end(until: str) -> datetime | None:
    """`until` as a moment: a date counts to its end everywhere on Earth, a time without offset is UTC."""
    if not until:
        return None
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise ValueError(f"until: {until!r} is no date; write 2026-12-31 or 2026-12-31T18:00Z") from None
    if len(until) <= len("2024-12-06"):
        moment += timedelta(hours=36)  # the day, and the twelve hours by which the last zone lags behind UTC
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def settings_from_text(text: str, name: str, folder: Path) -> Settings:
    """Settings of a text at hand, as `init` and `demo` write them."""
    return settings_of(parse(text, name), folder)


def settings_file(given: str | None, environment: Mapping[str, str]) -> Path:
    """The file that `--config` means: as given, else `$ADVISOR_CONFIG`, else the first that exists."""
    if named := given or environment.get("ADVISOR_CONFIG"):
        return Path(named)
    for candidate in (Path("/etc/advisor/advisor.yaml"), Path("config/advisor.yaml")):
        try:
            if candidate.is_file():
                return candidate
        except PermissionError:  # it may be there: reading it says what is wrong
            return candidate
    raise UsageError("no configuration: give --config FILE, or make one with `advisor init`")
