"""Every setting, one row each: its key in a file follows, its option, its environment variable and its help."""

from __future__ import annotations

from enum import Enum, StrEnum

import msgspec

from archiver.model import Depth, Role, ThumbnailFormat
from archiver.verdict.threshold import Threshold

PREFIX = "ARCHIVER_"
"""What the environment variables that are settings begin with."""


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSONL = "jsonl"


class RobotsRule(StrEnum):
    """What a robots.txt is to us."""

    OBEY = "obey"
    IGNORE = "ignore"


class When(StrEnum):
    """When a page is stored again."""

    CHANGED = "changed"
    ALWAYS = "always"


class Kind(Enum):
    """What a setting's text is read as; the value stands for it in the help, and tells kinds apart."""

    ADDRESS = "URL"
    CHOICE = "WORD"
    DETOUR = "HOST:PORT:TOHOST:TOPORT"
    DURATION = "DURATION"
    FLAG = "FLAG"
    HEADER = "TEXT"
    NETWORK = "CIDR"
    NUMBER = "N"
    PATH = "PATH"
    PATTERN = "REGEX"
    PRESENT_FILE = "FILE"
    SIZE = "SIZE"


class Section(StrEnum):
    """Where a setting stands in the help."""

    OUTPUT = "Output"
    RECORDS = "Records and links"
    DUE = "What is visited now"
    VISITS = "How sites are asked"
    LIMITS = "Limits of an answer"
    NETWORK = "Network"
    SNAPSHOTS = "What is kept of pages (run)"
    IMAGES = "Images (run, refresh)"
    ARCHIVE = "Archive"
    ROT = "When a link is dead"


class Setting(msgspec.Struct, frozen=True):
    """One thing that a run may be told: a row of the table below."""

    key: str  # `host_delay`, or `rot.strikes` in a table of its own
    kind: Kind
    section: Section
    help: str
    default: str | tuple[str, ...] | None = None  # as a user would write it; flags are `true` or `false`
    choices: tuple[str, ...] = ()
    least: int = 0  # of a number
    repeatable: bool = False
    short: str | None = None  # the option's one letter
    shown: str | None = None  # for the value in the help, where the kind does not say it
    in_file: bool = True
    in_command: bool = True

    @property
    def option(self) -> str:
        """The option, as in `--host-delay`; of a flag that is usually on, the one that takes it back."""
        return self.opposite_of if self.default == "true" else self.plain_option

    @property
    def opposite(self) -> str:
        """Of a flag: the option that says the contrary."""
        return self.plain_option if self.default == "true" else self.opposite_of

    @property
    def plain_option(self) -> str:
        """The option that says yes, or takes the value."""
        return "--" + self.key.replace("_", "-")

    @property
    def opposite_of(self) -> str:
        """The option that says no."""
        return "--no-" + self.key.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable, as in `ARCHIVER_HOST_DELAY`."""
        return PREFIX + self.key.replace(".", "_").upper()

    @property
    def metavar(self) -> str:
        """What stands for the value in the help."""
        return f"<{'|'.join(self.choices)}>" if self.choices else self.shown or self.kind.value

    @property
    def default_texts(self) -> tuple[str, ...]:
        """The default, as the texts somebody would have written."""
        if self.default is None:
            return ()
        return (self.default,) if isinstance(self.default, str) else self.default


def _words(words: type[StrEnum]) -> tuple[str, ...]:
    return tuple(word.value for word in words)


SETTINGS = (
    Setting(
        "config",
        Kind.PRESENT_FILE,
        Section.ARCHIVE,
        "Read settings there, not from archiver.toml or pyproject.toml.",
        in_file=False,
    ),
    Setting("archive", Kind.PATH, Section.ARCHIVE, "Where results are kept.", default="archive", shown="DIR"),
    Setting("wait", Kind.FLAG, Section.ARCHIVE, "Wait where the archive is in use.", default="false"),
    Setting("min_free", Kind.SIZE, Section.ARCHIVE, "Stop before less than this is free on the disk.", default="200MB"),
    Setting(
        "format",
        Kind.CHOICE,
        Section.OUTPUT,
        "How results are written.",
        default=Format.TEXT.value,
        choices=_words(Format),
    ),
    Setting("output", Kind.PATH, Section.OUTPUT, "Write results there, not to standard output.", shown="FILE"),
    Setting(
        "fail_on",
        Kind.CHOICE,
        Section.OUTPUT,
        "From where on the exit code is 1 (check: strong, run: never).",
        choices=_words(Threshold),
    ),
    Setting("quiet", Kind.FLAG, Section.OUTPUT, "No progress, no notes.", default="false", short="-q"),
    Setting("verbose", Kind.FLAG, Section.OUTPUT, "List what is well, too.", default="false", short="-v"),
    Setting("progress", Kind.FLAG, Section.OUTPUT, "No progress.", default="true"),
    Setting("unpublished", Kind.FLAG, Section.RECORDS, "Read records with `published: false` too.", default="false"),
    Setting("record_cache", Kind.FLAG, Section.RECORDS, "Parse all records anew.", default="true"),
    Setting("base_url", Kind.ADDRESS, Section.RECORDS, "Relative addresses in bodies are links too, seen from there."),
    Setting(
        "include", Kind.PATTERN, Section.RECORDS, "Only links whose address has a match; repeatable.", repeatable=True
    ),
    Setting(
        "exclude", Kind.PATTERN, Section.RECORDS, "No links whose address has a match; repeatable.", repeatable=True
    ),
    Setting(
        "role",
        Kind.CHOICE,
        Section.RECORDS,
        "Only links of this role; repeatable.",
        choices=_words(Role),
        repeatable=True,
    ),
    Setting("due", Kind.FLAG, Section.DUE, "Only links whose state makes a visit due.", default="false"),
    Setting("max_age", Kind.DURATION, Section.DUE, "Repeat the last verdict of links checked since."),
    Setting(
        "concurrency",
        Kind.NUMBER,
        Section.VISITS,
        "Requests under way at once, over all hosts.",
        default="128",
        least=1,
    ),
    Setting("per_host", Kind.NUMBER, Section.VISITS, "Requests under way at once at one host.", default="2", least=1),
    Setting(
        "host_delay", Kind.DURATION, Section.VISITS, "Between the starts of two requests to one host.", default="500ms"
    ),
    Setting(
        "workers",
        Kind.NUMBER,
        Section.VISITS,
        "Processes that ask; by default as many as there are cores, once there are links enough.",
        least=1,
    ),
    Setting("retries", Kind.NUMBER, Section.VISITS, "How often passing trouble is tried again.", default="2"),
    Setting(
        "robots",
        Kind.CHOICE,
        Section.VISITS,
        "Whether a robots.txt that names us is obeyed.",
        default=RobotsRule.OBEY.value,
        choices=_words(RobotsRule),
    ),
    Setting("user_agent", Kind.HEADER, Section.VISITS, "Replaces the User-Agent header."),
    Setting("contact", Kind.HEADER, Section.VISITS, "Goes into the User-Agent: who asks.", shown="URL"),
    Setting(
        "accept_language",
        Kind.HEADER,
        Section.VISITS,
        "The languages that pages are asked for in.",
        default="en-GB,en;q=0.9",
    ),
    Setting("connect_timeout", Kind.DURATION, Section.LIMITS, "For name, connection and TLS together.", default="5s"),
    Setting("timeout", Kind.DURATION, Section.LIMITS, "To an answer's first byte.", default="20s"),
    Setting("idle_timeout", Kind.DURATION, Section.LIMITS, "Between two arrivals of a body.", default="10s"),
    Setting("total_timeout", Kind.DURATION, Section.LIMITS, "For one answer in all.", default="120s"),
    Setting("max_page_bytes", Kind.SIZE, Section.LIMITS, "Read no more of a page.", default="10MB"),
    Setting("max_image_bytes", Kind.SIZE, Section.LIMITS, "Read no more of an image.", default="25MB"),
    Setting("ca_file", Kind.PRESENT_FILE, Section.NETWORK, "Trust these authorities (PEM) too."),
    Setting("connect_to", Kind.DETOUR, Section.NETWORK, "Connect elsewhere, as curl's; repeatable.", repeatable=True),
    Setting(
        "allow_net",
        Kind.NETWORK,
        Section.NETWORK,
        "Fetch from this network although it is not global; repeatable.",
        repeatable=True,
    ),
    Setting(
        "control",
        Kind.ADDRESS,
        Section.NETWORK,
        "Asked when nobody answers: is it us? Repeatable.",
        default=("https://www.wikipedia.org/", "https://www.google.com/generate_204", "https://www.cloudflare.com/"),
        repeatable=True,
    ),
    Setting(
        "outage_wait", Kind.DURATION, Section.NETWORK, "How long to wait for a network that is away.", default="60s"
    ),
    Setting(
        "snapshot",
        Kind.CHOICE,
        Section.SNAPSHOTS,
        "Keep so much of every link's page: `full` is the page and what it needs to be shown. Else as [snapshot] says.",
        choices=_words(Depth),
    ),
    Setting(
        "snapshot_when",
        Kind.CHOICE,
        Section.SNAPSHOTS,
        "Store a page again only where its main text has changed, or whenever its bytes have.",
        default=When.CHANGED.value,
        choices=_words(When),
    ),
    Setting(
        "requisite_age",
        Kind.DURATION,
        Section.SNAPSHOTS,
        "What pages need to be shown is not asked for again so soon.",
        default="7d",
    ),
    Setting("scripts", Kind.FLAG, Section.SNAPSHOTS, "Keep the scripts that full pages load, too.", default="false"),
    *(
        Setting(
            f"snapshot.{part}",
            Kind.CHOICE,
            Section.SNAPSHOTS,
            f"Keep so much of {words}.",
            default=depth.value,
            choices=_words(Depth),
            in_command=False,
        )
        for part, words, depth in (
            ("article", "an article's own page", Depth.FULL),
            ("related", "a related item's page", Depth.PAGE),
            ("amp", "an AMP copy", Depth.PAGE),
            ("image", "an image", Depth.PAGE),
            ("embed", "what is embedded", Depth.PAGE),
            ("body", "what a text links to", Depth.PAGE),
            ("other", "any other link", Depth.PAGE),
        )
    ),
    Setting(
        "images.widths",
        Kind.NUMBER,
        Section.IMAGES,
        "Thumbnails of these widths, in pixels; none is wider than its image.",
        default=("320", "640", "1280"),
        least=1,
        repeatable=True,
        in_command=False,
    ),
    Setting(
        "images.formats",
        Kind.CHOICE,
        Section.IMAGES,
        "Thumbnails in these formats.",
        default=(ThumbnailFormat.WEBP.value,),
        choices=_words(ThumbnailFormat),
        repeatable=True,
        in_command=False,
    ),
    Setting(
        "images.referer",
        Kind.ADDRESS,
        Section.IMAGES,
        "Ask for images as readers of this page would: it shows what hosts send to other people's sites.",
        in_command=False,
    ),
    Setting(
        "rot.strikes",
        Kind.NUMBER,
        Section.ROT,
        "Checks with strong evidence that make a link dead; one fewer where all are 410 or an unknown name.",
        default="3",
        least=1,
        in_command=False,
    ),
    Setting(
        "rot.spacing",
        Kind.DURATION,
        Section.ROT,
        "From one of them to the next, at the least.",
        default="3d",
        in_command=False,
    ),
    Setting(
        "rot.slow_days",
        Kind.NUMBER,
        Section.ROT,
        "Days (UTC) with failing checks of any kind that make a link dead.",
        default="5",
        least=1,
        in_command=False,
    ),
    Setting(
        "rot.slow_span",
        Kind.DURATION,
        Section.ROT,
        "From the first to the last of them, at the least; whole days.",
        default="14d",
        in_command=False,
    ),
)

BY_KEY = {setting.key: setting for setting in SETTINGS}

OF_CHECK = tuple(setting.key for setting in SETTINGS if setting.in_command)
OF_LINKS = ("config", "format", "output", "unpublished", "record_cache", "base_url", "include", "exclude", "role")
OF_HISTORY = ("config", "archive", "format", "output")
OF_VERIFY = ("config", "archive", "quiet")
OF_EXPORT_IMAGES = ("config", "archive", "output")
OF_EXPORT = ("config", "archive", "output", "unpublished", "base_url", "quiet")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What was written for a setting."""

    texts: tuple[str, ...]
    source: str  # `option`, `ARCHIVER_TIMEOUT`, `archiver.toml` or `default`
    place: str  # how a message names it: `--timeout`, `archiver.toml:3: timeout`
    folder: str = ""  # where relative paths start


class GivenTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a settings file that has no fixed keys, or that may come twice."""

    values: dict[str, object]
    source: str
    places: dict[str, str]  # by key: how a message names it


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that was told, of whatever source: what holds for each setting, and the tables."""

    settings: dict[str, Given]  # by key, all of them
    fields: GivenTable
    hosts: tuple[GivenTable, ...]

    def was_asked_for(self, *keys: str) -> bool:
        """Tell whether somebody wants one of `keys` of this run: by an option or the environment."""
        return any(self.settings[key].source in ("option", BY_KEY[key].variable) for key in keys)
