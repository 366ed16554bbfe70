"""What a run would ask of whom, and how long that takes, without asking anybody. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from archiver.model import HostEstimate, RunEstimate
from archiver.urls import host_key, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from archiver.model import Check, HostKey, Origin, Pacing

PAGE_BYTES = 60_000
IMAGE_BYTES = 150_000
"""What a page and an image are taken to weigh where none was seen yet."""

REQUISITES = 30
REQUISITE_BYTES = 20_000
"""How many things a page is taken to need to be shown, of its own host, and what each weighs, where none is held."""

ANSWER_S = 0.4
"""What an answer is taken to last where none was seen yet."""
EMPTY: Mapping[str, Sequence[str] | None] = MappingProxyType({})


@dataclass(slots=True)
class _Load:
    requests: int = 0
    size_bytes: int = 0
    answers_s: float = 0.0


def estimate(
    images_by_target: Mapping[str, bool],
    last: Mapping[str, Check],
    pacing_of: Callable[[HostKey], Pacing],
    *,
    requisites: Mapping[str, Sequence[str] | None] = EMPTY,
    concurrency: int,
    obeys_robots: bool,
) -> RunEstimate:
    """Estimate a run over the targets of `images_by_target` (is it an image?), by their last checks where there are.

    `requisites` has those that are kept in full, with what their pages need and is not held, or None where no page of
    theirs was seen yet.
    """
    loads: defaultdict[HostKey, _Load] = defaultdict(_Load)
    unseen = Counter((origin(target), is_image) for target, is_image in images_by_target.items() if target not in last)
    for (site, is_image), number in unseen.items():
        _add_unseen(loads, site, number, IMAGE_BYTES if is_image else PAGE_BYTES)
    seen = images_by_target.keys() & last.keys()
    for target in seen:
        _add(loads, target, last[target], IMAGE_BYTES if images_by_target[target] else PAGE_BYTES)
    for site, number in _needed(requisites, last).items():
        _add_unseen(loads, site, number, REQUISITE_BYTES)
    if obeys_robots:
        for site in {site for site, _ in unseen} | set(map(origin, seen)):
            _add_unseen(loads, site, 1, 0)
    return _sum_up(loads, pacing_of, concurrency)


def _add_unseen(loads: dict[HostKey, _Load], site: Origin, number: int, usual_bytes: int) -> None:
    load = loads[host_key(f"{site}/")]
    load.requests += number
    load.answers_s += number * ANSWER_S
    load.size_bytes += number * usual_bytes


def _needed(requisites: Mapping[str, Sequence[str] | None], last: Mapping[str, Check]) -> Counter[Origin]:
    """Count what pages need, each address once; of those not known, where their page was last seen."""
    known = {url for urls in requisites.values() for url in urls or ()}
    needed = Counter(map(origin, known))
    pages = (_seen_at(target, last.get(target)) for target, urls in requisites.items() if urls is None)
    for site, number in Counter(map(origin, pages)).items():
        needed[site] += number * REQUISITES
    return needed


def _seen_at(target: str, check: Check | None) -> str:
    return (check and check.final_url) or target


def _add(loads: dict[HostKey, _Load], target: str, check: Check, usual_bytes: int) -> None:
    urls = [*(redirect.url for redirect in check.redirects), _seen_at(target, check)]
    elapsed_s = ANSWER_S * len(urls) if check.elapsed_ms is None else check.elapsed_ms / 1000
    for url in urls:
        load = loads[host_key(url)]
        load.requests += 1
        load.answers_s += elapsed_s / len(urls)
    loads[host_key(urls[-1])].size_bytes += usual_bytes if check.size_bytes is None else check.size_bytes


def _sum_up(loads: Mapping[HostKey, _Load], pacing_of: Callable[[HostKey], Pacing], concurrency: int) -> RunEstimate:
    hosts = sorted(
        (_host(host, load, pacing_of(host)) for host, load in loads.items()),
        key=lambda host: (-host.duration_s, host.host),
    )
    together_s = sum(load.answers_s for load in loads.values()) / concurrency
    duration_s = max([together_s, *(host.duration_s for host in hosts[:1])])
    return RunEstimate(
        requests=sum(host.requests for host in hosts),
        size_bytes=sum(host.size_bytes for host in hosts),
        duration_s=duration_s,
        politeness_s=duration_s - together_s,
        hosts=tuple(hosts),
    )


def _host(host: HostKey, load: _Load, pacing: Pacing) -> HostEstimate:
    """Estimate one host: it takes as long as the delay makes of its queue, or as its own slowness does."""
    spaced_s = (load.requests - 1) * pacing.delay_s + load.answers_s / load.requests
    duration_s = max(spaced_s, load.answers_s / pacing.at_once)
    return HostEstimate(host=host, requests=load.requests, size_bytes=load.size_bytes, duration_s=duration_s)
