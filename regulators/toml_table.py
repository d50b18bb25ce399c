"""Strict reading of TOML: every value is asked for by key and kind; what nobody asked for is an error.

An error names the file, the line where it can be found, the key, and what to write instead.
"""

import hashlib
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

UNKNOWN = "unknown"
REQUIRED: Any = object()


class RuleBookError(Exception):
    """A rule book file that cannot be used, in words for the person who mends it."""


class Source:
    """The file behind the tables: its name, and its text to find lines in."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()

    def fail(self, path: tuple[str | int, ...], problem: str, instead: str) -> NoReturn:
        line = self.line_of(path)
        place = f"{self.name}, line {line}" if line else self.name
        raise RuleBookError(f"{place}: {show(path)} {problem}. Write {instead}.")

    def line_of(self, path: tuple[str | int, ...]) -> int | None:
        """The line of the key, or of the innermost table with a header of its own, or None."""
        start, rest = None, path
        for end in range(1, len(path) + 1):
            header = self._header(path[:end], (start or 0))
            if header is not None:
                start, rest = header, path[end:]
        if start is None:
            return self._key_line(str(path[0]), 0, len(self.lines))
        stop = next(
            (i for i in range(start + 1, len(self.lines)) if self.lines[i].startswith("[")), len(self.lines)
        )
        return (rest and self._key_line(str(rest[0]), start, stop)) or start + 1

    def _header(self, path: tuple[str | int, ...], since: int) -> int | None:
        """Where ``[a.b]`` stands, or of ``[[a.b]]`` the one that the number at the end names."""
        name = ".".join(part for part in path if isinstance(part, str))
        number, text = (path[-1], f"[[{name}]]") if isinstance(path[-1], int) else (0, f"[{name}]")
        found = [i for i in range(since, len(self.lines)) if self.lines[i].strip() == text]
        return found[number] if number < len(found) else None

    def _key_line(self, key: str, start: int, stop: int) -> int | None:
        pattern = re.compile(rf"\s*{re.escape(key)}\s*[.=]")
        return next((i + 1 for i in range(start, stop) if pattern.match(self.lines[i])), None)


def read_toml(path: Path) -> tuple[Source, dict[str, Any], str]:
    """The text of the file, its values, and its SHA-256."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RuleBookError(f"{path.name}: the file cannot be read. {error.strerror}.") from error
    try:
        text = content.decode()
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a text in another encoding, a number without an end
        raise RuleBookError(f"{path.name}: this is not a TOML file in UTF-8. {error}.") from error
    return Source(path.name, text), data, hashlib.sha256(content).hexdigest()


def show(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def one_of_words(allowed: tuple[str, ...]) -> str:
    return "one of: " + ", ".join(f'"{value}"' for value in allowed)


class Table:
    """Hands out the values of one table; ``done`` complains of the keys that were not asked for."""

    def __init__(self, source: Source, path: tuple[str | int, ...], data: Any) -> None:
        self.source, self.path = source, path
        if not isinstance(data, dict):
            source.fail(path, f"is {data!r}", "a table of keys and values")
        self.data: dict[str, Any] = data
        self.asked: set[str] = set()

    def fail(self, key: str, problem: str, instead: str) -> NoReturn:
        self.source.fail((*self.path, key), problem, instead)

    def take(self, key: str, kinds: tuple[type, ...], hint: str, default: Any = REQUIRED) -> Any:
        self.asked.add(key)
        if key not in self.data:
            if default is REQUIRED:
                self.fail(key, "is missing", hint)
            return default
        value = self.data[key]
        if type(value) not in kinds:
            self.fail(key, f"is {value!r}", hint)
        return value

    def text(self, key: str, default: Any = REQUIRED) -> str:
        return self.take(key, (str,), "a text in quotes", default)

    def name(self, key: str = "code") -> str:
        value = self.text(key)
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", value):
            self.fail(key, f"is {value!r}", "letters, digits, hyphens, dots and underscores")
        return value

    def flag(self, key: str, default: Any = REQUIRED) -> bool:
        return self.take(key, (bool,), "true or false", default)

    def count(self, key: str) -> int | None:
        hint = "a whole number above 0, or leave it out where none is on record"
        value = self.take(key, (int,), hint, None)
        if value is not None and value < 1:
            self.fail(key, f"is {value}", hint)
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: Any = REQUIRED) -> str:
        value = self.take(key, (str,), one_of_words(allowed), default)
        if value not in allowed:
            self.fail(key, f"is {value!r}", one_of_words(allowed))
        return value

    def fact(self, key: str) -> bool | None:
        """true, false, or "unknown" for what was not established."""
        hint = f'true, false or "{UNKNOWN}"'
        value = self.take(key, (bool, str), hint)
        if value == UNKNOWN:
            return None
        if isinstance(value, str):
            self.fail(key, f"is {value!r}", hint)
        return value

    def day(self, key: str) -> date:
        return self.take(key, (date,), "a day as 2026-01-31, without quotes")

    def day_or_unknown(self, key: str) -> date | None:
        hint = f'a day as 2026-01-31, without quotes, or "{UNKNOWN}"'
        value = self.take(key, (date, str), hint)
        if value == UNKNOWN:
            return None
        if isinstance(value, str):
            self.fail(key, f"is {value!r}", hint)
        return value

    def texts(self, key: str, default: Any = REQUIRED) -> tuple[str, ...]:
        values = self.take(key, (list,), "a list of texts", default)
        if any(not isinstance(value, str) for value in values):
            self.fail(key, f"is {values!r}", "a list of texts")
        if len(set(values)) != len(values):
            self.fail(key, "names a value twice", "each value once")
        return tuple(values)

    def some_of(self, key: str, allowed: tuple[str, ...], default: Any = REQUIRED) -> tuple[str, ...]:
        values = self.texts(key, default)
        for value in values:
            if value not in allowed:
                self.fail(key, f"names {value!r}", one_of_words(allowed))
        return values

    def table(self, key: str) -> "Table":
        return Table(self.source, (*self.path, key), self.take(key, (dict,), "a table of keys and values"))

    def tables(self, key: str, default: Any = REQUIRED) -> "list[Table]":
        values = self.take(key, (list,), "a list of tables", default)
        return [Table(self.source, (*self.path, key, i), value) for i, value in enumerate(values)]

    def done(self) -> None:
        for key in self.data:
            if key not in self.asked:
                self.fail(key, "is not known here", f"one of: {', '.join(sorted(self.asked))}")
