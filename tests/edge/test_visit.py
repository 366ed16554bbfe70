"""Every case of a misbehaving web, by real sockets and real TLS; the server counts who came and when."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from archiver.fetch.address import Detour
from archiver.model import Caution, Outcome, Pacing, Redirect
from tests.server import PAGE, ROUTES
from tests.visiting import LIMITS, visit

if TYPE_CHECKING:
    from tests.server import Server

A, B, M = Outcome.ALIVE, Outcome.BROKEN, Outcome.MOVED
U = Outcome.UNREACHABLE

# path, verdict, reason, requests for the path with one retry allowed
CASES = [
    ("/", A, "ok", 1),
    ("/gzip", A, "ok", 1),
    ("/brotli", A, "ok", 1),
    ("/gzip-then-rubbish", A, "ok", 1),
    ("/rubbish-after-the-body", A, "ok", 1),
    ("/until-close", A, "ok", 1),
    ("/early-hints", A, "ok", 1),
    ("/huge", A, "ok", 1),
    ("/bomb", A, "ok", 1),
    ("/chunked", A, "ok", 1),
    ("/gzip-in-chunks", A, "ok", 1),
    ("/trailers", A, "ok", 1),
    ("/zstd-if-asked", A, "ok", 1),
    ("/odd-headers", A, "ok", 1),
    ("/bare-line-feeds", A, "ok", 1),
    ("/set-cookie", A, "ok", 1),
    ("/usual-headers", A, "ok", 1),
    ("/few-headers", A, "ok", 1),
    ("/noise", A, "ok", 1),
    ("/204", Outcome.UNKNOWN, "no_content", 1),
    ("/304", Outcome.UNKNOWN, "status_304", 1),
    ("/304-with-length", Outcome.UNKNOWN, "status_304", 1),
    ("/length-without-body", B, "truncated", 2),
    ("/whole-206", A, "ok", 1),
    ("/part-206", Outcome.UNKNOWN, "status_206", 1),
    ("/huge-image", Outcome.UNKNOWN, "too_large", 1),
    ("/empty", Outcome.UNKNOWN, "empty", 1),
    ("/status/204", Outcome.UNKNOWN, "no_content", 1),
    ("/status/205", Outcome.UNKNOWN, "no_content", 1),
    ("/status/404", Outcome.GONE, "status_404", 1),
    ("/status/410", Outcome.GONE, "status_410", 1),
    ("/status/401", Outcome.RESTRICTED, "status_401", 1),
    ("/status/402", Outcome.RESTRICTED, "status_402", 1),
    ("/status/407", Outcome.RESTRICTED, "status_407", 1),
    ("/status/451", Outcome.RESTRICTED, "status_451", 1),
    ("/status/403", Outcome.BLOCKED, "status_403", 1),
    ("/status/999", Outcome.BLOCKED, "status_999", 1),
    ("/cloudflare-challenge", Outcome.BLOCKED, "challenge", 1),
    ("/cloudflare-challenge-200", Outcome.BLOCKED, "challenge", 1),
    ("/aws-waf", Outcome.BLOCKED, "challenge", 1),
    ("/429-then-200", A, "ok", 2),
    ("/429-date-then-200", A, "ok", 2),
    ("/429-garbage", Outcome.BLOCKED, "status_429", 2),
    ("/429-for-ever", Outcome.BLOCKED, "status_429", 2),
    ("/429-for-an-hour", Outcome.BLOCKED, "status_429", 1),
    ("/522-then-200", A, "ok", 2),
    ("/503-then-200", A, "ok", 2),
    ("/408-then-200", A, "ok", 2),
    ("/reset-then-200", A, "ok", 2),
    ("/status/500", Outcome.FAILING, "status_500", 2),
    ("/status/501", Outcome.FAILING, "status_501", 1),
    ("/silent", U, "timeout", 2),
    ("/drip", U, "timeout", 2),
    ("/stall", U, "timeout", 2),
    ("/reset", U, "reset", 2),
    ("/empty-reply", U, "empty_reply", 2),
    ("/bad-http", U, "bad_http", 1),
    ("/bad-chunks", U, "bad_http", 1),
    ("/bad-gzip", U, "bad_http", 1),
    ("/half-a-head", U, "bad_http", 1),
    ("/truncated", B, "truncated", 2),
    ("/truncated-once", A, "ok", 2),
    ("/truncated-chunks", B, "truncated", 2),
    ("/truncated-gzip", B, "truncated", 2),
    ("/301", M, "redirect_301", 1),
    ("/302", A, "redirect_302", 1),
    ("/303", A, "redirect_303", 1),
    ("/307", A, "redirect_307", 1),
    ("/308", M, "redirect_308", 1),
    ("/301-302-301", M, "redirect_301", 1),
    ("/301-to-404", Outcome.GONE, "status_404", 1),
    ("/302-to-relative", A, "redirect_302", 1),
    ("/302-to-other", A, "redirect_302", 1),
    ("/count-down?10", A, "redirect_302", 1),
    ("/count-down?11", B, "redirect_limit", 1),
    ("/loop-a", B, "redirect_loop", 1),
    ("/loop-to-self", B, "redirect_loop", 1),
    ("/302-without-location", B, "redirect_without_location", 1),
    ("/302-to-nonsense", B, "redirect_without_location", 1),
    ("/302-to-ftp", B, "redirect_scheme", 1),
    ("/302-to-file", B, "redirect_scheme", 1),
    ("/302-to-javascript", B, "redirect_scheme", 1),
    ("/bad-chunks-later", U, "bad_http", 1),
    ("/301-in-bad-gzip", M, "redirect_301", 1),
    ("/404-in-bad-gzip", Outcome.GONE, "status_404", 1),
    ("/301-in-bad-chunks", M, "redirect_301", 1),
    ("/301-stalling", M, "redirect_301", 1),
    ("/length-twice", A, "ok", 1),
    ("/lengths-that-differ", U, "bad_http", 1),
    ("/chunks-and-length", A, "ok", 1),
    ("/early-hints-then-surplus", A, "ok", 1),
    ("/302-to-utf-8", A, "redirect_302", 1),
    ("/odd-bytes-in-headers", A, "ok", 1),
    ("/endless-range", Outcome.UNKNOWN, "status_206", 1),
    ("/302-to-a-secret", B, "redirect_scheme", 1),
    ("/cookie-wall", A, "redirect_302", 2),
    ("/cookie-wall-by-way-of", A, "redirect_302", 2),
    ("/cookie-loop", B, "redirect_limit", 11),
]


def _host(path: str) -> str:
    """A host for each case: what one of them does to its host is not the others' business."""
    return f"{path.strip('/').partition('?')[0].replace('/', '-').lower() or 'root'}.site.test"


@pytest.mark.parametrize("pieces", [1, 7, 60])
def test_each_trouble_has_its_verdict_and_no_request_too_many(server: Server, pieces: int) -> None:
    """No verdict hangs on how the bytes fell into packets."""
    server.pieces = pieces
    targets = [f"http://{_host(path)}{path}" for path, *_ in CASES]
    checks = visit(server, targets, obeys_robots=False)  # so that no connection was used before
    seen = [
        (path, check.outcome, check.reason, server.asked(_host(path), path))
        for path, *_ in CASES
        for check in [checks[f"http://{_host(path)}{path}"]]
    ]
    assert seen == CASES


@pytest.mark.parametrize("tls", ["expired", "wrong-host", "self-signed", "incomplete"])
def test_a_certificate_that_does_not_hold_is_insecure(server: Server, tls: str) -> None:
    reasons = {"expired": "tls_expired", "wrong-host": "tls_hostname"}
    check = visit(server, [f"https://{tls}.test/"])[f"https://{tls}.test/"]
    assert (check.outcome, check.reason) == (Outcome.INSECURE, reasons.get(tls, "tls_untrusted"))
    assert server.arrivals == []


def test_a_certificate_of_a_trusted_authority_holds(server: Server) -> None:
    check = visit(server, ["https://site.test/page"])["https://site.test/page"]
    assert (check.outcome, check.status, check.size_bytes) == (A, 200, len(PAGE) + len("/page"))


def test_every_status_is_a_verdict(server: Server) -> None:
    """1xx is never final, but for 101; whatever DESIGN's table does not name is unknown."""
    targets = {status: f"http://s{status}.site.test/status/{status}" for status in [*range(100, 600), 999]}
    checks = visit(server, list(targets.values()), retries=0)
    named = {
        **dict.fromkeys((200, 203), (A, "ok")),
        **dict.fromkeys((204, 205), (Outcome.UNKNOWN, "no_content")),
        **{status: (Outcome.RESTRICTED, f"status_{status}") for status in (401, 402, 407, 451)},
        **{status: (Outcome.BLOCKED, f"status_{status}") for status in (403, 429, 999)},
        **{status: (Outcome.GONE, f"status_{status}") for status in (404, 410)},
    }
    redirects = {301, 302, 303, 307, 308}
    for status, target in targets.items():
        check = checks[target]
        if status in named:
            assert (check.outcome, check.reason) == named[status]
        elif status >= 500:
            assert (check.outcome, check.reason) == (Outcome.FAILING, f"status_{status}")
        elif status in redirects:
            assert (check.outcome, check.reason) == (B, "redirect_without_location")
        elif 100 <= status < 200 and status != 101:
            assert (check.outcome, check.reason) == (U, "timeout"), status  # the final answer never came
        else:
            assert (check.outcome, check.reason) == (Outcome.UNKNOWN, f"status_{status}")
        assert server.asked(f"s{status}.site.test", f"/status/{status}") == 1


def test_retry_after_holds_the_whole_host(server: Server) -> None:
    """Rows 7 and 8: the second request comes at least 1 s later, and /b waits with /a."""
    targets = ["http://site.test/429-then-200", "http://site.test/b"]
    checks = visit(server, targets, pacing=Pacing(delay_s=0.05, at_once=1))
    assert [checks[target].outcome for target in targets] == [A, A]
    _, first, *later = server.times("site.test")
    assert len(later) == 2
    assert min(later) - first >= 1.0


@pytest.mark.parametrize("path", ["/rate-limit-used-up", "/draft-rate-limit-used-up"])
def test_a_used_up_rate_limit_holds_the_host(server: Server, path: str) -> None:
    targets = [f"http://site.test{path}", "http://site.test/after"]
    checks = visit(server, targets, pacing=Pacing(delay_s=0.0, at_once=1))
    assert [checks[target].outcome for target in targets] == [A, A]
    _, used_up, after = server.times("site.test")
    assert after - used_up >= 1.0


def test_too_long_a_wait_ends_the_hosts_part_of_the_run(server: Server) -> None:
    targets = ["http://site.test/429-for-an-hour", "http://site.test/1", "http://site.test/2", "http://other.test/"]
    checks = visit(server, targets, pacing=Pacing(delay_s=0.0, at_once=1))
    assert [checks[target].reason for target in targets] == ["status_429", "not_reached", "not_reached", "ok"]
    assert len(server.times("site.test")) == 2


def test_a_host_is_asked_politely(server: Server) -> None:
    """At most two at once, 100 ms between starts, robots.txt and redirects too."""
    targets = [f"http://site.test/{number}" for number in range(8)] + ["http://site.test/301"]
    visit(server, targets, pacing=Pacing(delay_s=0.1, at_once=2))
    first, *others = server.times("site.test")
    assert len(others) == 10
    assert others[-1] - first >= 0.95  # ten gaps of 100 ms; single ones hang on when an arrival is noted
    assert server.most_open["site.test"] <= 2


def test_the_most_requests_at_once_are_bounded(server: Server) -> None:
    targets = [f"http://h{number}.site.test/slow" for number in range(30)]
    visit(server, targets, concurrency=5, obeys_robots=False)
    assert len(server.arrivals) == 30
    assert server.most_open_at_all == 5


def test_hosts_of_equal_work_get_their_turns(server: Server) -> None:
    """None is asked for all its pages before the others are asked at all: so a few connections do."""
    hosts = [f"{letter}.test" for letter in "abcd"]
    urls = [f"http://{host}/{number}" for host in hosts for number in range(6)]
    visit(server, urls, pacing=Pacing(delay_s=0.0, at_once=20), concurrency=4, obeys_robots=False)
    assert {arrival.host for arrival in server.arrivals[:10]} == set(hosts)


def test_one_request_serves_all_who_want_it(server: Server) -> None:
    """20 redirects that meet in one page: one request each."""
    targets = [f"http://site.test/join?{number}" for number in range(20)]
    checks = visit(server, targets)
    assert {check.outcome for check in checks.values()} == {M}
    assert {check.final_url for check in checks.values()} == {"http://site.test/landing"}
    assert server.asked("site.test", "/landing") == 1
    assert len(server.arrivals) == 22


def test_a_loop_of_two_records_is_two_loops(server: Server) -> None:
    targets = ["http://site.test/loop-a", "http://site.test/loop-b"]
    checks = visit(server, targets)
    assert [checks[target].reason for target in targets] == ["redirect_loop"] * 2
    assert [server.asked("site.test", path) for path in ("/loop-a", "/loop-b", "/robots.txt")] == [1, 1, 1]


def test_a_chain_is_told_hop_by_hop(server: Server) -> None:
    check = visit(server, ["http://site.test/301-302-301"])["http://site.test/301-302-301"]
    assert check.redirects == (
        Redirect(status=301, url="http://site.test/301-302-301"),
        Redirect(status=302, url="http://site.test/302"),
    )
    assert (check.final_url, check.mend) == ("http://site.test/landing", "http://site.test/302")


def test_no_cookie_crosses_to_another_site(server: Server) -> None:
    check = visit(server, ["http://site.test/cookie-for-another"])["http://site.test/cookie-for-another"]
    assert check.outcome is A
    sent = {(arrival.host, arrival.path): arrival.headers.get("cookie") for arrival in server.arrivals}
    assert sent["site.test", "/cookie-for-another"] == "secret=1"
    assert sent["other.test", "/landing"] is None
    assert all("authorization" not in arrival.headers for arrival in server.arrivals)


def test_a_cookie_is_of_its_chain_alone(server: Server) -> None:
    targets = ["http://site.test/cookie-wall", "http://site.test/page"]
    visit(server, targets, pacing=Pacing(delay_s=0.0, at_once=1))
    assert [arrival.headers.get("cookie") for arrival in server.arrivals if arrival.path == "/page"] == [None]


# --- robots.txt -----------------------------------------------------------------------------------------------

NAMED = b"User-agent: *\nDisallow:\n\nUser-agent: archiver\nDisallow: /\n"
ALL = b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("robots", "outcome", "reason", "requests", "warnings"),
    [
        pytest.param(NAMED, Outcome.SKIPPED, "robots", 1, (Caution.ROBOTS,), id="names us"),
        pytest.param(ALL, A, "ok", 2, (Caution.ROBOTS,), id="all robots"),
        pytest.param(b"", A, "ok", 2, (), id="empty"),
        pytest.param(404, A, "ok", 2, (), id="404"),
        pytest.param(403, A, "ok", 2, (), id="403"),
        pytest.param(b"<html><p>Disallow: /", A, "ok", 2, (), id="HTML"),
        pytest.param(b"#" * 600_000 + b"\n" + NAMED, A, "ok", 2, (), id="beyond the cut"),
        pytest.param(b"#" * 400_000 + b"\n" + NAMED, Outcome.SKIPPED, "robots", 1, (Caution.ROBOTS,), id="in the cut"),
        pytest.param(503, Outcome.FAILING, "robots_5xx", 2, (), id="5xx, asked twice"),
        pytest.param(0, U, "empty_reply", 2, (), id="no answer, asked twice"),
    ],
)
def test_robots_txt(
    server: Server, robots: bytes | int, outcome: Outcome, reason: str, requests: int, warnings: tuple[Caution, ...]
) -> None:
    server.robots["site.test"] = robots
    check = visit(server, ["http://site.test/page"])["http://site.test/page"]
    assert (check.outcome, check.reason, check.warnings) == (outcome, reason, warnings)
    assert len(server.arrivals) == requests


def test_robots_txt_may_be_ignored(server: Server) -> None:
    server.robots["site.test"] = NAMED
    check = visit(server, ["http://site.test/page"], obeys_robots=False)["http://site.test/page"]
    assert (check.outcome, len(server.arrivals)) == (A, 1)


def test_robots_txt_is_asked_once_an_origin_and_speaks_for_redirects_too(server: Server) -> None:
    server.robots["blocked.test"] = NAMED
    targets = ["http://site.test/302-to-robots-less", *(f"http://site.test/{number}" for number in range(10))]
    check = visit(server, targets)["http://site.test/302-to-robots-less"]
    assert (check.outcome, check.reason) == (Outcome.SKIPPED, "robots")
    assert server.asked("site.test", "/robots.txt") == server.asked("blocked.test", "/robots.txt") == 1
    assert server.asked("blocked.test", "/landing") == 0


def test_one_silent_robots_txt_settles_its_origin(server: Server) -> None:
    server.robots["site.test"] = 0
    targets = [f"http://site.test/{number}" for number in range(50)]
    checks = visit(server, targets)
    assert {check.reason for check in checks.values()} == {"empty_reply"}
    assert len(server.arrivals) == 2


def test_a_link_to_a_robots_txt_is_a_link(server: Server) -> None:
    check = visit(server, ["http://site.test/robots.txt"])["http://site.test/robots.txt"]
    assert (check.outcome, check.reason) == (Outcome.GONE, "status_404")


# --- hosts that are down, addresses that may not be asked --------------------------------------------------------


def test_three_silent_addresses_settle_the_host(server: Server) -> None:
    server.drop.add("site.test")
    targets = [f"http://site.test/{number}" for number in range(30)]
    checks = visit(server, targets, obeys_robots=False, pacing=Pacing(delay_s=0.0, at_once=1))
    reasons = [check.reason for check in checks.values()]
    assert sorted(set(reasons)) == ["host_down", "reset"]
    assert reasons.count("reset") == len(server.arrivals) == 3


def test_hosts_that_answer_are_not_down_however_their_bodies_end(server: Server) -> None:
    """Three bodies that stall, or silence between other troubles, are not three addresses in a row without a byte."""
    stalling = [f"http://a.test/stall?{number}" for number in range(3)]
    mixed = [f"http://b.test{path}" for path in ("/reset", "/bad-http", "/reset?2", "/bad-http?2", "/reset?3")]
    pages = ["http://a.test/page", "http://b.test/page"]
    order = Pacing(delay_s=0.0, at_once=1)
    checks = visit(server, [*stalling, *mixed, *pages], obeys_robots=False, pacing=order, retries=0)
    assert [checks[page].outcome for page in pages] == [A, A]


def test_a_burst_of_refusals_is_answered_with_one_hold(server: Server) -> None:
    """Requests that were under way together ask for a pause together."""
    targets = [*(f"http://site.test/429-garbage?{number}" for number in range(4)), "http://site.test/page"]
    visit(server, targets, pacing=Pacing(delay_s=0.0, at_once=4), retries=0, obeys_robots=False)
    first, *_, page = server.times("site.test")
    assert 1.0 <= page - first < 6.0  # not the eight seconds that four holds in a row would be


@pytest.mark.parametrize("trouble", ["Content-Encoding: gzip", "Content-Encoding: br"])
def test_a_robots_txt_that_cannot_be_read_forbids_nothing(server: Server, trouble: str) -> None:
    server.robots_headers = trouble
    server.robots["site.test"] = b"User-agent: *\nDisallow: /\n"
    assert visit(server, ["http://site.test/page"])["http://site.test/page"].outcome is A


def test_a_cookie_wall_on_any_host_name(server: Server) -> None:
    """Names that Python's own IDNA does not know are hosts all the same."""
    check = visit(server, ["http://xn--i-7iq.ws/cookie-wall"])["http://xn--i-7iq.ws/cookie-wall"]
    assert check.outcome is A


def test_a_refused_connection(server: Server) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        check = visit(server, [f"http://127.0.0.1:{port}/"])[f"http://127.0.0.1:{port}/"]
    assert (check.outcome, check.reason) == (U, "refused")


@pytest.mark.parametrize(
    "url",
    [
        "http://[::ffff:10.0.0.1]/",
        "http://0.0.0.0/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost/",
        "http://[::1]/",
    ],
)
def test_private_addresses_are_refused(server: Server, url: str) -> None:
    check = visit(server, [url], detours=(), allowed=())[url]
    assert (check.outcome, check.reason, check.attempts) == (Outcome.SKIPPED, "private_address", 0)


@pytest.mark.parametrize("path", ["/302-to-private", "/302-to-mapped"])
def test_a_redirect_to_a_private_address_is_refused(server: Server, path: str) -> None:
    here = Detour(host="site.test", port=80, to_host="127.0.0.1", to_port=server.port)
    check = visit(server, [f"http://site.test{path}"], detours=(here,))[f"http://site.test{path}"]
    assert (check.outcome, check.reason) == (Outcome.SKIPPED, "private_address")
    assert [redirect.status for redirect in check.redirects] == [302]


def test_a_detour_says_where_never_whether(server: Server) -> None:
    check = visit(server, ["http://site.test/"], allowed=())["http://site.test/"]
    assert check.reason == "private_address"
    assert server.arrivals == []


def test_limits_bound_what_is_read(server: Server) -> None:
    targets = ["http://huge.test/huge", "http://bomb.test/bomb", "http://image.test/huge-image"]
    checks = visit(server, targets)
    assert [checks[target].size_bytes for target in targets] == [
        LIMITS.max_page_bytes,
        LIMITS.max_page_bytes,
        LIMITS.max_image_bytes,
    ]


def test_a_kept_connection_that_was_closed_meanwhile_costs_no_attempt(server: Server) -> None:
    """The server closes after each answer without saying so."""
    targets = [f"http://site.test/hang-up?{number}" for number in range(5)]
    checks = visit(server, targets, pacing=Pacing(delay_s=0.05, at_once=1), retries=0)
    assert {(check.outcome, check.attempts) for check in checks.values()} == {(A, 1)}


def test_a_kept_connection_that_breaks_before_a_byte_is_replaced_once(server: Server) -> None:
    """Whether the peer had closed it before it saw the request, nobody can tell: the same again, not an attempt."""
    checks = visit(server, ["http://site.test/reset"], retries=0)
    assert checks["http://site.test/reset"].attempts == 1
    assert server.asked("site.test", "/reset") == 2


def test_the_requests_are_what_they_should_be(server: Server) -> None:
    visit(server, ["http://site.test/page?b=2&a=1"], contact="https://example.org/why")
    page = server.arrivals[-1]
    assert page.path == "/page?b=2&a=1"
    assert page.headers["accept-encoding"] == "gzip, br"
    assert page.headers["user-agent"].startswith("Mozilla/5.0 (compatible; archiver/")
    assert page.headers["user-agent"].endswith("; +https://example.org/why)")


def test_every_route_of_the_server_is_used_by_some_case() -> None:
    used = {path.partition("?")[0] for path, *_ in CASES}
    elsewhere = {"/consent", "/landing", "/loop-b", "/join", "/rate-limit-used-up", "/draft-rate-limit-used-up"}
    elsewhere |= {"/odd-head", "/many-headers", "/long-header"}  # of other tests
    elsewhere |= {"/caf%C3%A9", "/slow"}
    elsewhere |= {"/etag", "/last-modified", "/empty-with-etag", "/truncated-with-etag", "/tokens"}
    elsewhere |= {"/with-requisites", "/style.css", "/cookie-wall-slow-at-first"}
    elsewhere |= {path for path in ROUTES if path.startswith("/full")}
    elsewhere |= {"/302-to-private", "/302-to-mapped", "/302-to-robots-less", "/cookie-for-another", "/hang-up"}
    assert set(ROUTES) - used - elsewhere == set()


def test_a_slow_host_holds_nobody_up(server: Server) -> None:
    targets = ["http://slow.site.test/silent", *(f"http://h{number}.site.test/" for number in range(20))]
    started = time.monotonic()
    visit(server, targets, obeys_robots=False)
    arrivals = [arrival.at - started for arrival in server.arrivals if arrival.path == "/"]
    assert len(arrivals) == 20
    retry = [arrival.at - started for arrival in server.arrivals if arrival.path == "/silent"][1]
    assert max(arrivals) < retry
