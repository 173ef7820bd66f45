"""What a fetch gives for what a server does: documents, unchanged, or a failure with a name."""

import gzip
import socket
import ssl
import struct
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from advisor.errors import UsageError
from advisor.model import Document, Failure, SourceState, Unchanged, Validators
from advisor.poll import Fetcher, Limits

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"
SHORT = timedelta(seconds=0.7)


def test_a_document_comes_with_validators_freshness_and_the_servers_clock(serve, reply, fetcher, clock):
    server = serve(
        lambda c, p, h: c.sendall(
            reply(
                body=FEED,
                etag='"one"',
                last_modified="Sun, 01 Mar 2026 10:00:00 GMT",
                cache_control="public, max-age=600",
                age="60",
                date="Sun, 01 Mar 2026 12:00:30 GMT",
                content_type="application/rss+xml",
            )
        )
    )
    document = fetcher.fetch(f"{server.url}/feed", clock)
    assert isinstance(document, Document)
    assert document.body == FEED
    assert document.url == f"{server.url}/feed"
    assert document.fetched_at == clock()
    assert document.content_type == "application/rss+xml"
    assert document.validators.etag == '"one"'
    assert document.validators.last_modified == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert document.fresh_for == timedelta(seconds=540)
    assert document.server_date == datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
    headers = server.requests[0][1]
    assert headers["user-agent"].startswith("Advisor/")
    assert "(+https://example.org/advisor)" in headers["user-agent"]
    assert headers["accept-encoding"] == "gzip, deflate"


def test_validators_are_sent_back_and_304_means_unchanged(serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(b"HTTP/1.1 304 Not Modified\r\ncache-control: max-age=60\r\n\r\n"))
    result = fetcher.fetch(server.url, clock, Validators('"one"', "Sun, 01 Mar 2026 10:00:00 GMT"))
    assert result == Unchanged(clock(), timedelta(seconds=60))
    headers = server.requests[0][1]
    assert headers["if-none-match"] == '"one"'
    assert headers["if-modified-since"] == "Sun, 01 Mar 2026 10:00:00 GMT"


def test_a_304_that_nobody_asked_for_is_a_failure(serve, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    result = fetcher.fetch(server.url, clock)
    assert isinstance(result, Failure)
    assert result.state is SourceState.UNREACHABLE


def test_the_same_bytes_are_unchanged_although_the_server_knows_no_validators(serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)))
    first = fetcher.fetch(server.url, clock)
    assert isinstance(first, Document)
    assert isinstance(fetcher.fetch(server.url, clock, first.validators), Unchanged)


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(FEED), "gzip"),
        (gzip.compress(FEED[:10]) + gzip.compress(FEED[10:]), "x-gzip"),
        (zlib.compress(FEED), "deflate"),
        (zlib.compress(FEED, wbits=-15), "deflate"),
        (FEED, "gzip"),  # mislabelled
        (FEED, "identity"),
    ],
    ids=["gzip", "two members", "zlib", "bare deflate", "mislabelled", "plain"],
)
def test_packed_answers_are_unpacked(packed, encoding, serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(body=packed, content_encoding=encoding)))
    assert fetcher.fetch(server.url, clock).body == FEED


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [(gzip.compress(FEED)[:-12], "gzip"), (gzip.compress(FEED)[:30] + b"x" * 40, "gzip"), (FEED, "br")],
    ids=["cut", "damaged", "foreign"],
)
def test_damaged_or_foreign_packing_is_a_failure(packed, encoding, serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(body=packed, content_encoding=encoding)))
    assert fetcher.fetch(server.url, clock).state is SourceState.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("401 Unauthorized", SourceState.BLOCKED),
        ("403 Forbidden", SourceState.BLOCKED),
        ("407 Proxy Authentication Required", SourceState.BLOCKED),
        ("451 Unavailable For Legal Reasons", SourceState.BLOCKED),
        ("404 Not Found", SourceState.DEAD),
        ("410 Gone", SourceState.DEAD),
        ("400 Bad Request", SourceState.UNREACHABLE),
        ("500 Internal Server Error", SourceState.UNREACHABLE),
        ("502 Bad Gateway", SourceState.UNREACHABLE),
    ],
)
def test_each_status_has_its_state_and_one_sentence(status, state, serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(status, b"no")))
    result = fetcher.fetch(f"{server.url}/x", clock)
    assert (result.state, result.at) == (state, clock())
    assert status[:3] in result.sentence
    assert "\n" not in result.sentence


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("120", timedelta(minutes=2)),
        ("Sun, 01 Mar 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("99999999999999999999", timedelta(days=365)),
    ],
)
@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_retry_after_is_read_as_seconds_or_date(status, value, asked, serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(status, retry_after=value)))
    result = fetcher.fetch(server.url, clock)
    assert (result.state, result.retry_after) == (SourceState.UNREACHABLE, asked)


@pytest.mark.parametrize(
    "page",
    [
        b"HTTP/1.1 429 No\r\nretry-after: 60\r\ncontent-length: 99\r\n\r\nx",
        b"HTTP/1.1 429 No\r\nretry-after: 60\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8bx",
        b"HTTP/1.1 429 No\r\nretry-after: 60\r\ncontent-length: 999999999\r\n\r\n",
    ],
    ids=["cut", "damaged", "giant"],
)
def test_a_status_counts_although_its_page_cannot_be_read(page, serve, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(page))
    result = fetcher.fetch(server.url, clock)
    assert (result.state, result.retry_after) == (SourceState.UNREACHABLE, timedelta(minutes=1))
    assert "429" in result.sentence


CHALLENGES = [
    b"<!DOCTYPE html><html lang='da'><head><title>Et \xc3\xb8jeblik ...</title></head><body>"
    b"<script>window._cf_chl_opt={cType:'managed'}</script></body></html>",
    b"<html><head><title>Just a moment...</title></head><body></body></html>",
    b"<html><body><iframe src='/_Incapsula_Resource?SWUDNSAI=31'></iframe></body></html>",
    b"<!doctype html><html><body><p>Prove that you are human</p><div class='h-captcha'></div></body></html>",
    b"<html><head><title>Access Denied</title></head><body>You don't have permission</body></html>",
]


@pytest.mark.parametrize("page", CHALLENGES, ids=range(len(CHALLENGES)))
@pytest.mark.parametrize("status", ["200 OK", "403 Forbidden", "503 Service Unavailable"])
def test_a_challenge_page_is_blocked_whatever_its_status(status, page, serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(status, page, content_type="text/html")))
    result = fetcher.fetch(server.url, clock)
    assert isinstance(result, Failure)
    assert result.state is SourceState.BLOCKED
    assert "challenge" in result.sentence


def test_an_article_with_a_captcha_in_its_comment_form_is_no_challenge(serve, reply, fetcher, clock):
    script = b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>"
    page = b"<html><body>" + b"<p>The embassy is open today.</p>" * 80 + b"<div class='g-recaptcha'></div>" + script
    server = serve(lambda c, p, h: c.sendall(reply(body=page)))
    assert isinstance(fetcher.fetch(server.url, clock), Document)


def test_a_feed_that_speaks_of_captchas_is_no_challenge(serve, reply, fetcher, clock):
    feed = b"<?xml version='1.0'?><rss><channel><title>Just a moment captcha</title></channel></rss>"
    server = serve(lambda c, p, h: c.sendall(reply(body=feed)))
    assert isinstance(fetcher.fetch(server.url, clock), Document)


# --- redirects ------------------------------------------------------------------------------------------


def redirects(reply, table):
    def answer(connection, path, headers):
        target = table.get(path)
        status, where = target if target else ("200 OK", None)
        connection.sendall(reply(status, location=where) if where else reply(body=FEED))

    return answer


def test_a_permanent_redirect_is_followed_and_reported(serve, reply, fetcher, clock):
    server = serve(redirects(reply, {"/a": ("301 Moved", "/b"), "/b": ("308 Moved", "/c"), "/c": ("302 Found", "/d")}))
    document = fetcher.fetch(f"{server.url}/a", clock)
    assert (document.url, document.moved_to) == (f"{server.url}/d", f"{server.url}/c")


def test_a_temporary_redirect_moves_nothing(serve, reply, fetcher, clock):
    server = serve(redirects(reply, {"/a": ("302 Found", "/b"), "/b": ("301 Moved", "/c")}))
    assert fetcher.fetch(f"{server.url}/a", clock).moved_to is None


def test_a_circle_of_redirects_is_named(serve, reply, fetcher, clock):
    server = serve(redirects(reply, {"/a": ("302 Found", "/b"), "/b": ("302 Found", "/a")}))
    result = fetcher.fetch(f"{server.url}/a", clock)
    assert result.state is SourceState.REFUSED
    assert f"{server.url}/a -> {server.url}/b -> {server.url}/a" in result.sentence


def test_more_than_five_redirects_are_refused(serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply("302 Found", location=f"{p}x")))
    result = fetcher.fetch(f"{server.url}/", clock)
    assert result.state is SourceState.REFUSED
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1/x", "file:///etc/passwd", "http://[::1", "http://", "javascript:1"]
)
def test_redirects_to_anything_but_http_are_refused(target, serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply("302 Found", location=target)))
    assert fetcher.fetch(server.url, clock).state is SourceState.REFUSED


def test_a_redirect_without_a_target_is_a_failure(serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply("302 Found")))
    assert fetcher.fetch(server.url, clock).state is SourceState.UNREACHABLE


def test_a_redirect_into_a_private_network_is_refused(serve, reply, clock):
    server = serve(lambda c, p, h: c.sendall(reply("302 Found", location="http://10.0.0.1/secret")))
    with Fetcher("x@example.org", ["127.0.0.1/32"]) as fetcher:
        result = fetcher.fetch(server.url, clock)
    assert result.state is SourceState.REFUSED
    assert "private" in result.sentence


def test_credentials_stay_with_their_origin_and_out_of_every_sentence(serve, reply, fetcher, clock):
    other = serve(lambda c, p, h: c.sendall(reply("500 Oops")))
    server = serve(redirects(reply, {"/a": ("302 Found", "/b"), "/b": ("302 Found", f"{other.url}/c?token=abc123")}))
    result = fetcher.fetch(f"http://user:hunter2@127.0.0.1:{server.port}/a", clock)
    assert [headers.get("authorization") is not None for _, headers in server.requests] == [True, True]
    assert "authorization" not in other.requests[0][1]
    assert "hunter2" not in result.sentence
    assert "abc123" not in result.sentence


# --- guards ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
    ],
)
def test_special_addresses_are_refused_unless_allowed(url, clock):
    with Fetcher("x@example.org") as fetcher:
        assert fetcher.fetch(url, clock).state is SourceState.REFUSED


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://example.org/", "http://", "http://[::1", "file:///etc/passwd"])
def test_addresses_that_are_no_web_addresses_are_refused(url, fetcher, clock):
    assert fetcher.fetch(url, clock).state is SourceState.REFUSED


def test_the_checked_address_is_the_one_connected_to(serve, reply, clock):
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)))
    asked = []

    def resolve(host, port):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "10.0.0.1"  # a name that changes its mind
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with Fetcher("x@example.org", ["127.0.0.0/8"], resolve=resolve) as fetcher:
        assert isinstance(fetcher.fetch(f"http://rebind.example:{server.port}/", clock), Document)
    assert asked == ["rebind.example"]
    assert server.requests[0][1]["host"] == f"rebind.example:{server.port}"


def test_private_addresses_among_public_ones_are_passed_over(serve, reply, clock):
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)))

    def resolve(host, port):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in ("10.0.0.1", "127.0.0.1")]

    with Fetcher("x@example.org", ["127.0.0.0/8"], resolve=resolve) as fetcher:
        assert isinstance(fetcher.fetch(f"http://mixed.example:{server.port}/", clock), Document)


def test_a_name_that_does_not_resolve_is_unreachable(clock):
    def resolve(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with Fetcher("x@example.org", resolve=resolve) as fetcher:
        result = fetcher.fetch("http://nowhere.example/", clock)
    assert result.state is SourceState.UNREACHABLE
    assert "nowhere.example" in result.sentence


def test_a_look_up_that_hangs_ends_with_the_deadline(clock):
    def resolve(host, port):
        time.sleep(2)
        return []

    with Fetcher("x@example.org", limits=Limits(lookups=1), resolve=resolve) as fetcher:
        began = time.monotonic()
        for _ in range(2):  # the second finds every look-up taken
            result = fetcher.fetch("http://slow.example/", clock, deadline=timedelta(seconds=0.2))
            assert result.state is SourceState.UNREACHABLE
        assert time.monotonic() - began < 1.5


def test_networks_that_cannot_be_read_are_named():
    with pytest.raises(UsageError, match="allow_networks"):
        Fetcher("x", ["10.0.0.0/99"])


# --- bounds ---------------------------------------------------------------------------------------------


def test_a_gzip_bomb_is_refused_before_it_unfolds(serve, reply, fetcher, clock):
    bomb = gzip.compress(b"\0" * 50_000_000)
    server = serve(lambda c, p, h: c.sendall(reply(body=bomb, content_encoding="gzip")))
    result = fetcher.fetch(server.url, clock)
    assert result.state is SourceState.REFUSED
    assert "unpacked" in result.sentence


def test_an_endless_body_is_refused(serve, fetcher, clock):
    def endless(connection, path, headers):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    server = serve(endless)
    assert fetcher.fetch(server.url, clock).state is SourceState.REFUSED


def test_an_announced_giant_is_refused_unread(serve, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n"))
    assert fetcher.fetch(server.url, clock).state is SourceState.REFUSED


def test_endless_headers_end(serve, fetcher, clock):
    def endless(connection, path, headers):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"x-more: " + b"y" * 1000 + b"\r\n")

    server = serve(endless)
    assert fetcher.fetch(server.url, clock, deadline=SHORT).state is SourceState.UNREACHABLE


@pytest.mark.parametrize("before", [b"HTTP/1.1 200 OK\r\nx: ", b"HTTP/1.1 200 OK\r\n\r\n", b""])
def test_a_slow_drip_of_headers_or_body_ends_with_the_deadline(before, serve, fetcher, clock):
    def drip(connection, path, headers):
        connection.sendall(before)
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"a" if before else b"H")

    server = serve(drip)
    began = time.monotonic()
    result = fetcher.fetch(server.url, clock, deadline=SHORT)
    assert result.state is SourceState.UNREACHABLE
    assert time.monotonic() - began < 1.5


def test_slow_redirects_share_one_deadline(serve, reply, fetcher, clock):
    def slow(connection, path, headers):
        time.sleep(0.3)
        connection.sendall(reply("302 Found", location=f"{path}x"))

    server = serve(slow)
    began = time.monotonic()
    assert fetcher.fetch(server.url, clock, deadline=SHORT).state is SourceState.UNREACHABLE
    assert time.monotonic() - began < 1.5


def test_a_server_that_never_answers_is_unreachable(serve, fetcher, clock):
    server = serve(lambda c, p, h: c.recv(1))
    assert fetcher.fetch(server.url, clock, deadline=timedelta(seconds=0.3)).state is SourceState.UNREACHABLE


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\nhello",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_answers_that_break_off_or_are_not_http_are_unreachable(wire, serve, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(wire))
    assert fetcher.fetch(server.url, clock).state is SourceState.UNREACHABLE


def test_a_reset_connection_is_unreachable(serve, fetcher, clock):
    def reset(connection, path, headers):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    server = serve(reset)
    assert fetcher.fetch(server.url, clock).state is SourceState.UNREACHABLE


def test_a_closed_port_is_unreachable(fetcher, clock):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = fetcher.fetch(f"http://127.0.0.1:{port}/", clock)
    assert result.state is SourceState.UNREACHABLE
    assert "127.0.0.1" in result.sentence


# --- TLS ------------------------------------------------------------------------------------------------


def contexts(authority, name):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def test_https_is_read_with_a_trusted_certificate(serve, reply, authority, clock):
    server_side, client_side = contexts(authority, "127.0.0.1")
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)), server_side)
    with Fetcher("x", ["127.0.0.0/8"], ssl_context=client_side) as fetcher:
        assert fetcher.fetch(server.url, clock).body == FEED


def test_a_move_for_good_from_https_to_http_is_followed_but_not_remembered(serve, reply, authority, clock):
    plain = serve(lambda c, p, h: c.sendall(reply(body=FEED)))
    server_side, client_side = contexts(authority, "127.0.0.1")
    server = serve(lambda c, p, h: c.sendall(reply("301 Moved", location=f"{plain.url}/feed")), server_side)
    with Fetcher("x", ["127.0.0.0/8"], ssl_context=client_side) as fetcher:
        document = fetcher.fetch(server.url, clock)
    assert (document.body, document.moved_to) == (FEED, None)


def test_an_untrusted_certificate_is_named(serve, reply, authority, fetcher, clock):
    server_side, _ = contexts(authority, "127.0.0.1")
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)), server_side)
    result = fetcher.fetch(server.url, clock)
    assert result.state is SourceState.UNREACHABLE
    assert result.sentence.startswith("no connection to 127.0.0.1: its certificate is not accepted")


def test_a_certificate_for_another_name_is_named(serve, reply, authority, clock):
    server_side, client_side = contexts(authority, "other.example")
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)), server_side)
    with Fetcher("x", ["127.0.0.0/8"], ssl_context=client_side) as fetcher:
        assert "certificate" in fetcher.fetch(server.url, clock).sentence


def test_a_handshake_that_hangs_ends_with_the_deadline(serve, fetcher, clock):
    server = serve(lambda c, p, h: c.recv(1))
    began = time.monotonic()
    result = fetcher.fetch(f"https://127.0.0.1:{server.port}/", clock, deadline=timedelta(seconds=0.3))
    assert result.state is SourceState.UNREACHABLE
    assert time.monotonic() - began < 1.0


# --- politeness -----------------------------------------------------------------------------------------


def test_at_most_two_requests_run_at_one_host_and_their_starts_are_spaced(serve, reply, clock):
    running, most, starts = [], [], []

    def answer(connection, path, headers):
        starts.append(time.monotonic())
        running.append(1)
        most.append(len(running))
        time.sleep(0.1)
        running.pop()
        connection.sendall(reply(body=FEED))

    server = serve(answer)
    limits = Limits(per_host=2, spacing=timedelta(milliseconds=40))
    with Fetcher("x", ["127.0.0.0/8"], limits) as fetcher, ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda n: fetcher.fetch(f"{server.url}/{n}", clock), range(6)))
    assert all(isinstance(result, Document) for result in results)
    assert max(most) <= 2
    assert all(later - earlier > 0.02 for earlier, later in pairwise(starts))


def test_many_sources_at_a_host_that_never_answers_do_not_wait_for_each_other_for_ever(serve, clock):
    server = serve(lambda c, p, h: time.sleep(2))
    limits = Limits(per_host=1, patience=timedelta(milliseconds=300))
    began = time.monotonic()
    with Fetcher("x", ["127.0.0.0/8"], limits) as fetcher, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(fetcher.fetch, f"{server.url}/{n}", clock, deadline=SHORT) for n in range(8)]
        results = [future.result() for future in asked]
    assert time.monotonic() - began < 3
    assert {result.state for result in results} == {SourceState.UNREACHABLE}
    assert any("turn did not come" in result.sentence for result in results)


def test_a_slow_host_does_not_hold_up_another(serve, reply, fetcher, clock):
    slow = serve(lambda c, p, h: c.recv(1))
    quick = serve(lambda c, p, h: c.sendall(reply(body=FEED)))
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(fetcher.fetch, slow.url, clock, deadline=SHORT) for _ in range(2)]
        began = time.monotonic()
        assert isinstance(pool.submit(fetcher.fetch, quick.url, clock).result(), Document)
        assert time.monotonic() - began < 0.5
        assert {future.result().state for future in waiting} == {SourceState.UNREACHABLE}


def test_cookies_are_neither_kept_nor_sent(serve, reply, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED, set_cookie="id=1")))
    fetcher.fetch(server.url, clock)
    fetcher.fetch(server.url, clock)
    assert "cookie" not in server.requests[1][1]


def test_many_failures_leave_the_fetcher_working(serve, reply, clock):
    hanging = serve(lambda c, p, h: c.recv(1))
    good = serve(lambda c, p, h: c.sendall(reply(body=FEED)))
    limits = Limits(connections=2, per_host=4, spacing=timedelta(0))
    with Fetcher("x", ["127.0.0.0/8"], limits) as fetcher:
        with ThreadPoolExecutor(4) as pool:
            futures = [
                pool.submit(fetcher.fetch, hanging.url, clock, deadline=timedelta(seconds=0.1)) for _ in range(8)
            ]
            assert all(future.result().state is SourceState.UNREACHABLE for future in futures)
        assert isinstance(fetcher.fetch(good.url, clock), Document)


def test_addresses_with_their_secrets_stay_out_of_the_log(serve, reply, clock, caplog):
    caplog.set_level("DEBUG")
    server = serve(lambda c, p, h: c.sendall(reply(body=FEED)))
    with Fetcher("x", ["127.0.0.0/8"]) as fetcher:
        fetcher.fetch(f"http://user:hunter2@127.0.0.1:{server.port}/?token=abc123", clock)
    assert not [record for record in caplog.records if record.name.startswith(("httpx", "httpcore"))]


def test_odd_characters_in_an_etag_or_contact_do_no_harm(serve, clock):
    server = serve(
        lambda c, p, h: c.sendall(b'HTTP/1.1 200 OK\r\netag: "\xfc\xe9"\r\ncontent-length: 1\r\n\r\n' + p[-1:].encode())
    )
    with Fetcher("Jörg\r\nX-Injected: 1", ["127.0.0.0/8"]) as fetcher:
        document = fetcher.fetch(f"{server.url}/1", clock)
        assert isinstance(fetcher.fetch(f"{server.url}/2", clock, document.validators), Document)
    assert "x-injected" not in server.requests[0][1]


@pytest.mark.parametrize(
    "location", [b"/\xff\xfe", b"//", b"http://user:pw@127.0.0.1:99999/", b"\t", b"?\x7f", b"http://a b/"]
)
def test_odd_redirect_targets_are_failures_and_never_exceptions(location, serve, fetcher, clock):
    server = serve(lambda c, p, h: c.sendall(b"HTTP/1.1 302 Found\r\nlocation: " + location + b"\r\n\r\n"))
    assert isinstance(fetcher.fetch(f"{server.url}/start", clock), Failure)
