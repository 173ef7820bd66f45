"""A government's whole list of countries: its document, read as its `Shape` says, as entries and articles.

Knows no source by name. What changed and what is to be believed is left to `advisor.correlate.registers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote, urljoin, urlsplit

from advisor.model import Dating, Document, Source, SourceState
from advisor.model.register import CountryClue, Entry, Level, LevelClue, Move, Notices, Shape, Stated
from advisor.read.dates import parse_date
from advisor.read.html import plain, plain_line
from advisor.read.markup import Element, NotMarkup, elements_of, sent_on
from advisor.read.prose import SENTENCES, level_of
from advisor.read.tree import NotATree, Refused, Tree, first, pick, tree_of, words_of

_MOST_ITEMS = 20_000
_LONGEST_TEXT = 200_000
_LONGEST_AREA = 200
_UNCLEAR = 0.5  # of a list of countries so many names must be known, or it is no list of countries
_FIELD = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """What one document of a register held."""

    entries: tuple[Entry, ...] = ()
    state: SourceState = SourceState.FRESH
    sentence: str = ""
    items: int = 0  # before anything was left out: tells a full page


def read_register(document: Document, source: Source, shape: Shape) -> RegisterReading:
    """The entries of a document. Bad documents are states of the reading, never exceptions."""
    if not document.body.strip(b" \t\r\n\0\xef\xbb\xbf"):
        return RegisterReading(state=SourceState.EMPTY, sentence="the answer is empty")
    if target := _sent_on(document):
        sentence = f"the page sends its readers on to {target}: it is no longer kept up, change the address"
        return RegisterReading(state=SourceState.REDIRECTED, sentence=sentence)
    try:
        return _listed(document, source, shape)
    except Refused as error:
        return RegisterReading(state=SourceState.REFUSED, sentence=f"refused: {error}")
    except (NotATree, NotMarkup) as error:
        return RegisterReading(state=SourceState.NOT_A_FEED, sentence=f"not the list that was expected: {error}")


def _listed(document: Document, source: Source, shape: Shape) -> RegisterReading:
    """The document as a list, or as the page of one country: of a page that has links to all, its own words count."""
    as_page = shape.page is not None and shape.page.html and _is_page(document)
    if as_page and shape.page is not None and (own := _page(document, source, shape.page)):
        return own
    tree = _tree(document, shape)
    if tree in ({}, []):
        sentence = "the answer is an empty JSON value: a fault of the source, not news"
        return RegisterReading(state=SourceState.EMPTY, sentence=sentence)
    if items := _items(tree, shape):
        return _reading(items, document, source, shape)
    if shape.page is not None and not shape.page.html and (own := _page(document, source, shape.page)):
        return own
    return RegisterReading(state=SourceState.EMPTY, sentence="a list without a single country")


def _page(document: Document, source: Source, page: Shape) -> RegisterReading | None:
    """The document as that of one country; None where it names none."""
    items = _items(_tree(document, page), page) if page.country else []
    if not any(_countries(item, page.country) for item in items):
        return None
    return _reading(items, document, source, page)


def read_detail(documents: Sequence[Document], source: Source, shape: Shape, entry: Entry) -> Entry | None:
    """`entry` with what its country's own documents say; None where one of them cannot be read."""
    if shape.page is None:
        return entry
    said: list[Entry] = []
    for document in documents:
        if _sent_on(document):
            return None
        try:
            items = _items(_tree(document, shape.page), shape.page)
        except (Refused, NotATree, NotMarkup):
            return None
        if not items:
            return None
        said.append(_entry(items[0], document, source, shape.page, entry.country, entry.title))
    for own in sorted(said, key=lambda one: one.level or Level()):  # the strongest of several has the last word
        entry = replace(
            entry, title=own.title or entry.title, text=_joined(own.text, entry.text), level=own.level or entry.level,
            wording=own.wording or entry.wording, area=own.area or entry.area,
            published=own.published or entry.published, link=own.link or entry.link, move=own.move or entry.move,
        )  # fmt: skip
    return entry


def known_entries(shape: Shape, base: str) -> tuple[Entry, ...]:
    """The countries whose pages the description itself names, for when the list cannot be read."""
    known = shape.crawl.known if shape.crawl else ()
    return tuple(
        Entry(code, unquote(slug).replace("-", " ").title(), "", details=_filled(shape, {"slug": slug}, base))
        for code, slug in known
    )


def _tree(document: Document, shape: Shape) -> Tree:
    if shape.html:
        return elements_of(document.body, document.content_type)
    return tree_of(document.body, document.content_type)


def _is_page(document: Document) -> bool:
    head = document.body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--"))


def _sent_on(document: Document) -> str | None:
    host = urlsplit(document.url).hostname or ""
    return sent_on(document.body, document.content_type, host) if _is_page(document) else None


def _items(tree: Tree, shape: Shape) -> list[Tree]:
    for path in shape.items:
        under = pick(tree, path) if path != "." else [tree]  # the document itself is one entry
        found = [
            item
            for item in under
            if isinstance(item, dict | Element) and (path != "." or not shape.title or first(item, shape.title))
        ]
        if found:
            return found[:_MOST_ITEMS]
    return []


def _reading(items: list[Tree], document: Document, source: Source, shape: Shape) -> RegisterReading:
    entries: list[Entry] = []
    unknown: list[str] = []
    for item in items:
        codes = _countries(item, shape.country)
        if shape.only is not None and not any(shape.only[1].fullmatch(kind) for kind in words_of(item, shape.only[0])):
            entries.extend(_notices(item, document, source, shape, codes))
            continue
        if not codes:
            unknown.append(first(item, shape.title))
        entries.extend(_entry(item, document, source, shape, code) for code in codes)
    if unknown and len(unknown) > _UNCLEAR * (len(unknown) + len(entries)):
        sentence = f"not the list that was expected: {len(unknown)} of its items name no known country"
        return RegisterReading(state=SourceState.NOT_A_FEED, sentence=sentence, items=len(items))
    sentence = f"no known country: {', '.join(unknown[:3])}" if unknown else ""
    return RegisterReading(_told_once(entries, shape), SourceState.FRESH, sentence, len(items))


def _countries(item: Tree, clues: Iterable[CountryClue]) -> tuple[str, ...]:
    """The countries that the first clue with an answer gives."""
    for clue in clues:
        codes: list[str] = []
        for text in (text for path in clue.paths for text in words_of(item, path)):
            found = clue.find.search(text) if clue.find else None
            if found or not clue.find:
                codes += clue.lookup(found[1] if found else text)
            if codes and not clue.every:
                break
        if codes:
            return tuple(dict.fromkeys(codes))
    return ()


def _entry(item: Tree, document: Document, source: Source, shape: Shape, country: str, named: str = "") -> Entry:
    """`named`: what the list calls the country, for a page that does not name it."""
    title = plain_line(first(item, shape.title))
    text = _joined(*(plain(text) for path in shape.text for text in words_of(item, path)))[:_LONGEST_TEXT]
    level, wording, area = _level(item, shape, named, title, text)
    moved_to = _value(item, shape.moved_to)[0] if shape.moved_to else None
    if moved_to is not None:
        wording = dict(shape.wordings).get(moved_to, wording)
    if level and shape.rows and not any(shape.rows[1].search(row) for row in words_of(item, shape.rows[0])):
        level, area = Level(1, level.part), _area(item, shape)
    published, _ = _date(first(item, shape.published), shape, document)
    move = next((move for words in (title, text) for find, move in shape.moves if find.search(words)), None)
    return Entry(
        country=country, title=title, text=text, level=level, wording=wording, area=area,
        link=_link(first(item, shape.link), document.url), published=published, move=move, lasting=shape.lasting,
        moved_to=moved_to,
        revision=first(item, shape.revision), details=_details(item, shape, document.url),
    )  # fmt: skip


def _notices(item: Tree, document: Document, source: Source, shape: Shape, codes: tuple[str, ...]) -> Iterable[Entry]:
    """An item between the decisions, once for each of its countries, without the sentences that say nothing of now."""
    if shape.notices is None:
        return
    for code in codes:
        entry = _entry(item, document, source, shape, code)
        text = _without(entry.text, shape.notices.drop)
        shared = len(codes) > shape.notices.most
        yield replace(
            entry, text=text, level=None, wording="", move=None, moved_to=None, notice=True, shared=shared,
            stands=_stands(f"{entry.title}\n{entry.text}", shape),
            mute_title=not _without(entry.title, shape.notices.drop),
            stated=() if shared else tuple(_stated(entry.title, shape.notices)),
        )  # fmt: skip


def _stated(title: str, notices: Notices) -> Iterable[Stated]:
    for find, kind, severity in notices.calls:
        if found := find.search(title):
            yield Stated(kind, severity, found[0])


def _stands(words: str, shape: Shape) -> bool:
    """Whether it restates a level in force, and says of none that it was raised."""
    standing = shape.notices.standing if shape.notices else None
    raised = any(find.search(words) for find, move in shape.moves if move is Move.RAISED)
    return standing is not None and bool(standing.search(words)) and not raised


def _without(text: str, drop: Iterable[re.Pattern[str]]) -> str:
    kept = [part for part in SENTENCES.split(text) if not any(pattern.search(part) for pattern in drop)]
    return "\n".join(part.strip() for part in kept if part.strip())


# --- levels -----------------------------------------------------------------------------------------------------


def _level(item: Tree, shape: Shape, named: str, title: str, text: str) -> tuple[Level | None, str, str | None]:
    if shape.placeholder and shape.placeholder.search(text):
        return None, "", None
    area = _area(item, shape)
    if shape.numbers:
        level = _numbered(item, shape, title, text)
        return level, _wording(level, shape, ""), area or (title if level and level.part > level.whole else None)
    fields = [(clue, *_value(item, clue)) for clue in shape.levels]
    known = [(clue, value, words) for clue, value, words in fields if value is not None]
    if known:
        whole = max((value for clue, value, _ in known if not clue.part), default=1)
        part = max((value for clue, value, _ in known), default=1)
        words = max(known, key=lambda found: found[1])[2]
        level = Level(whole, max(whole, part))
        return level, _wording(level, shape, words), area if part > whole else None
    if shape.prose is None:
        return None, "", None
    said = "\n".join(plain(words) for path in shape.prose.paths for words in words_of(item, path))
    said = re.sub(r":\n+", ": ", said)  # a heading and what it heads
    if shape.prose.paths and not said and text and shape.prose.missing is not None:
        return Level(shape.prose.missing, shape.prose.missing), "", None
    return level_of(shape.prose, _own_names(named, item, shape), title, said if shape.prose.paths else text)


def _area(item: Tree, shape: Shape) -> str | None:
    """The publisher's words for the part that is meant; of a long list the beginning."""
    words = first(item, shape.area)
    if shape.area_find is None:
        return plain_line(words) or None
    found = shape.area_find.search(plain(words))
    named = "; ".join(line.strip(" .") for line in found[1].splitlines() if line.strip()) if found else ""
    return (named if len(named) <= _LONGEST_AREA else f"{named[:_LONGEST_AREA].rpartition(' ')[0]} ...") or None


def _value(item: Tree, clue: LevelClue) -> tuple[int | None, str]:
    """The level that a clue gives, and its words."""
    found: list[tuple[int, str]] = []
    for text in (text for path in clue.paths for text in words_of(item, path)):
        keys = [match[1] for match in clue.find.finditer(text)] if clue.find else [text]
        found += [(clue.values[key], text) for key in keys if key in clue.values]
    return max(found, default=(clue.missing, ""), key=lambda value: value[0])


def _numbered(item: Tree, shape: Shape, title: str, text: str) -> Level | None:
    """Where flags say which levels hold somewhere: the lowest holds everywhere, unless only a part is spoken of."""
    flagged = [value for clue in shape.levels if (value := _value(item, clue)[0]) is not None]
    if not flagged:
        return None
    partly = bool(shape.partly and shape.partly.search(title)) and not (shape.wholly and shape.wholly.search(text))
    lowest = 1 if partly and len(flagged) == 1 else min(flagged)
    return Level(lowest, max(flagged))


def _wording(level: Level | None, shape: Shape, words: str) -> str:
    """The publisher's name for the level: its own words, or what its codes are called in its handbook."""
    if level is None:
        return words
    if level.part > level.whole and shape.part_wording:
        return shape.part_wording
    return dict(shape.wordings).get(max(level.whole, level.part), words)


def _own_names(named: str, item: Tree, shape: Shape) -> tuple[str, ...]:
    """What the entry itself calls its country: for sentences about "the whole of ..."."""
    names = [named]
    for clue in shape.country:
        for text in (text for path in clue.paths for text in words_of(item, path)):
            found = clue.find.search(text) if clue.find else None
            name = (found[1] if found else "" if clue.find else text).strip()
            names += [name, re.sub(r"\s*\(.*?\)", "", name), *re.findall(r"\((.+?)\)", name)]
    return tuple(dict.fromkeys(name for name in names if len(name) > 2))


# --- the rest ---------------------------------------------------------------------------------------------------


def _told_once(entries: Iterable[Entry], shape: Shape) -> tuple[Entry, ...]:
    """One entry a country: of several copies the one dated newest; where they disagree, the level is not known.

    In a stream of decisions every one counts, the oldest first.
    """
    if shape.announces:
        return tuple(sorted(entries, key=lambda entry: (entry.published is not None, entry.published, entry.revision)))
    by_country: dict[str, list[Entry]] = {}
    for entry in entries:
        by_country.setdefault(entry.country, []).append(entry)
    best = _sum if shape.rows else _best
    return tuple(copies[0] if len(copies) == 1 else best(copies) for copies in by_country.values())


def _sum(rows: list[Entry]) -> Entry:
    """Rows of several regions as one entry of their country."""
    levels = [row.level for row in rows if row.level]
    worst = max(rows, key=lambda row: row.level.part if row.level else 0)
    level = Level(max(lv.whole for lv in levels), max(lv.part for lv in levels)) if levels else None
    return replace(worst, level=level, text=_joined(*(row.text for row in rows)))


def _best(copies: list[Entry]) -> Entry:
    newest = max(copies, key=lambda entry: (entry.published is not None, entry.published, len(entry.text)))
    rivals = {copy.level for copy in copies if copy.level and copy.published == newest.published}
    return replace(newest, level=None) if len(rivals) > 1 else newest


def _date(raw: str, shape: Shape, document: Document) -> tuple[datetime | None, Dating]:
    now = max(document.fetched_at, document.server_date or document.fetched_at)
    if raw.isascii() and raw.isdigit() and len(raw) in {10, 13}:  # Unix time: seconds in some years, then milliseconds
        moment = datetime.fromtimestamp(int(raw[:10]), tz=now.tzinfo)
        return (moment, Dating.EXACT) if moment <= now else (None, Dating.FUTURE)
    if shape.dated is not None:
        raw = match[1] if (match := shape.dated.search(raw)) else ""
    raw = _numbered_month(raw, shape.months) if shape.months else raw
    return parse_date(raw + shape.offset if raw and shape.offset else raw, now)


_DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:\s*(?:er|º|\.))?\s+(?:de\s+)?([^\W\d_]+)\.?,?\s+(?:de[l]?\s+)?(\d{4})")


def _numbered_month(raw: str, months: Sequence[str]) -> str:
    """ "1er juin 2026" as 2026-06-01, by the names that the description gives."""
    found = _DAY_OF_MONTH.search(raw)
    if found is None or (name := found[2].lower()) not in months:
        return raw
    return f"{found[3]}-{months.index(name) + 1:02}-{int(found[1]):02}"


def _link(raw: str, base: str) -> str | None:
    try:
        link = urljoin(base, raw) if raw else ""
    except ValueError:
        return None
    return link[:2000] if link.startswith(("https://", "http://")) else None


def _details(item: Tree, shape: Shape, base: str) -> tuple[str, ...]:
    slug = ""
    if shape.slug is not None:
        where, find = shape.slug
        slug = next((found[1] for words in words_of(item, where) if (found := find.search(words))), "")
        if not slug:
            return ()
    return _filled(shape, {"slug": slug}, base, item)


def _filled(shape: Shape, fields: Mapping[str, str], base: str, item: Tree = None) -> tuple[str, ...]:
    """The addresses of a country's documents. A list's own links lead to its own host only."""
    addresses = [
        urljoin(base, _FIELD.sub(lambda found: fields.get(found[1]) or first(item, (found[1],)), template))
        for template in shape.details
    ]
    here = urlsplit(base).netloc
    return tuple(
        address for address, template in zip(addresses, shape.details, strict=True)
        if address.startswith("https://") or urlsplit(address).netloc == here
        if not template.startswith("{") or urlsplit(address).netloc == here
    )  # fmt: skip


def _joined(*texts: str) -> str:
    return "\n\n".join(dict.fromkeys(text for text in texts if text))
