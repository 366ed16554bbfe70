"""What a run may be told: options as their words, checked and turned into values."""

from __future__ import annotations

import ipaddress
import re
import warnings
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from archiver import __version__
from archiver.hosts import SHIPPED_RULES, HostRule, first, names_of_host, names_of_url
from archiver.model import Depth, HostKey, ImageRules, Limits, Pacing, Role, RotRules, SettingsError
from archiver.options import BY_KEY, Format
from archiver.plan.due import Timing
from archiver.plan.snapshots import Part, SnapshotRules
from archiver.urls import BadAddressError, mask_user_info, normalise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archiver.fetch.address import Detour, Network
    from archiver.verdict.threshold import Threshold

AGENT = "archiver"
"""The product token that a robots.txt may name."""

CONTROLS = BY_KEY["control"].default_texts
"""Addresses that tell whether we are online: three well-known sites of different owners."""

USUAL_DEPTHS = {part: Depth(str(BY_KEY[f"snapshot.{part}"].default)) for part in Part}
"""How much is kept of which part of a record."""

ACCEPT = "text/html,application/xhtml+xml,image/avif,image/webp,image/*,*/*;q=0.8"

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
_BYTES = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_MOST_BYTES = 10**12
_LEAST_TIMEOUT_S = 0.001
_MOST_SECONDS = 100 * 365.25 * 86_400.0
_MOST_PORT = 65_535
_QUANTITY = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*")
_PRODUCT = re.compile(r"(?:^|\(compatible;\s*)(?!Mozilla/)([A-Za-z_-]+)/(?!/)")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_OUR_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "accept-encoding", "expect"}
)
_TRUE, _FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a run behaves."""

    # what is read
    reads_unpublished: bool = False
    caches_records: bool = True  # what was parsed of them, in the user's cache folder
    fields: Mapping[str, Role] = msgspec.field(default_factory=dict)  # roles of fields that records name otherwise
    base_url: str | None = None  # where relative addresses in bodies are seen from
    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()
    roles: tuple[Role, ...] = ()  # none: all of them
    # who is visited now
    due: bool = False
    max_age_s: float | None = None
    # how sites are asked
    limits: Limits = Limits()
    pacing: Pacing = Pacing()
    hosts: tuple[HostRule, ...] = SHIPPED_RULES
    concurrency: int = 128
    workers: int | None = None  # None: as many as are worth it
    retries: int = 2
    obeys_robots: bool = True
    user_agent: str | None = None
    contact: str | None = None
    accept_language: str = "en-GB,en;q=0.9"
    # the network
    ca_file: Path | None = None
    detours: tuple[Detour, ...] = ()
    allowed: tuple[Network, ...] = ()
    uses_proxies: bool = True  # those of the environment
    control: tuple[str, ...] = CONTROLS
    outage_wait_s: float = 60.0
    # what is kept, and how it is judged
    archive: Path = Path("archive")
    waits: bool = False
    min_free_bytes: int = 200_000_000
    images: ImageRules = ImageRules()
    snapshots: SnapshotRules = SnapshotRules(depths=USUAL_DEPTHS)
    rot: RotRules = RotRules()
    # what is told
    format: Format = Format.TEXT
    output: Path | None = None
    fail_on: Threshold | None = None  # None: the command's own
    is_quiet: bool = False
    is_verbose: bool = False
    shows_progress: bool = True

    def __post_init__(self) -> None:
        """Raise SettingsError where no answer could ever come in time."""
        limits = self.limits
        timeouts_s = (
            limits.connect_timeout_s,
            limits.first_byte_timeout_s,
            limits.idle_timeout_s,
            limits.total_timeout_s,
        )
        if min(timeouts_s) < _LEAST_TIMEOUT_S:
            raise SettingsError("a time-out under 1 ms leaves no time for any answer")

    @property
    def timing(self) -> Timing:
        """Who is visited now."""
        max_age = None if self.max_age_s is None else timedelta(seconds=self.max_age_s)
        return Timing(only_due=self.due, max_age=max_age)

    @property
    def agent(self) -> str:
        """The product token by which a robots.txt names us."""
        product = _PRODUCT.search(self.user_agent or "")
        return product[1] if product else AGENT

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request."""
        contact = f"; +{self.contact}" if self.contact else ""
        return {
            "User-Agent": self.user_agent or f"Mozilla/5.0 (compatible; {AGENT}/{__version__}{contact})",
            "Accept": ACCEPT,
            "Accept-Language": self.accept_language,
            "Accept-Encoding": "gzip, br",
        }

    def pacing_of(self, host: HostKey) -> Pacing:
        """Give how politely `host` is asked."""
        names = partial(names_of_host, host)
        delay_s = first(self.hosts, names, lambda rule: rule.delay_s)
        at_once = first(self.hosts, names, lambda rule: rule.at_once)
        return Pacing(
            delay_s=self.pacing.delay_s if delay_s is None else delay_s,
            at_once=self.pacing.at_once if at_once is None else at_once,
        )

    def headers_of(self, url: str) -> tuple[tuple[str, str], ...]:
        """Give the headers that the host of `url` alone is sent; they are secrets."""
        return first(self.hosts, partial(names_of_url, url), lambda rule: rule.headers) or ()

    def accepted_of(self, url: str) -> frozenset[int]:
        """Give the statuses that are fine at the host of `url`, besides the usual ones."""
        return first(self.hosts, partial(names_of_url, url), lambda rule: rule.accept) or frozenset()

    def obeys_robots_of(self, url: str) -> bool:
        """Tell whether the robots.txt of the host of `url` is obeyed."""
        obeys = first(self.hosts, partial(names_of_url, url), lambda rule: rule.obeys_robots)
        return self.obeys_robots if obeys is None else obeys


# --- texts as values: each takes how a message names the setting, and the text; each raises SettingsError -----


def duration_s(option: str, text: str) -> float:
    """Read `250ms`, `20s`, `5m`, `12h` or `7d`; a bare number is seconds. Raises SettingsError."""
    quantity = _QUANTITY.fullmatch(text)
    if quantity is None or (quantity[2] or "s") not in _SECONDS:
        raise SettingsError(f"{option}: {text!r} is not a duration, such as 250ms, 20s or 7d")
    seconds = float(quantity[1]) * _SECONDS[quantity[2] or "s"]
    if seconds > _MOST_SECONDS:
        raise SettingsError(f"{option}: {text!r} is longer than a hundred years")
    return seconds


def size_bytes(option: str, text: str) -> int:
    """Read `10MB`, `500KiB` or a bare number of bytes. Raises SettingsError."""
    quantity = _QUANTITY.fullmatch(text)
    if quantity is None or quantity[2] not in _BYTES:
        raise SettingsError(f"{option}: {text!r} is not a size, such as 10MB or 500KiB")
    size = float(quantity[1]) * _BYTES[quantity[2]]
    if not 1 <= size <= _MOST_BYTES:
        raise SettingsError(f"{option}: {text!r} is not between 1 byte and 1 TB")
    return int(size)


def network(text: str, option: str = "--allow-net") -> Network:
    """Read a network, such as `127.0.0.0/8` or `::1`. Raises SettingsError."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(f"{option}: {text!r} is not a network, such as 127.0.0.0/8 ({error})") from error


def detour(text: str, option: str = "--connect-to") -> Detour:
    """Read curl's `HOST:PORT:TOHOST:TOPORT`, each part perhaps empty, IPv6 in brackets. Raises SettingsError."""
    from archiver.fetch.address import Detour  # noqa: PLC0415 (with it come HTTP and TLS: a listing needs neither)

    parts = re.fullmatch(r"(\[[^]]*\]|[^:]*):(\d*):(\[[^]]*\]|[^:]*):(\d*)", text)
    if parts is None:
        raise SettingsError(f"{option}: {text!r} is not HOST:PORT:TOHOST:TOPORT")
    host, port, to_host, to_port = parts.groups()
    if any(int(number) > _MOST_PORT for number in (port, to_port) if number):
        raise SettingsError(f"{option}: {text!r} names a port over {_MOST_PORT}")
    if not text.isascii():
        raise SettingsError(f"{option}: {text!r} names a host that is not in ASCII: use its xn-- form")
    return Detour(
        host=host.strip("[]").lower(),
        port=int(port) if port else None,
        to_host=to_host.strip("[]"),
        to_port=int(to_port) if to_port else None,
    )


def header_value(option: str, text: str) -> str:
    """Let `text` stand in a request header. Raises SettingsError where it would make another one of it."""
    if not _may_stand_in_a_header(text):
        raise SettingsError(f"{option}: {text!r} has characters that no header may carry")
    return text


def secret_header(option: str, name: str, value: object) -> tuple[str, str]:
    """Let a header be sent to one host; a message never shows its value. Raises SettingsError."""
    if not _HEADER_NAME.fullmatch(name):
        raise SettingsError(f"{option}: {name!r} is not a header's name")
    if name.lower() in _OUR_HEADERS:
        raise SettingsError(f"{option}: {name} is for archiver itself to say")
    if not isinstance(value, str) or not _may_stand_in_a_header(value):
        raise SettingsError(f"{option}: the value of {name} is no text that a header may carry")
    return name, value


def path(option: str, text: str, folder: str) -> Path:
    """Read a path, seen from `folder`. Raises SettingsError where it names nothing."""
    if not text.strip():
        raise SettingsError(f"{option}: no name is given")
    return Path(folder, text)


def existing_file(option: str, path: Path) -> Path:
    """Let `path` be read. Raises SettingsError."""
    if not path.is_file():
        raise SettingsError(f"{option}: there is no file {path}")
    return path


def number(option: str, text: str, least: int = 0) -> int:
    """Read a whole number from `least` on. Raises SettingsError."""
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text) or int(text) < least:
        raise SettingsError(f"{option}: {text!r} is not a whole number from {least} on")
    return int(text)


def flag(option: str, text: str) -> bool:
    """Read `true` or `false`, or what else stands for them. Raises SettingsError."""
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise SettingsError(f"{option}: {text!r} is not true or false")
    return word in _TRUE


def moment(option: str, text: str) -> datetime:
    """Read a day, or a day and a time, in UTC where no zone is named. Raises SettingsError."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise SettingsError(f"{option}: {text!r} is not a date, such as 2026-01-31") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def pattern(option: str, text: str) -> re.Pattern[str]:
    """Read a regular expression. Raises SettingsError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python may one day read otherwise
            return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise SettingsError(f"{option}: {text!r} is not a regular expression ({error})") from error


def address(option: str, text: str) -> str:
    """Read a web address, as the target it is. Raises SettingsError."""
    try:
        return normalise(text)
    except BadAddressError as error:
        shown = mask_user_info(text)
        raise SettingsError(f"{option}: {shown!r} is not a web address, such as https://example.org/") from error


def host_match(option: str, text: object) -> str:
    """Read which hosts a row is for, as host keys are written: `example.com`, `*.example.com`. Raises SettingsError."""
    if not isinstance(text, str) or not text.strip() or set(text) & set("/?#@\\"):
        shown = mask_user_info(str(text))
        raise SettingsError(f"{option}: {shown!r} is not a host, such as example.com or *.example.com")
    scheme = "https" if text.endswith(":443") else "http"  # a port that is the scheme's own is no part of the key
    try:
        return normalise(f"{scheme}://{text.strip()}/").split("/")[2].removesuffix(".")
    except BadAddressError as error:
        raise SettingsError(f"{option}: {text!r} is not a host, such as example.com or *.example.com") from error


def _may_stand_in_a_header(text: str) -> bool:
    return text.isprintable() and text.isascii()
