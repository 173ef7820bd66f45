"""Articles: what was read from each source, so that nothing is read twice and changes are seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from advisor.model import Advisory, Article
from advisor.store.codec import dump, load, load_all
from advisor.store.schema import article_keys, articles, reports, written
from advisor.store.values import Incoming, Known, StoredArticle

_BATCH = 400  # parameters per query: SQLite's own limit is 999 in old builds (sqlite.org/limits.html)

# Statements of every poll are built once: building costs more than running.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
_SOURCE: sa.BindParameter[Any] = sa.bindparam("source")
_KNOWN = (
    sa.select(article_keys.c.key, articles.c.id, articles.c.digest, articles.c.advisories.is_not(None))
    .join(articles, articles.c.id == article_keys.c.article_id)
    .where(article_keys.c.source_id == _SOURCE, article_keys.c.key.in_(_WANTED))
)
_STORED = sa.select(articles.c.id).where(articles.c.id.in_(_WANTED))
_NEW_ARTICLES = sa.insert(articles)
_NEW_KEYS = postgresql.insert(article_keys).on_conflict_do_nothing()  # a key stays with the article that had it first
_PLAIN: dict[sa.Insert, str] = {  # what SQLAlchemy does to forty rows of a first poll takes longer than SQLite does
    _NEW_ARTICLES: str(_NEW_ARTICLES.compile(dialect=sqlite.dialect())),
    _NEW_KEYS: str(sqlite.insert(article_keys).on_conflict_do_nothing().compile(dialect=sqlite.dialect())),
}
_UPDATE = sa.update(articles).where(articles.c.id == sa.bindparam("changed_id"))


def identity(source_id: str, keys: Sequence[str]) -> str:
    """The id of a new article: stable for its source and strongest key.

    Ids of one source begin alike: what one poll brings lies side by side in every index, a few pages to write.
    """
    key = f"{source_id}\n{keys[0]}".encode()
    return _beginning(source_id) + sha256(key).hexdigest()[:16]


@lru_cache(maxsize=64)
def _beginning(source_id: str) -> str:
    return sha256(source_id.encode()).hexdigest()[:4]


def content_digest(article: Article) -> str:
    """Equal for equal words; title and text as the source lists them."""
    return sha256(f"{article.title}\0{article.text}".encode()).hexdigest()[:32]


def known(connection: sa.Connection, source_id: str, keys: Collection[str]) -> dict[str, Known]:
    """Those of `keys` that were seen at this source."""
    found: dict[str, Known] = {}
    wanted = list(keys)
    for start in range(0, len(wanted), _BATCH):
        bound = {"wanted": wanted[start : start + _BATCH], "source": source_id}
        found |= {key: Known(name, digest, called) for key, name, digest, called in connection.execute(_KNOWN, bound)}
    return found


def write(
    connection: sa.Connection, source_id: str, incoming: Sequence[Incoming], now: datetime, *, first: bool = False
) -> set[str]:
    """New articles and changed ones, with their keys; a key stays with the article that had it first.

    `first`: nothing of the source is stored yet, so nothing is looked for. Returns the ids that were known before.
    """
    stored = set() if first else _stored(connection, [item.id for item in incoming])
    fresh = {item.id: item for item in incoming if item.id not in stored}
    if fresh:
        at = _moment(connection, now)
        _insert(connection, _NEW_ARTICLES, [_row(item, source_id, at) for item in fresh.values()])
    changed = [item for item in incoming if fresh.get(item.id) is not item]
    if changed:
        connection.execute(_UPDATE, [{"changed_id": item.id, **_content(item, now)} for item in changed])
    owners = {key: item.id for item in reversed(incoming) for key in item.article.keys or (item.id,)}
    if owners:
        _insert(connection, _NEW_KEYS, [(source_id, key, name) for key, name in owners.items()])
    return stored


def _insert(connection: sa.Connection, new: sa.Insert, rows: Sequence[tuple[Any, ...]]) -> None:
    """New rows, each with a value for every column."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_PLAIN[new], list(rows))
    else:
        names = new.table.c.keys()
        connection.execute(new, [dict(zip(names, row, strict=True)) for row in rows])


def _moment(connection: sa.Connection, now: datetime) -> Any:
    """`now` as rows that are inserted as they are hold it."""
    return written(now) if connection.dialect.name == "sqlite" else now


def _row(item: Incoming, source_id: str, at: Any) -> tuple[Any, ...]:
    """In the order of the table's columns."""
    return item.id, source_id, item.digest, at, at, item.article.dating.known, dump(item.article), _answers(item)


def _content(item: Incoming, now: datetime) -> dict[str, Any]:
    return {"digest": item.digest, "changed_at": now, "article": dump(item.article), "advisories": _answers(item)}


def _answers(item: Incoming) -> str | None:
    said = item.advisories or tuple(report.advisory for report in item.reports)
    return dump(said) if said else None


def _stored(connection: sa.Connection, ids: Sequence[str]) -> set[str]:
    """Those of `ids` that are there."""
    found: set[str] = set()
    for start in range(0, len(ids), _BATCH):
        found.update(connection.scalars(_STORED, {"wanted": ids[start : start + _BATCH]}))
    return found


def reread(connection: sa.Connection, incoming: Sequence[Incoming]) -> list[Incoming]:
    """Keep what is answered now; those whose text is still the one that was read. When they changed stays."""
    kept = []
    for item in incoming:
        same = sa.update(articles).where(articles.c.id == item.id, articles.c.digest == item.digest)
        if connection.execute(same.values(advisories=_answers(item))).rowcount:
            kept.append(item)
    return kept


def since(connection: sa.Connection, moment: datetime, after: StoredArticle | None, limit: int) -> list[StoredArticle]:
    """Articles seen or changed since `moment` whose text is still kept, oldest first; those behind `after`."""
    query = sa.select(articles).where(articles.c.changed_at >= moment, articles.c.article.is_not(None))
    if after is not None:
        later = articles.c.changed_at > after.changed_at
        beside = sa.and_(articles.c.changed_at == after.changed_at, articles.c.id > after.id)
        query = query.where(sa.or_(later, beside))
    return [
        StoredArticle(
            id=row.id,
            article=load(Article, row.article),
            digest=row.digest,
            first_seen=row.first_seen,
            changed_at=row.changed_at,
            advisories=load_all(Advisory, row.advisories),
        )
        for row in connection.execute(query.order_by(articles.c.changed_at, articles.c.id).limit(limit))
    ]


def prune(connection: sa.Connection, before: datetime, forget_before: datetime) -> int:
    """Drop texts older than `before`; forget dated articles without reports older than `forget_before`.

    Undated ones are never forgotten: seen again they would pass for news.
    """
    emptied = connection.execute(
        sa.update(articles)
        .where(articles.c.changed_at < before, articles.c.article.is_not(None))
        .values(article=None, advisories=None)
    )
    told = sa.exists().where(reports.c.article_id == articles.c.id)
    connection.execute(sa.delete(articles).where(articles.c.changed_at < forget_before, articles.c.dated, ~told))
    return emptied.rowcount


def count(connection: sa.Connection) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(articles)) or 0
