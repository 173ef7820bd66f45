"""Documents that hang, break or flood their parser: named, bounded, and no neighbour is hurt."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from advisor import read
from advisor.config.settings import load_settings
from advisor.model import Document, Source, SourceState, Validators
from advisor.pipeline.readers import Readers, Unreadable
from advisor.service import Service
from tests.whole.reading import die_once, hoard, pid_after
from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import Answer, World

SOURCE = Source("courier", "https://courier.example/feed.xml")
GOOD = b"<rss version='2.0'><channel><title>t</title><item><title>A title</title></item></channel></rss>"
# feedparser compares every attribute of an element with every other one: this takes it a quarter of a minute.
_TAG = b"<x " + b" ".join(b"a%d=''" % number for number in range(900)) + b"/>"
SLOW = b"<rss version='2.0'><channel><title>t</title>" + _TAG * 1_200 + b"</channel></rss>"


def document(body: bytes) -> Document:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Document(SOURCE.url, at, body, validators=Validators(sha256=sha256(body).hexdigest()))


@pytest.fixture
def readers() -> Iterator[Readers]:
    made = Readers(at_once=2, deadline=3, memory=400)
    yield made
    made.close()


def test_a_process_reads_what_the_function_reads(readers: Readers) -> None:
    assert readers.read(document(GOOD), SOURCE) == read.read(document(GOOD), SOURCE)


def test_a_document_that_hangs_its_parser_is_given_up_and_its_neighbours_are_read(readers: Readers) -> None:
    with ThreadPoolExecutor(6) as pool:
        guilty = pool.submit(readers.read, document(SLOW), SOURCE)
        neighbours = [pool.submit(readers.read, document(GOOD), replace(SOURCE, id=f"n{n}")) for n in range(20)]
        assert all(neighbour.result().articles for neighbour in neighbours)
        with pytest.raises(Unreadable, match="could not be read within"):
            guilty.result()


def test_a_guilty_document_is_not_tried_again_but_its_successor_is(readers: Readers) -> None:
    with pytest.raises(Unreadable):
        readers.run("courier", document(SLOW), time.sleep, 60)
    with pytest.raises(Unreadable, match="could not be read within"):
        readers.run("courier", document(SLOW), str, "would be answered at once")
    assert readers.run("another", document(SLOW), str, "x") == "x"
    assert readers.read(document(GOOD), SOURCE).articles


def test_what_breaks_its_process_down_twice_is_named(readers: Readers) -> None:
    with pytest.raises(Unreadable, match="breaks down"):
        readers.run("courier", document(b"1"), os.abort)
    assert readers.read(document(GOOD), SOURCE).articles


def test_a_document_is_not_blamed_for_a_process_that_was_killed_once(readers: Readers, tmp_path: Path) -> None:
    assert readers.run("courier", document(b"1"), die_once, str(tmp_path / "died")) == "read"


def test_processes_killed_while_idle_are_replaced(readers: Readers) -> None:
    with ThreadPoolExecutor(2) as pool:
        idle = {pool.submit(readers.run, "a", document(b"1"), pid_after, 0.3).result() for _ in range(2)}
    for number in idle:
        os.kill(number, signal.SIGKILL)
    assert readers.read(document(GOOD), SOURCE).articles


def test_what_wants_more_memory_than_there_is_for_one_document_is_named(readers: Readers) -> None:
    with pytest.raises(Unreadable, match="more than 400 MiB"):
        readers.run("courier", document(b"1"), bytes, 2**30)
    assert readers.read(document(GOOD), SOURCE).articles


def test_a_process_that_has_grown_fat_is_replaced(readers: Readers) -> None:
    lean, fat = readers.run("a", document(b"1"), os.getpid), readers.run("a", document(b"1"), hoard)
    assert fat == lean
    assert readers.run("a", document(b"1"), os.getpid) != lean


def test_a_fault_of_ours_comes_with_its_place(readers: Readers) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        readers.run("courier", document(b"1"), divmod, 1, 0)
    assert readers.read(document(GOOD), SOURCE).articles


def test_what_a_parser_prints_does_not_reach_standard_output(
    readers: Readers, capfd: pytest.CaptureFixture[str]
) -> None:
    readers.run("courier", document(b"1"), print, "loud")
    assert capfd.readouterr().out == ""


def test_the_processes_end_with_the_service_even_when_it_is_killed() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "from tests.whole.test_readers import linger; linger()"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    with child.stdout:
        reader = int(child.stdout.readline())
        child.kill()
        child.wait()
    for _ in range(500):
        if not alive(reader):
            return
        time.sleep(0.02)
    pytest.fail("the reading process outlived its service")


def linger() -> None:
    print(Readers().run("a", document(b"1"), os.getpid), flush=True)
    time.sleep(60)


def alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_source_whose_feed_hangs_says_so_and_the_others_ring(world: World, tmp_path: Path) -> None:
    world.answers["/hang/feed.xml"] = Answer(SLOW)
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    service = Service.build(load_settings(world.settings(tmp_path, "/hang/feed.xml", "/courier/feed.xml")))
    service.readers.close()
    service.readers = Readers(deadline=1.5)
    service.poller = replace(service.poller, reads=service.readers)
    try:
        service.once()
        states = {row.id: row for row in service.store.sources()}
    finally:
        service.close()
    assert states["hang-feed.xml"].state is SourceState.UNREADABLE
    assert "within 1.5 seconds" in states["hang-feed.xml"].sentence
    assert states["courier-feed.xml"].state.healthy
    assert len(world.pushes) == 1


def test_closing_leaves_no_process_behind() -> None:
    readers = Readers()
    number = readers.run("a", document(b"1"), os.getpid)
    late: list[int] = []
    thread = threading.Thread(target=lambda: late.append(readers.run("a", document(b"1"), pid_after, 0.5)))
    thread.start()
    time.sleep(0.2)
    readers.close()
    thread.join()
    assert not alive(number)
    assert not alive(late[0])
