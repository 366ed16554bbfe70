"""From what was told to what holds: settings as values, and as `archiver config` shows them."""

from __future__ import annotations

import difflib
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from archiver import settings as reading
from archiver.hosts import SHIPPED_RULES, HostRule
from archiver.model import (
    REDIRECTS,
    Depth,
    ImageLimits,
    ImageRules,
    Limits,
    LookRules,
    Pacing,
    Role,
    RotRules,
    SettingsError,
    ThumbnailFormat,
    ThumbnailRules,
)
from archiver.options import BY_KEY, SETTINGS, Format, Given, GivenTable, Kind, RobotsRule, Setting, Told, When
from archiver.plan.snapshots import Part, SnapshotRules
from archiver.settings import Settings
from archiver.urls import mask_user_info
from archiver.verdict.threshold import Threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_DAY_S = 86_400.0
_STATUSES = range(200, 1000)
_MASK = "***"


def settings_of(told: Told) -> Settings:
    """Give what was told as values. Raises SettingsError for the first that cannot be read."""
    value = {key: _value(BY_KEY[key], given) for key, given in told.settings.items()}
    shipped = () if told.was_asked_for("host_delay", "per_host") else SHIPPED_RULES
    return Settings(
        reads_unpublished=value["unpublished"],
        caches_records=value["record_cache"],
        fields=_fields(told.fields),
        base_url=value["base_url"],
        include=value["include"],
        exclude=value["exclude"],
        roles=tuple(map(Role, value["role"])),
        due=value["due"],
        max_age_s=value["max_age"],
        limits=_limits(value),
        pacing=Pacing(delay_s=value["host_delay"], at_once=value["per_host"]),
        hosts=(*map(_host_rule, told.hosts), *shipped),
        concurrency=value["concurrency"],
        workers=value["workers"],
        retries=value["retries"],
        obeys_robots=value["robots"] == RobotsRule.OBEY,
        user_agent=value["user_agent"] or None,
        contact=value["contact"] or None,
        accept_language=value["accept_language"],
        ca_file=value["ca_file"],
        detours=value["connect_to"],
        allowed=value["allow_net"],
        control=value["control"],
        outage_wait_s=value["outage_wait"],
        archive=value["archive"],
        waits=value["wait"],
        min_free_bytes=value["min_free"],
        images=_images(value),
        snapshots=_snapshots(value),
        rot=_rot(value, told.settings["rot.slow_span"].place),
        format=Format(value["format"]),
        output=value["output"],
        fail_on=Threshold(value["fail_on"]) if value["fail_on"] else None,
        is_quiet=value["quiet"],
        is_verbose=value["verbose"],
        shows_progress=value["progress"],
    )


def _limits(value: Mapping[str, Any]) -> Limits:
    return Limits(
        connect_timeout_s=value["connect_timeout"],
        first_byte_timeout_s=value["timeout"],
        idle_timeout_s=value["idle_timeout"],
        total_timeout_s=value["total_timeout"],
        max_page_bytes=value["max_page_bytes"],
        max_image_bytes=value["max_image_bytes"],
    )


def _snapshots(value: Mapping[str, Any]) -> SnapshotRules:
    return SnapshotRules(
        depths={part: Depth(value["snapshot"] or value[f"snapshot.{part}"]) for part in Part},
        only_changed=value["snapshot_when"] == When.CHANGED,
        requisite_age=timedelta(seconds=value["requisite_age"]),
        takes_scripts=value["scripts"],
    )


def _images(value: Mapping[str, Any]) -> ImageRules:
    return ImageRules(
        look=LookRules(
            limits=ImageLimits(size_bytes=value["max_image_bytes"]),
            thumbnails=ThumbnailRules(
                widths=tuple(sorted(set(value["images.widths"]))),
                formats=tuple(dict.fromkeys(map(ThumbnailFormat, value["images.formats"]))),
            ),
        ),
        referer=value["images.referer"],
    )


def _rot(value: Mapping[str, Any], place: str) -> RotRules:
    span_days = value["rot.slow_span"] / _DAY_S
    if not span_days.is_integer():
        raise SettingsError(f"{place}: whole days are wanted, such as 14d")
    return RotRules(
        strikes=value["rot.strikes"],
        definite_strikes=max(1, value["rot.strikes"] - 1),
        spacing_s=value["rot.spacing"],
        slow_days=value["rot.slow_days"],
        slow_span_days=int(span_days),
    )


def _value(setting: Setting, given: Given) -> Any:
    """Read what was given; None, or an empty tuple, where nothing was."""
    values = tuple(_read(setting, text, given) for text in given.texts)
    return values if setting.repeatable else values[-1] if values else None


def _read(setting: Setting, text: str, given: Given) -> Any:
    match setting.kind:
        case Kind.CHOICE:
            return _choice(given.place, text, setting.choices)
        case Kind.NUMBER:
            return reading.number(given.place, text, setting.least)
        case Kind.PATH:
            return reading.path(given.place, text, given.folder)
        case Kind.PRESENT_FILE:
            return reading.existing_file(given.place, Path(given.folder, text))
        case plain:
            return _READERS[plain](given.place, text)


_READERS: dict[Kind, Callable[[str, str], Any]] = {
    Kind.ADDRESS: reading.address,
    Kind.DETOUR: lambda place, text: reading.detour(text, place),
    Kind.DURATION: reading.duration_s,
    Kind.FLAG: reading.flag,
    Kind.HEADER: reading.header_value,
    Kind.NETWORK: lambda place, text: reading.network(text, place),
    Kind.PATTERN: reading.pattern,
    Kind.SIZE: reading.size_bytes,
}


def _choice(place: str, text: object, choices: tuple[str, ...]) -> str:
    if isinstance(text, str) and text in choices:
        return text
    near = difflib.get_close_matches(str(text), choices, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    raise SettingsError(f"{place}: {text!r} is none of {', '.join(choices)}{meant}")


# --- tables ---------------------------------------------------------------------------------------------------


def _fields(given: GivenTable) -> dict[str, Role]:
    roles = BY_KEY["role"].choices
    return {key: Role(_choice(given.places[key], value, roles)) for key, value in given.values.items()}


def _host_rule(given: GivenTable) -> HostRule:
    if "match" not in given.values:
        raise SettingsError(f"{given.source}: a row of [[host]] says no `match`: which hosts is it for?")
    row, place = given.values, given.places
    return HostRule(
        match=reading.host_match(place["match"], row["match"]),
        delay_s=reading.duration_s(place["delay"], _text(place["delay"], row["delay"])) if "delay" in row else None,
        at_once=reading.number(place["per_host"], str(row["per_host"]), 1) if "per_host" in row else None,
        headers=_headers(place["headers"], row["headers"]) if "headers" in row else None,
        accept=_statuses(place["accept"], row["accept"]) if "accept" in row else None,
        obeys_robots=_obeys(place["robots"], row["robots"]) if "robots" in row else None,
    )


def _text(place: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SettingsError(f"{place}: {value!r} is not a duration, such as 250ms, 20s or 7d")
    return str(value)


def _headers(place: str, table: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, dict):
        raise SettingsError(f'{place} is no table, such as {{ Authorization = "…" }}')
    headers = tuple(reading.secret_header(place, name, value) for name, value in table.items())
    if len({name.lower() for name, _ in headers}) < len(headers):
        raise SettingsError(f"{place}: a header is named twice")
    return headers


def _statuses(place: str, statuses: object) -> frozenset[int]:
    wanted = statuses if isinstance(statuses, list) else [statuses]
    for status in wanted:
        if isinstance(status, bool) or not isinstance(status, int) or status not in _STATUSES:
            raise SettingsError(f"{place}: {status!r} is not a status, such as 403")
        if status in REDIRECTS:
            raise SettingsError(f"{place}: {status} is a redirect: where it leads is judged")
    return frozenset(wanted)


def _obeys(place: str, word: object) -> bool:
    return _choice(place, word, BY_KEY["robots"].choices) == RobotsRule.OBEY


# --- showing --------------------------------------------------------------------------------------------------


def config_lines(told: Told, settings: Settings) -> Iterator[bytes]:
    """Give every setting as a JSON line: `key`, `value` (texts, a list of them, or null) and `source`."""
    for key, value, source in _rows(told, settings):
        yield msgspec.json.encode({"type": "setting", "key": key, "value": value, "source": source}) + b"\n"


def config_text(told: Told, settings: Settings) -> Iterator[str]:
    """Give every setting as a line: key, value and source, aligned as far as they are short."""
    rows = [(key, _shown(value), source) for key, value, source in _rows(told, settings)]
    width, source_width = max(len(key) for key, _, _ in rows), max(len(source) for _, _, source in rows)
    for key, value, source in rows:
        yield f"{key:{width}}  {source:{source_width}}  {value}".rstrip()


def _rows(told: Told, settings: Settings) -> Iterator[tuple[str, str | tuple[str, ...] | None, str]]:
    for setting in SETTINGS:
        given = told.settings[setting.key]
        texts = tuple(_plain(setting, given, text) for text in given.texts)
        yield setting.key, texts if setting.repeatable else next(iter(texts[-1:]), None), given.source
    for key, role in settings.fields.items():
        yield f"fields.{key}", role.value, told.fields.source
    sources = [*(given.source for given in told.hosts), *["default"] * len(settings.hosts)]
    for number, (rule, source) in enumerate(zip(settings.hosts, sources, strict=False)):
        yield from ((f"host[{number}].{key}", value, source) for key, value in _told_of(rule))


def _plain(setting: Setting, given: Given, text: str) -> str:
    """Show a text without secrets, and a flag in one way."""
    match setting.kind:
        case Kind.FLAG:
            return str(reading.flag(given.place, text)).lower()
        case Kind.ADDRESS | Kind.HEADER:
            return mask_user_info(text)
        case _:
            return text


def _told_of(rule: HostRule) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    yield "match", rule.match
    if rule.delay_s is not None:
        yield "delay", f"{rule.delay_s * 1000:g}ms"
    if rule.at_once is not None:
        yield "per_host", str(rule.at_once)
    yield from ((f"headers.{name}", _MASK) for name, _ in rule.headers or ())
    if rule.accept is not None:
        yield "accept", tuple(map(str, sorted(rule.accept)))
    if rule.obeys_robots is not None:
        yield "robots", RobotsRule.OBEY if rule.obeys_robots else RobotsRule.IGNORE


def _shown(value: str | tuple[str, ...] | None) -> str:
    text = value if isinstance(value, str) else " ".join(value or ()) or "-"
    return text if text.isprintable() else text.encode("unicode_escape").decode()
