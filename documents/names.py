"""The name a person gave a file: shown, never used as a path."""

import unicodedata

LONGEST = 150
LONGEST_BYTES = 240
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)}
)


def display_name(given: str, extension: str) -> str:
    """A safe name to show and to download under: the last part of a path, without hidden characters,
    ending in the extension that the content was found to have."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(letter for letter in last if unicodedata.category(letter) not in HIDDEN)
    stem = unicodedata.normalize("NFC", visible).rpartition(".")[0]
    stem = " ".join("".join(" " if letter in '<>:"|?*' else letter for letter in stem).split()).strip(". ")
    if stem.lower() in DEVICES:
        stem = f"_{stem}"
    return f"{_shortened(stem, len(extension) + 1) or 'document'}.{extension}"


def extension_of(given: str) -> str:
    """The extension a person's file name claims, in lower case; empty when it claims none."""
    stem, dot, extension = given.rpartition(".")
    return extension.strip().lower() if stem and dot else ""


def _shortened(stem: str, reserved: int) -> str:
    short = stem[: LONGEST - reserved].encode()[: LONGEST_BYTES - reserved]
    return short.decode(errors="ignore").strip(". ")
