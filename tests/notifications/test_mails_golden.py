"""Every mail as it goes out, word for word, in each language that has a file in tests/notifications/golden.

``KZCUSTODY_WRITE_GOLDEN=1 pytest tests/notifications/test_mails_golden.py`` writes the files anew: read the
difference before you keep it.
"""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import gettext_lazy

from notifications import mails

GOLDEN = Path(__file__).parent / "golden"
WRITE = bool(os.environ.get("KZCUSTODY_WRITE_GOLDEN"))
LANGUAGES = ["en", "kk", "ru"] if WRITE else sorted(file.stem for file in GOLDEN.glob("*.txt"))
DAY = date(2026, 3, 5)
VALUES: dict[str, Any] = {
    "items": 3, "points": 3, "left": 2, "number": 2, "working_days": 3, "stage": "AML", "next_stage": "IT",
    "requirement": "AML-02", "clock_paused": True, "clock_restarted": True,
    "at": datetime(2026, 3, 5, 9, 7, tzinfo=UTC), "network": "91.185.x.x", "browser": "Firefox, Windows",
    "factor": "webauthn", "is_old": False,
    "basis": gettext_lazy("our target, not law"),
    "received_on": datetime(2026, 3, 5, 9, 7, tzinfo=UTC),
    "rows": [
        {"ref": "KZC-2026-0001", "kind": "reminder", "due": DAY},
        {"ref": "KZC-2026-0002", "kind": "overdue", "due": DAY},
        {"ref": "KZC-2026-0002", "kind": "condition_reminder", "due": DAY, "number": 2},
    ],
}  # fmt: skip
INTERNAL = {
    "internal_assigned", "internal_submitted", "request_answered", "request_question", "extension_asked",
    "checks_due", "internal_meeting", "internal_file_expired", "internal_return_passed",
    "internal_approval_passed",
}  # fmt: skip


def written(language: str) -> str:
    """Each of a filed case; and what a draft is told, which has no reference."""
    filed = "\n".join(_one(template, language) for template in sorted(mails.MAILS))
    return filed + "\n" + _one("draft_idle", language, "Draft for Providing Custody")


def _one(template: str, language: str, draft: str = "") -> str:
    mail = mails.MAILS[template]
    words = mails.render(
        template, context={name: VALUES.get(name, DAY) for name in mail.needs | mail.may},
        subject_ref=draft or "KZC-2026-0001", language=language, internal=template in INTERNAL,
        url="http://localhost:8000/applications/1/", is_draft=bool(draft),
    )  # fmt: skip
    return f"=== {template}{' of a draft' if draft else ''}\n{words.subject}\n\n{words.text.strip()}\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mails_read_as_they_were_agreed(language: str) -> None:
    file = GOLDEN / f"{language}.txt"
    if WRITE:
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(written(language))
    assert written(language) == file.read_text()


def test_the_html_says_the_same_as_the_text() -> None:
    for template in mails.MAILS:
        mail = mails.MAILS[template]
        words = mails.render(
            template, context={name: VALUES.get(name, DAY) for name in mail.needs | mail.may},
            subject_ref="KZC-2026-0001", language="en", internal=False, url="http://localhost:8000/",
        )  # fmt: skip
        first = words.text.split("\n\n")[0].splitlines()[0]
        assert first.replace("“", "").split(" ")[0] in words.html
        assert words.html.count("http://localhost:8000") >= 3
