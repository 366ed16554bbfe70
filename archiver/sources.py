"""Where settings come from: an option, else the environment, else a file, else the default."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from archiver.model import SettingsError
from archiver.options import BY_KEY, PREFIX, SETTINGS, Given, GivenTable, Kind, Setting, Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OWN_FILE, PYTHON_FILE = "archiver.toml", "pyproject.toml"
HOST_KEYS = ("match", "delay", "per_host", "headers", "accept", "robots")

_TABLES = ("rot", "snapshot", "images", "fields", "host")
_FILE_KEYS = tuple(setting.key for setting in SETTINGS if setting.in_file)
_TOP_KEYS = (*(key for key in _FILE_KEYS if "." not in key), *_TABLES)
_KEYS_OF_TABLE = {
    table: tuple(key.partition(".")[2] for key in _FILE_KEYS if key.startswith(f"{table}.")) for table in _TABLES
}
_VARIABLES = {setting.variable: setting for setting in SETTINGS}
_HEADER = re.compile(r"\s*\[(?P<many>\[?)\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(?:#.*)?")
_TOML_LINE = re.compile(r"(?P<message>.*) \(at line (?P<line>\d+), column \d+\)")


def gather(options: Mapping[str, tuple[str, ...]], environment: Mapping[str, str], folder: Path = Path()) -> Told:
    """Give what holds: of `options` (texts by key), the environment, and the settings file.

    The file is the one that `config` names, else `archiver.toml` in `folder`, else `[tool.archiver]` in its
    `pyproject.toml`. Raises SettingsError for what cannot be known or read.
    """
    found = {key: _given_as_option(BY_KEY[key], texts) for key, texts in options.items()}
    found = dict(_from_environment(environment)) | found
    file = _file_named(found["config"]) if "config" in found else _file_in(folder)
    from_file = dict(file.settings()) if file else {}
    default = {setting.key: _default(setting) for setting in SETTINGS}
    if file and "config" not in found:
        default["config"] = Given(texts=(file.name,), source="default", place=file.name)
    return Told(
        settings=default | from_file | found,
        fields=file.fields() if file else GivenTable(values={}, source="default", places={}),
        hosts=tuple(file.hosts()) if file else (),
    )


def _given_as_option(setting: Setting, texts: tuple[str, ...]) -> Given:
    return Given(texts=texts, source="option", place=setting.plain_option)


def _default(setting: Setting) -> Given:
    return Given(texts=setting.default_texts, source="default", place=setting.key)


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    """Give what is set; an empty variable is none."""
    for variable, text in environment.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in _VARIABLES:
            raise SettingsError(f"{variable}: there is no such setting{_nearest(variable, _VARIABLES)}")
        setting = _VARIABLES[variable]
        texts = tuple(filter(None, map(str.strip, text.split(",")))) if setting.repeatable else (text,)
        if any(texts):
            yield setting.key, Given(texts=texts, source=variable, place=variable)


# --- the file -------------------------------------------------------------------------------------------------


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """A settings file: its table, and the text that lines are counted in."""

    name: str  # as the user would write it
    table: dict[str, Any]
    text: str
    prefix: tuple[str, ...] = ()  # of its tables: `tool.archiver`

    def settings(self) -> Iterator[tuple[str, Given]]:
        """Give the settings with keys of their own; all keys are known ones."""
        for written, key, value in self._known(self.table, _TOP_KEYS):
            if _KEYS_OF_TABLE.get(key) and (isinstance(value, dict) or key not in BY_KEY):
                for inner, name, part in self._known(self._table(key, value), _KEYS_OF_TABLE[key], written):
                    yield self._given(f"{key}.{name}", part, self.place(inner, written))
            elif key in BY_KEY:
                yield self._given(key, value, self.place(written))

    def fields(self) -> GivenTable:
        """Give `[fields]`, nested tables as dotted keys."""
        values = dict(_flat(self._table("fields", self.table.get("fields", {}))))
        places = {key: self.place(key, "fields", f"fields.{key}") for key in values}
        return GivenTable(values=values, source=self.name, places=places)

    def hosts(self) -> Iterator[GivenTable]:
        """Give the rows of `[[host]]`."""
        rows = self.table.get("host", [])
        if not isinstance(rows, list):
            raise SettingsError(f"{self.place('host')} is one table, but there may be several: write [[host]]")
        for number, row in enumerate(rows):
            values, places = {}, {}
            for written, key, value in self._known(self._table("host", row), HOST_KEYS, "host", number):
                values[key] = value
                places[key] = self.place(written, "host", f"host[{number}].{written}", number)
            yield GivenTable(values=values, source=self.name, places=places)

    def place(self, key: str, table: str = "", name: str = "", number: int = 0) -> str:
        """Say where a key stands: `archiver.toml:3: host_delay`; without the line where it is not found."""
        header = (*self.prefix, *([table] if table else []))
        line = _line(self.text, header, key, number)
        shown = name or (f"{table}.{key}" if table else key)
        return f"{self.name}{f':{line}' if line else ''}: {shown}"

    def _known(
        self, table: dict[str, Any], known: tuple[str, ...], name: str = "", number: int = 0
    ) -> Iterator[tuple[str, str, Any]]:
        """Give keys as written, as we write them, and their values. Raises SettingsError for others."""
        seen = set()
        for written, value in table.items():
            key = written.replace("-", "_")
            if key not in known:
                where = self.place(written, name, number=number)
                raise SettingsError(f"{where}: there is no such setting{_nearest(key, known)}")
            if key in seen:
                raise SettingsError(f"{self.place(written, name, number=number)} is given twice")
            seen.add(key)
            yield written, key, value

    def _table(self, name: str, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise SettingsError(f"{self.place(name)} is no table")
        return value

    def _given(self, key: str, value: object, place: str) -> tuple[str, Given]:
        texts = _texts(BY_KEY[key], value, place)
        return key, Given(texts=texts, source=self.name, place=place, folder=str(Path(self.name).parent))


def _file_named(given: Given) -> _File:
    path = Path(given.texts[-1])
    if not path.is_file():
        raise SettingsError(f"{given.place}: there is no file {path}")
    file = _read(path)
    if file is None:
        raise SettingsError(f"{given.place}: {path} has no table [tool.archiver]")
    return file


def _file_in(folder: Path) -> _File | None:
    for name in (OWN_FILE, PYTHON_FILE):
        if (folder / name).is_file():
            return _read(folder / name)
    return None


def _read(path: Path) -> _File | None:
    """Read a settings file; None for a pyproject.toml that says nothing about us."""
    import tomllib  # noqa: PLC0415 (most runs have no settings file)

    try:
        text = path.read_bytes().decode()
        table = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(_fault(path, str(error))) from error
    if path.name != PYTHON_FILE:
        return _File(name=str(path), table=table, text=text)
    tools = table.get("tool")
    own = tools.get("archiver") if isinstance(tools, dict) else None
    if own is None:
        return None
    if not isinstance(own, dict):
        raise SettingsError(f"{path}: tool.archiver is no table")
    return _File(name=str(path), table=own, text=text, prefix=("tool", "archiver"))


def _fault(path: Path, message: str) -> str:
    told = _TOML_LINE.fullmatch(message)
    return f"{path}:{told['line']}: {told['message']}" if told else f"{path}: {message}"


def _texts(setting: Setting, value: object, place: str) -> tuple[str, ...]:
    """Give a TOML value as the texts that an option would have."""
    values = value if setting.repeatable and isinstance(value, list) else [value]
    return tuple(_text(setting, each, place) for each in values)


def _text(setting: Setting, value: object, place: str) -> str:
    match value:
        case bool() if setting.kind is Kind.FLAG:
            return str(value).lower()
        case str():
            return value
        case int() | float() if not isinstance(value, bool):
            return str(value)
        case list() if not setting.repeatable:
            raise SettingsError(f"{place}: a list is too much: one value is wanted")
        case _:
            wanted = "true or false" if setting.kind is Kind.FLAG else "a text or a number"
            raise SettingsError(f"{place}: {value!r} is not {wanted}")


def _flat(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else "; `archiver config` lists all"


def _line(text: str, table: tuple[str, ...], key: str, number: int) -> int | None:
    """Find the line of `key` in a table (the `number`th of that name), or of the table `key` itself.

    A reader of TOML does not tell lines: this looks for what most people would write.
    """
    spelled = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    current: tuple[str, ...] = ()
    count = 0
    for line, content in enumerate(text.splitlines(), 1):
        header = _HEADER.fullmatch(content)
        if header:
            current = tuple(part.strip().strip("\"'") for part in header["name"].split("."))
            count += bool(header["many"]) and current == table
            if current[: len(table) + 1] == (*table, key):
                return line
        elif current == table and (not count or count == number + 1) and spelled.match(content):
            return line
    return None
