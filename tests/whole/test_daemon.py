"""The daemon as systemd sees it: ready, fed, reloaded, stopped in order."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.whole.test_path import CALL, TEXT, now
from tests.whole.world import Answer, World

UNIT = Path(__file__).parents[2] / "systemd" / "advisor.service"


def until(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(20)
        yield listener


def start(file: Path, tmp_path: Path, **more: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), **more}
    return subprocess.Popen(
        [sys.executable, "-m", "advisor", "run", "--config", str(file)],
        stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip


def sigterm(daemon: subprocess.Popen[str]) -> str:
    """What it logged until it stopped, from what nobody has read yet."""
    daemon.send_signal(signal.SIGTERM)
    _, errors = daemon.communicate(timeout=20)
    return errors


def end(daemon: subprocess.Popen[str]) -> None:
    """Whatever became of it: what were left of it would be found by the next test."""
    daemon.kill()
    daemon.wait()
    assert daemon.stderr is not None
    daemon.stderr.close()


def fill(place: Path) -> None:
    """So that it takes nothing more until it is read."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, contextlib.suppress(BlockingIOError):
        other.setblocking(False)
        while True:
            other.sendto(b"another's", str(place))


def test_it_tells_systemd_that_it_is_ready_pushes_and_stops_on_sigterm(
    world: World, tmp_path: Path, systemd: socket.socket
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    daemon = start(world.settings(tmp_path, "/courier/feed.xml"), tmp_path)
    try:
        assert systemd.recv(100) == b"READY=1"
        until(lambda: world.pushes)
        until(lambda: systemd.recv(100) == b"WATCHDOG=1")
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert daemon.returncode == 0, errors
    assert "stopped" in errors
    assert len(world.pushes) == 1


def test_sigterm_lets_a_poll_in_flight_finish_and_keeps_what_it_brought(
    world: World, tmp_path: Path, systemd: socket.socket
) -> None:
    world.feed("/courier/feed.xml", (CALL, TEXT, now()))
    world.answers["/courier/feed.xml"].after = 1.5
    file = world.settings(tmp_path, "/courier/feed.xml")
    daemon = start(file, tmp_path)
    try:
        until(lambda: world.gets)
        sigterm(daemon)
    finally:
        end(daemon)
    assert daemon.returncode == 0
    subprocess.run([sys.executable, "-m", "advisor", "poll", "--config", str(file)], check=True, timeout=60)
    assert len(world.pushes) == 1


def test_a_systemd_that_does_not_listen_holds_up_neither_a_push_nor_the_end(
    world: World, tmp_path: Path, systemd: socket.socket
) -> None:
    fill(tmp_path / "notify")
    world.feed("/courier/feed.xml")
    daemon = start(world.settings(tmp_path, "/courier/feed.xml"), tmp_path)
    try:
        until(lambda: world.gets)
        world.feed("/courier/feed.xml", (CALL, TEXT, now()))
        until(lambda: world.pushes)
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert daemon.returncode == 0, errors
    assert errors.count("systemd was not told READY=1: timed out") == 1
    assert errors.count("WATCHDOG=1") == 1


def test_a_systemd_that_listens_late_is_told_late_that_it_is_ready(
    world: World, tmp_path: Path, systemd: socket.socket
) -> None:
    fill(tmp_path / "notify")
    world.feed("/courier/feed.xml")
    daemon = start(world.settings(tmp_path, "/courier/feed.xml"), tmp_path)
    assert daemon.stderr is not None
    try:
        until(lambda: "WATCHDOG=1" in daemon.stderr.readline())
        until(lambda: systemd.recv(100) == b"READY=1\nWATCHDOG=1")
        until(lambda: systemd.recv(100) == b"WATCHDOG=1")
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert daemon.returncode == 0, errors
    assert "systemd listens again" in errors


def test_a_bad_file_at_sighup_leaves_the_running_configuration_in_force(
    world: World, tmp_path: Path, systemd: socket.socket
) -> None:
    world.feed("/courier/feed.xml")
    file = world.settings(tmp_path, "/courier/feed.xml")
    daemon = start(file, tmp_path)
    try:
        assert systemd.recv(100) == b"READY=1"
        file.write_text(file.read_text() + "wobble: yes\n")
        daemon.send_signal(signal.SIGHUP)
        until(lambda: systemd.recv(100) == b"RELOADING=1")
        world.feed("/courier/feed.xml", (CALL, TEXT, now()))
        until(lambda: world.pushes)
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert "reload refused" in errors
    assert "unknown key 'wobble'" in errors


@pytest.mark.parametrize("ready", [True, False], ids=["while it runs", "while it starts"])
def test_a_machine_whose_clock_is_put_back_goes_on_polling(
    world: World, tmp_path: Path, systemd: socket.socket, ready: bool
) -> None:
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler, for a clock that can be put")
    library, off = tmp_path / "putclock.so", tmp_path / "off"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, Path(__file__).with_name("putclock.c")], check=True)
    off.write_text("0")
    world.feed("/courier/feed.xml")
    file = world.settings(tmp_path, "/courier/feed.xml")
    if not ready:
        fill(tmp_path / "notify")  # the start waits a second until it is told, and polls meanwhile
    daemon = start(file, tmp_path, LD_PRELOAD=str(library), PUT_CLOCK=str(off))
    try:
        if ready:
            until(lambda: systemd.recv(100) == b"WATCHDOG=1")
        until(lambda: world.gets)
        off.write_text("-86400")
        world.feed("/courier/feed.xml", (CALL, TEXT, now()))
        until(lambda: world.pushes)
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert "clock-put seconds=-86400" in errors


def test_secrets_of_addresses_are_never_logged(world: World, tmp_path: Path, systemd: socket.socket) -> None:
    world.answers["/courier/feed.xml"] = Answer(b"", status=500)
    file = world.settings(tmp_path, "/courier/feed.xml")
    canary = "s3cr3t-canary"
    file.write_text(
        file.read_text()
        .replace(world.address, f"http://user:{canary}@{world.host}")
        .replace("feed.xml', pub", f"feed.xml?key={canary}', pub")
    )
    daemon = start(file, tmp_path)
    try:
        until(lambda: world.gets)
        time.sleep(0.5)
        errors = sigterm(daemon)
    finally:
        end(daemon)
    assert canary not in errors


def test_the_unit_is_what_systemd_accepts() -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not on this machine")
    done = subprocess.run(
        [analyze, "verify", "--recursive-errors=yes", str(UNIT)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_hardening_line_of_the_unit_has_its_sentence() -> None:
    commented = False
    for line in UNIT.read_text().splitlines():
        if line.startswith("#"):
            commented = True
        elif not line or line.startswith("["):
            commented = line.startswith("[")
        else:
            assert commented, f"{line} stands without a comment above its group"
