"""Finding filed cases by words: reference, the names of the firm, its BIN, and the people submitted."""

from typing import Any

from django.db.models import QuerySet

from applications.models import Application, Person
from look.kazakh import folded

LONGEST = 200
MOST_WORDS = 8
SEPARATOR = "\n"  # between the firm and its people; no word has one
FIRST_CODED = 128  # what comes before it is ASCII
HIGH, LOW = "ABCDEFGHIJKLM", "NOPQRSTUVWXYZ"


def searchable(*texts: str) -> str:
    """One form for what is searched and what is searched for: width, case and spaces do not matter, and all
    of it is letters and digits of ASCII, so that an index of three letters at a time works in a database
    of any locale. No letter's code can begin in the middle of another's.
    """
    return folded(" ".join(texts)).translate(CODES)


class Codes(dict[int, str]):
    """Of a sign of ASCII, itself; of any other its number in thirteens, the first of them from one alphabet,
    the others from another: small letters mean themselves, so capitals are free for it.
    """

    def __missing__(self, number: int) -> str:
        left, places = number, ""
        while left >= len(LOW):
            left, place = divmod(left, len(LOW))
            places = LOW[place] + places
        self[number] = chr(number) if number < FIRST_CODED else HIGH[left] + places
        return self[number]


CODES = Codes()


def words_of_firm(case: Application) -> str:
    firm = case.firm
    return searchable(case.reference or "", firm.name, firm.name_kk, firm.name_ru, firm.bin or "")


def words_of_people(case: Application) -> str:
    """The people of the case as they are on record today, in each script that they gave."""
    people = Person.objects.filter(posts__application=case).distinct().order_by("pk")
    names = people.values_list(
        "family_name", "given_names", "patronymic", "latin_family_name", "latin_given_names"
    )
    return searchable(*(" ".join(name) for name in names))


def found_by(cases: QuerySet[Any], words: str) -> QuerySet[Any]:
    """The cases that hold every one of the words."""
    for word in words_of(words):
        cases = cases.filter(search__text__contains=word)
    return cases


def words_of(text: str) -> list[str]:
    return [searchable(word) for word in text[:LONGEST].replace("\0", "").split()[:MOST_WORDS]]
