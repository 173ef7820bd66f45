"""What is held of a register survives, and comes into databases that were made before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from advisor.model import Kind, Severity, Source
from advisor.model.register import Held, HeldAct, Level, Pending
from advisor.store import open_store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HELD = Held(
    "ML", Level(3, 4), Pending(Level(4, 4), NOW), (HeldAct(Kind.LEAVE, Severity.EXTREME, NOW, "abc"),), ("abc", "def"),
    (Pending(Level(2, 2), NOW, mass=True),), "7", NOW, NOW - timedelta(days=3),
)  # fmt: skip


def accept(store: object, *held: Held) -> None:
    (claim,) = store.claim_due(NOW + timedelta(days=1), "me", timedelta(minutes=1), 1)  # type: ignore[attr-defined]
    store.accept(  # type: ignore[attr-defined]
        claim, [], now=NOW, next_poll_at=NOW, decide=lambda *_: [], owe=lambda _: [], register=held
    )


def test_what_is_held_of_a_register_is_written_with_the_poll_and_read_back_whole(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db", NOW) as store:
        store.sync_sources([Source("us-state", "https://list.example")], NOW)
        accept(store, HELD, Held("NE"))
        assert store.held("us-state") == {"ML": HELD, "NE": Held("NE")}
        accept(store, Held("ML", Level(1, 1)))
        assert store.held("us-state") == {"ML": Held("ML", Level(1, 1)), "NE": Held("NE")}
        assert store.held("another") == {}


def test_a_database_from_before_registers_is_brought_forward(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_store(f"sqlite:///{path}", NOW):
        pass
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("drop table registers"))
        connection.execute(sa.text("drop table marks"))  # made later still
        connection.execute(sa.text("update schema_version set version = 1"))
    engine.dispose()
    with open_store(f"sqlite:///{path}", NOW) as store:
        assert store.held("us-state") == {}
