"""Texts to begin a point of a request with, by regulator and language: ours, and no law."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")
LANGUAGES = ("en", "ru", "kk")


@dataclass(frozen=True, kw_only=True)
class RequestText:
    """``version`` counts up with each change of its words; ``regulators`` empty: of all. Plain text: nothing
    in it is computed.
    """

    code: str
    version: int
    title: dict[str, str]
    text: dict[str, str]
    regulators: tuple[str, ...] = ()

    def title_in(self, language: str) -> str:
        return self.title[language if language in LANGUAGES else "en"]

    def text_in(self, language: str) -> str:
        return self.text[language if language in LANGUAGES else "en"]


def texts_of(regulator: str) -> tuple[RequestText, ...]:
    """Those that this regulator uses, in the order of the file."""
    return tuple(one for one in _all() if not one.regulators or regulator in one.regulators)


@cache
def _all() -> tuple[RequestText, ...]:
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))["texts"]
    return tuple(RequestText(**{**one, "regulators": tuple(one.get("regulators", ()))}) for one in found)
