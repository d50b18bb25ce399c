"""The name a person gave a file: shown, never used as a path."""

import unicodedata

LONGEST = 255  # letters, as the file systems take that people give files from
LONGEST_BYTES = 240  # on other systems a name has so many bytes, with room for what is put behind it
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
    if is_device(stem):
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(extension) - 1].strip('. ') or 'document'}.{extension}"


def for_disk(name: str) -> str:
    """A name to show, as short as a file may be called on any system."""
    stem, dot, extension = name.rpartition(".")
    room = LONGEST_BYTES - len(f"{dot}{extension}".encode())
    return f"{stem.encode()[:room].decode(errors='ignore').strip('. ')}{dot}{extension}"


def is_device(name: str) -> bool:
    """Whether some system takes a file of this name for one of its devices."""
    return name.split(".")[0].strip().lower() in DEVICES


def extension_of(given: str) -> str:
    """The extension a person's file name claims, in lower case; empty when it claims none."""
    stem, dot, extension = given.rpartition(".")
    return extension.strip().lower() if stem and dot else ""
