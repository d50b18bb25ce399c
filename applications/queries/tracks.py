"""What has to stand on every page of a track, also where cases of several tracks are listed together."""

from collections.abc import Iterable
from typing import Any

from regulators.rulebook import Text


def notices_of(cases: Iterable[Any]) -> list[tuple[Text, Text]]:
    """Each notice once, with the title of the licence type that it is about. Needs the rule books read."""
    found = {}
    for case in cases:
        if case.book.notice:
            found[case.book.notice["en"]] = (case.book.licence_type_title, case.book.notice)
    return list(found.values())
