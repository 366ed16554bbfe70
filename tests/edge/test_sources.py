"""Where settings come from: files, the environment, options; and what stands where, as values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from archiver.config import config_text, settings_of
from archiver.hosts import SHIPPED_RULES, HostRule
from archiver.model import Role, RotRules, SettingsError
from archiver.options import SETTINGS, Kind
from archiver.settings import Settings
from archiver.sources import gather

if TYPE_CHECKING:
    from pathlib import Path


def hold(folder: Path, text: str = "", **environment: str) -> Settings:
    """The settings that hold where `archiver.toml` says `text`."""
    (folder / "archiver.toml").write_text(text, encoding="utf-8")
    return settings_of(gather({}, environment, folder))


def complaint(folder: Path, text: str = "", **environment: str) -> str:
    """What is complained of, with the file's name for its path."""
    with pytest.raises(SettingsError) as caught:
        hold(folder, text, **environment)
    return str(caught.value).replace(f"{folder}/", "")


def rules(**told: Any) -> tuple[HostRule, ...]:
    return (HostRule(match="a.example", **told), *SHIPPED_RULES)


# --- values ---------------------------------------------------------------------------------------------------


def test_without_anything_told_the_defaults_hold(tmp_path: Path) -> None:
    """The table's defaults and those of `Settings` are the same."""
    assert settings_of(gather({}, {}, tmp_path)) == Settings()


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("retries = 5", "retries", 5),
        ('retries = "5"', "retries", 5),
        ("outage-wait = 90", "outage_wait_s", 90.0),
        ('outage_wait = "2m"', "outage_wait_s", 120.0),
        ("outage_wait = 0.5", "outage_wait_s", 0.5),
        ('max_age = "7d"', "max_age_s", 604_800.0),
        ('min-free = "1GB"', "min_free_bytes", 1_000_000_000),
        ("due = true", "due", True),
        ("progress = false", "shows_progress", False),
        ("unpublished = true", "reads_unpublished", True),
        ('robots = "ignore"', "obeys_robots", False),
        ('role = "web"', "roles", (Role.WEB,)),
        ('role = ["web", "image"]', "roles", (Role.WEB, Role.IMAGE)),
        ('base_url = "https://Example.org/blog/"', "base_url", "https://example.org/blog/"),
        ('control = ["http://a.example"]', "control", ("http://a.example/",)),
        ('accept_language = "de"', "accept_language", "de"),
        ('contact = ""', "contact", None),
        ('include = ["a,b", "c{2,3}"]', "include", (re.compile("a,b"), re.compile("c{2,3}"))),
        ('[fields]\ncover = "image"', "fields", {"cover": Role.IMAGE}),
        (
            '[fields]\nhero.image = "image"\n"gallery[].src" = "image"',
            "fields",
            {"hero.image": Role.IMAGE, "gallery[].src": Role.IMAGE},
        ),
        ("[rot]\nstrikes = 4", "rot", RotRules(strikes=4, definite_strikes=3)),
        ("[rot]\nstrikes = 1", "rot", RotRules(strikes=1, definite_strikes=1)),
        (
            '[rot]\nspacing = "12h"\nslow-days = 2\nslow_span = "7d"',
            "rot",
            RotRules(spacing_s=43_200.0, slow_days=2, slow_span_days=7),
        ),
        ('[[host]]\nmatch = "a.example"\ndelay = "2s"', "hosts", rules(delay_s=2.0)),
        ('[[host]]\nmatch = "a.example"\nper-host = 1', "hosts", rules(at_once=1)),
        ('[[host]]\nmatch = "a.example"\naccept = 403', "hosts", rules(accept=frozenset({403}))),
        ('host_delay = "2s"', "hosts", SHIPPED_RULES),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_file_says(tmp_path: Path, text: str, name: str, expected: Any) -> None:
    assert getattr(hold(tmp_path, text), name) == expected


@pytest.mark.parametrize(
    ("variable", "text", "name", "expected"),
    [
        ("ARCHIVER_RETRIES", "5", "retries", 5),
        ("ARCHIVER_DUE", "yes", "due", True),
        ("ARCHIVER_ROLE", "web, image,", "roles", (Role.WEB, Role.IMAGE)),
        ("ARCHIVER_ROT_STRIKES", "4", "rot", RotRules(strikes=4, definite_strikes=3)),
        ("ARCHIVER_RETRIES", "", "retries", 2),
        ("ARCHIVER_HOST_DELAY", "1s", "hosts", ()),
        ("ARCHIVER_PER_HOST", "1", "hosts", ()),
    ],
)
def test_what_the_environment_says(tmp_path: Path, variable: str, text: str, name: str, expected: Any) -> None:
    """Lists are split at commas; an empty variable says nothing."""
    assert getattr(settings_of(gather({}, {variable: text, "HOME": "/"}, tmp_path)), name) == expected


def test_an_option_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "archiver.toml").write_text("retries = 3\nper_host = 3\nconcurrency = 3\nrole = ['web']")
    environment = {"ARCHIVER_RETRIES": "4", "ARCHIVER_PER_HOST": "4", "ARCHIVER_ROLE": "image"}
    settings = settings_of(gather({"retries": ("5",)}, environment, tmp_path))
    assert (settings.retries, settings.pacing.at_once, settings.concurrency) == (5, 4, 3)
    assert settings.roles == (Role.IMAGE,)


# --- files ----------------------------------------------------------------------------------------------------


def test_the_own_file_goes_before_the_python_one(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.archiver]\nretries = 4\nhost_delay = '1s'\n")
    assert settings_of(gather({}, {}, tmp_path)).retries == 4
    assert hold(tmp_path, "retries = 5").retries == 5
    assert hold(tmp_path, "retries = 5").pacing.delay_s == 0.5


@pytest.mark.parametrize("text", ["", "[tool.other]\nretries = 4", "tool = 3"])
def test_a_python_file_that_says_nothing_is_fine(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    assert settings_of(gather({}, {}, tmp_path)) == Settings()


def test_a_named_file_is_read_instead_and_its_paths_start_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "archiver.toml").write_text("retries = 3")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "ca.pem").touch()
    (tmp_path / "conf" / "mine.toml").write_text('archive = "kept"\nca_file = "ca.pem"')
    settings = settings_of(gather({"config": (str(tmp_path / "conf" / "mine.toml"),)}, {}, tmp_path))
    assert settings.retries == 2
    assert (settings.archive, settings.ca_file) == (tmp_path / "conf" / "kept", tmp_path / "conf" / "ca.pem")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("none.toml", None, "--config: there is no file none.toml"),
        ("pyproject.toml", "[tool.other]", "--config: pyproject.toml has no table [tool.archiver]"),
        ("bad.toml", "a = \n", "bad.toml:1: Invalid value"),
        ("bad.toml", "\n\na = 1\na = 2\n", "bad.toml:4: Cannot overwrite a value"),
        ("pyproject.toml", "tool.archiver = 3", "pyproject.toml: tool.archiver is no table"),
        ("deep.toml", "a = " + "[" * 100_000, "deep.toml: "),
    ],
)
def test_a_named_file_that_cannot_be_read(tmp_path: Path, name: str, text: str | None, expected: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError) as caught:
        gather({"config": (str(tmp_path / name),)}, {}, tmp_path)
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(expected)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / "archiver.toml").write_bytes(b"contact = '\xff'")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        gather({}, {}, tmp_path)


# --- what cannot be known or read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("retrys = 5", "archiver.toml:1: retrys: there is no such setting; did you mean retries?"),
        ("\n# a\nhost-dealy = 5", "archiver.toml:3: host-dealy: there is no such setting; did you mean host_delay?"),
        ("zzz = 1", "archiver.toml:1: zzz: there is no such setting; `archiver config` lists all"),
        ("config = 'x'", "archiver.toml:1: config: there is no such setting; "),
        ("[rots]\nstrikes = 1", "archiver.toml:1: rots: there is no such setting; did you mean rot?"),
        ("[rot]\nstrike = 1", "archiver.toml:2: rot.strike: there is no such setting; did you mean strikes?"),
        ("strikes = 3\n[rot]\n", "archiver.toml:1: strikes: there is no such setting; "),
        ("rot = 3", "archiver.toml:1: rot is no table"),
        ("[host]\nmatch = 'a'", "archiver.toml:1: host is one table, but there may be several: write [[host]]"),
        (
            "retries = 1\n[[host]]\nmatch = 'a'\n[[host]]\nmach = 'b'",
            "archiver.toml:5: host.mach: there is no such setting; did you mean match?",
        ),
        ("[[host]]\ndelay = 1", "archiver.toml: a row of [[host]] says no `match`"),
        ("[[host]]\nmatch = 'a.example'\ndelay = 'soon'", "archiver.toml:3: host[0].delay: 'soon' is not a duration"),
        ("[[host]]\nmatch = 'a'\n[[host]]\nmatch = 'b/'", "archiver.toml:4: host[1].match: 'b/' is not a host"),
        (
            "[[host]]\nmatch = 'a'\nper_host = 0",
            "archiver.toml:3: host[0].per_host: '0' is not a whole number from 1 on",
        ),
        ("[[host]]\nmatch = 'a'\naccept = [403, 'x']", "archiver.toml:3: host[0].accept: 'x' is not a status"),
        ("[[host]]\nmatch = 'a'\naccept = [301]", "archiver.toml:3: host[0].accept: 301 is a redirect"),
        ("[[host]]\nmatch = 'a'\nrobots = false", "archiver.toml:3: host[0].robots: False is none of obey, ignore"),
        ("[[host]]\nmatch = 'a'\nheaders = 'x'", "archiver.toml:3: host[0].headers is no table"),
        (
            "[[host]]\nmatch = 'a'\nheaders = {a = 'x', A = 'y'}",
            "archiver.toml:3: host[0].headers: a header is named twice",
        ),
        ("[fields]\ncover = 'picture'", "archiver.toml:2: fields.cover: 'picture' is none of original, web, "),
        ("[fields]\ncover = 'imag'", "archiver.toml:2: fields.cover: 'imag' is none of "),
        ("timeout = 'soon'", "archiver.toml:1: timeout: 'soon' is not a duration"),
        ("timeout = true", "archiver.toml:1: timeout: True is not a text or a number"),
        ("timeout = [1, 2]", "archiver.toml:1: timeout: a list is too much: one value is wanted"),
        ("timeout = 2020-01-01", "archiver.toml:1: timeout: datetime.date(2020, 1, 1) is not a text or a number"),
        ("due = 'perhaps'", "archiver.toml:1: due: 'perhaps' is not true or false"),
        ("due = {a = 1}", "archiver.toml:1: due: {'a': 1} is not true or false"),
        ("include = ['(']", "archiver.toml:1: include: '(' is not a regular expression"),
        ("role = ['imag']", "archiver.toml:1: role: 'imag' is none of original, web, "),
        ("format = 'json'", "archiver.toml:1: format: 'json' is none of text, jsonl; did you mean jsonl?"),
        ("[rot]\nslow_span = '36h'", "archiver.toml:2: rot.slow_span: whole days are wanted"),
        ("[rot]\nstrikes = 0", "archiver.toml:2: rot.strikes: '0' is not a whole number from 1 on"),
        ("host_delay = 1\nhost-delay = 2", "archiver.toml:2: host-delay is given twice"),
        ("ca_file = 'none.pem'", "archiver.toml:1: ca_file: there is no file none.pem"),
    ],
    ids=lambda value: value[:40],
)
def test_what_a_file_may_not_say(tmp_path: Path, text: str, expected: str) -> None:
    """Errors name the file, the line, the key and the nearest that is known."""
    assert complaint(tmp_path, text).startswith(expected)


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("ARCHIVER_RETRYS", "1", "ARCHIVER_RETRYS: there is no such setting; did you mean ARCHIVER_RETRIES?"),
        ("ARCHIVER_RETRIES", "x", "ARCHIVER_RETRIES: 'x' is not a whole number from 0 on"),
        ("ARCHIVER_INCLUDE", "a,(", "ARCHIVER_INCLUDE: '(' is not a regular expression"),
        ("ARCHIVER_CONFIG", "none.toml", "ARCHIVER_CONFIG: there is no file none.toml"),
        ("ARCHIVER_", "x", "ARCHIVER_: there is no such setting"),
    ],
)
def test_what_the_environment_may_not_say(tmp_path: Path, variable: str, text: str, expected: str) -> None:
    assert complaint(tmp_path, "", **{variable: text}).startswith(expected)


def test_no_secret_is_shown(tmp_path: Path) -> None:
    (tmp_path / "archiver.toml").write_text(
        'base_url = "https://me:hunter2@a.example/"\n'
        '[[host]]\nmatch = "a.example"\nheaders = { Authorization = "Bearer hunter2" }\n'
    )
    told = gather({}, {}, tmp_path)
    shown = "\n".join(config_text(told, settings_of(told)))
    assert "hunter2" not in shown
    assert "host[0].headers.Authorization" in shown


# --- the table ------------------------------------------------------------------------------------------------


def test_every_setting_has_names_of_its_own() -> None:
    for names in zip(*((row.key, row.variable, row.option) for row in SETTINGS), strict=True):
        assert len(set(names)) == len(SETTINGS)


def test_flags_have_a_default_and_words_have_choices() -> None:
    for row in SETTINGS:
        assert (row.kind is Kind.FLAG) == (row.default in ("true", "false"))
        assert (row.kind is Kind.CHOICE) == bool(row.choices)


def test_of_words_too_the_nearest_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path, "role = ['imag']").endswith("body, other; did you mean image?")
