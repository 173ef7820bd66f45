"""Descriptions of registers (`config/registers/*.yaml`) as the shapes that the reader follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from advisor.config.documents import load, validated
from advisor.detect.fold import fold
from advisor.errors import ConfigError
from advisor.model import Kind, Severity
from advisor.model.register import CountryClue, Crawl, LevelClue, Move, Notices, Paging, Prose, Shape
from advisor.resources import shipped


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else [] if value is None else value


def _pattern(value: Any) -> Any:
    try:
        re.compile(str(value))
    except re.error as error:
        raise ValueError(f"{value!r} is no regular expression: {error}") from None
    return str(value)


Paths = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Expression = Annotated[str, BeforeValidator(_pattern)]
Number = Annotated[int, Field(ge=1, le=5)]


class CountryModel(_Strict):
    """One way to know the country."""

    from_: Annotated[Paths, Field(alias="from")]
    find: Expression | None = None
    table: Literal["iso2", "iso3", "state-department", "dialling", "names"] = "iso2"
    also: dict[str, Paths] = {}
    every: bool = False

    def clue(self, language: str) -> CountryClue:
        find = re.compile(self.find, re.IGNORECASE) if self.find else None
        return CountryClue(self.from_, find, _lookup(self.table, language, self.also), self.every)


class LevelModel(_Strict):
    """One way to know the level."""

    from_: Annotated[Paths, Field(alias="from")]
    find: Expression | None = None
    is_: Annotated[dict[str, Number], Field(alias="is")]
    part: bool = False
    missing: Number | None = None

    def clue(self) -> LevelClue:
        return LevelClue(self.from_, re.compile(self.find) if self.find else None, self.is_, self.part, self.missing)


class PhraseModel(_Strict):
    say: Expression
    level: Number


class ProseModel(_Strict):
    from_: Annotated[Paths, Field(alias="from")] = ()
    missing: Number | None = None
    phrases: tuple[PhraseModel, ...]
    whole: Paths = ()
    rest: Paths = ()
    but: Paths = ()
    lifted: Expression | None = None
    gone: Expression | None = None

    def prose(self) -> Prose:
        return Prose(
            tuple((re.compile(phrase.say, re.IGNORECASE), phrase.level) for phrase in self.phrases),
            self.whole, self.rest, self.but,
            re.compile(self.lifted, re.IGNORECASE) if self.lifted else None,
            re.compile(self.gone, re.IGNORECASE) if self.gone else None, self.from_, self.missing,
        )  # fmt: skip


class OnlyModel(_Strict):
    from_: Annotated[str, Field(alias="from")]
    find: Expression


class CallModel(_Strict):
    say: Expression
    kind: Kind
    severity: Annotated[Severity, BeforeValidator(lambda value: Severity.of(str(value)))]


class NoticesModel(_Strict):
    drop: tuple[Expression, ...] = ()
    standing: Expression | None = None
    most: Annotated[int, Field(ge=1)] = 3
    calls: tuple[CallModel, ...] = ()

    def notices(self) -> Notices:
        return Notices(
            tuple(re.compile(pattern) for pattern in self.drop),
            re.compile(self.standing) if self.standing else None,
            self.most,
            tuple((re.compile(call.say), call.kind, call.severity) for call in self.calls),
        )


class PagingModel(_Strict):
    parameter: str
    size: Annotated[int, Field(ge=1)]


class CrawlModel(_Strict):
    pages: Annotated[int, Field(ge=1, le=60)]
    known: dict[str, str] = {}

    def crawl(self) -> Crawl:
        return Crawl(self.pages, tuple(self.known.items()))


class ShapeModel(_Strict):
    """One register."""

    language: str = "en"
    items: Paths
    only: OnlyModel | None = None
    rows: OnlyModel | None = None
    placeholder: Expression | None = None
    country: tuple[CountryModel, ...] = ()
    level: tuple[LevelModel, ...] = ()
    prose: ProseModel | None = None
    numbers: bool = False
    partly: Expression | None = None
    wholly: Expression | None = None
    title: Paths = ()
    text: Paths = ()
    area: Paths = ()
    area_find: Expression | None = None
    link: Paths = ()
    published: Paths = ()
    offset: str = ""
    dated: Expression | None = None
    months: tuple[str, ...] = ()
    moves: dict[Move, Expression] = {}
    lasting: bool = False
    moved_to: LevelModel | None = None
    notices: NoticesModel | None = None
    revision: Paths = ()
    detail: Paths = ()
    slug: OnlyModel | None = None
    page: ShapeModel | None = None
    paging: PagingModel | None = None
    crawl: CrawlModel | None = None
    html: bool = False
    rolling: bool = False
    complete: bool = True
    announces: bool = False
    decisions: bool = False
    leave: Literal["moderate", "severe", "extreme"] = "severe"
    wordings: dict[Number, str] = {}
    part_wording: str = ""
    note: str = ""

    def shape(self, name: str) -> Shape:
        return Shape(
            name=name,
            items=self.items,
            country=tuple(clue.clue(self.language) for clue in self.country),
            levels=tuple(clue.clue() for clue in self.level),
            prose=self.prose.prose() if self.prose else None,
            only=(self.only.from_, re.compile(self.only.find)) if self.only else None,
            rows=(self.rows.from_, re.compile(self.rows.find)) if self.rows else None,
            title=self.title, text=self.text, area=self.area,
            area_find=re.compile(self.area_find) if self.area_find else None, link=self.link, published=self.published,
            offset=self.offset,
            moves=tuple((re.compile(find, re.IGNORECASE), move) for move, find in self.moves.items()),
            lasting=self.lasting, moved_to=self.moved_to.clue() if self.moved_to else None,
            notices=self.notices.notices() if self.notices else None,
            revision=self.revision, details=self.detail,
            slug=(self.slug.from_, re.compile(self.slug.find)) if self.slug else None,
            page=self.page.shape(name) if self.page else None,
            paging=Paging(self.paging.parameter, self.paging.size) if self.paging else None,
            crawl=self.crawl.crawl() if self.crawl else None, html=self.html, rolling=self.rolling,
            dated=re.compile(self.dated, re.IGNORECASE) if self.dated else None, months=self.months,
            complete=self.complete, announces=self.announces, decisions=self.decisions, leave=Severity.of(self.leave),
            wordings=tuple(self.wordings.items()), part_wording=self.part_wording, numbers=self.numbers,
            partly=re.compile(self.partly) if self.partly else None,
            wholly=re.compile(self.wholly) if self.wholly else None,
            placeholder=re.compile(self.placeholder) if self.placeholder else None,
            language=self.language,
        )  # fmt: skip


@cache
def shape_of(name: str) -> Shape:
    """The shipped description called `name`; ConfigError lists its faults, ValueError when there is none."""
    path = shipped("config/registers") / f"{name}.yaml"
    if not path.is_file():
        raise ValueError(f"no register is called {name!r} (known: {', '.join(known_shapes())})")
    return validated(ShapeModel, load(path)).shape(name)


def known_shapes() -> list[str]:
    return sorted(path.stem for path in shipped("config/registers").glob("*.yaml"))


# --- countries --------------------------------------------------------------------------------------------------

Lookup = Callable[[str], tuple[str, ...]]


def _lookup(table: str, language: str, also: Mapping[str, tuple[str, ...]]) -> Lookup:
    extra = {fold(name).strip(): codes for name, codes in also.items()}
    find = {"iso2": _iso2, "iso3": _iso3, "names": _by_name(language)}.get(table) or _by_table(table)

    def lookup(text: str) -> tuple[str, ...]:
        return extra.get(" ".join(fold(text).split())) or find(text.strip())

    return lookup


def _iso2(text: str) -> tuple[str, ...]:
    code = text.upper()
    return (code,) if code in _codes() else ()


def _iso3(text: str) -> tuple[str, ...]:
    code = _table("iso3").get(text.upper())
    return (code,) if code else ()


def _by_table(name: str) -> Lookup:
    def lookup(text: str) -> tuple[str, ...]:
        code = _table(name).get(text.zfill(4) if name == "dialling" else text.upper())
        return (code,) if code else ()

    return lookup


@cache
def _codes() -> frozenset[str]:
    lines = shipped("config/places/countries.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line[:2] for line in lines if not line.startswith("#"))


_TABLES = {"state-department": "state-department-codes", "dialling": "japan-codes", "iso3": "iso3"}


@cache
def _table(name: str) -> dict[str, str]:
    path = shipped("config/places") / f"{_TABLES[name]}.yaml"
    data = load(path).data
    if not isinstance(data, dict):
        raise ConfigError(load(path).fault((), "a table of codes is expected"))
    return {str(code): str(country) for code, country in data.items()}


_AROUND = re.compile(r"\s*\(([^)]*)\)\s*")


def _by_name(language: str) -> Lookup:
    def lookup(text: str) -> tuple[str, ...]:
        inside = _AROUND.findall(text)
        for candidate in (text, _AROUND.sub(" ", text), *inside):
            words = " ".join(fold(candidate).split())
            for form in (words, words.removeprefix("the "), words.replace(" ", "")):
                if code := _names(language).get(form):
                    return (code,)
        return ()

    return lookup


@cache
def _names(language: str) -> dict[str, str]:
    """Folded names of countries in a language and in English; a name that means several countries is left out."""
    own: dict[str, set[str]] = {}
    english: dict[str, set[str]] = {}
    lines = Path(shipped("config/places/gazetteer.tsv")).read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        form, code, role, languages, flags = line.split("\t")
        if role != "name" or "upper" in flags:
            continue
        spoken = languages.split(",")
        if language in spoken:
            own.setdefault(form, set()).add(code)
        elif "en" in spoken:
            english.setdefault(form, set()).add(code)
    for line in shipped("config/places/countries.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            code, name = line.split("\t")[:2]
            english[" ".join(fold(name).split())] = {code}
            own.setdefault(" ".join(fold(name).split()), {code}) if language == "en" else None
    merged = {form: codes for form, codes in english.items() if form not in own} | own
    return {form: next(iter(codes)) for form, codes in merged.items() if len(codes) == 1}
