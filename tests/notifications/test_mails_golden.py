"""Every mail as it goes out, word for word, as text and as HTML, in each language: the folder ``golden``.

``KZCUSTODY_WRITE_GOLDEN=1 pytest tests/notifications/test_mails_golden.py`` writes the files anew: read the
difference before you keep it.
"""

import os
import re
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from tests.notifications.samples import all_words

GOLDEN = Path(__file__).parent / "golden"
WRITE = bool(os.environ.get("KZCUSTODY_WRITE_GOLDEN"))


def written(language: str) -> dict[str, str]:
    """Each file by its name: one for each mail, of all its cases. What stands before every mail in HTML
    is in a file of its own.
    """
    files: dict[str, list[str]] = defaultdict(list)
    for name, title, words in all_words(language):
        mark, (head, _body, page) = f"=== {title or 'the one case'}\n", words.html.partition("<body>")
        files["head.html.txt"] = [re.sub(r"<title>.+</title>", "<title></title>", head)]
        files[f"{name}.txt"].append(f"{mark}{words.subject}\n\n{words.text.strip()}\n")
        files[f"{name}.html.txt"].append(mark + page)
    return {name: "\n".join(parts) for name, parts in files.items()}


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_the_mails_read_as_they_were_agreed(language: str) -> None:
    folder, now = GOLDEN / language, written(language)
    if WRITE:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, text in now.items():
            (folder / name).write_text(text)
    assert sorted(file.name for file in folder.iterdir()) == sorted(now)
    for name, text in now.items():
        assert (folder / name).read_text() == text, name
