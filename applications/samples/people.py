"""Nine invented people behind a sample firm, their posts, and who holds what."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.samples.numbers import sample_iin


@dataclass(frozen=True, kw_only=True)
class SamplePerson:
    key: str
    family_name: str
    given_names: str
    patronymic: str
    latin_family_name: str
    latin_given_names: str
    born_on: date
    citizenship: str
    identifier: str
    posts: tuple[str, ...]  # functions of every book; a book asks for its own

    @property
    def identifier_kind(self) -> str:
        return "iin" if self.citizenship == "KZ" else "passport"


def _kz(
    key: str, family: str, given: str, patronymic: str, latin: str, born: date, serial: int, posts: str
) -> SamplePerson:
    latin_given, latin_family = latin.split()
    digit = 3 if born.year < 2000 else 5
    return SamplePerson(
        key=key,
        family_name=family,
        given_names=given,
        patronymic=patronymic,
        latin_family_name=latin_family,
        latin_given_names=latin_given,
        born_on=born,
        citizenship="KZ",
        identifier=sample_iin(born=born.strftime("%y%m%d"), century_digit=digit, serial=serial),
        posts=tuple(posts.split()),
    )


def _abroad(
    key: str, family: str, given: str, born: date, country: str, passport: str, posts: str
) -> SamplePerson:
    return SamplePerson(
        key=key,
        family_name="",
        given_names="",
        patronymic="",
        latin_family_name=family,
        latin_given_names=given,
        born_on=born,
        citizenship=country,
        identifier=passport,
        posts=tuple(posts.split()),
    )


def sample_people(serial: int) -> list[SamplePerson]:
    """Nine people; another ``serial`` gives other humans with the same names."""
    return [
        _kz("head", "Әлімжанов", "Ғалым", "Өмірұлы", "Galym Alimzhanov", date(1979, 3, 14), serial + 1,
            posts="seo director head executive"),
        _kz("finance", "Сейітқызы", "Айгүл", "", "Aigul Seitkyzy", date(1984, 11, 2), serial + 2, posts="fo executive"),
        _kz("compliance", "Қожахметова", "Дана", "Ерлановна", "Dana Kozhakhmetova", date(1988, 7, 25), serial + 3,
            posts="co compliance_head"),
        _kz("mlro", "Нұрпейісов", "Ерлан", "Бақытұлы", "Yerlan Nurpeissov", date(1982, 1, 30), serial + 4,
            posts="mlro executive"),
        _abroad("chair", "O'Brien", "Maeve Sinéad", date(1969, 5, 8), "IE", f"PK{serial + 5:07d}",
                posts="director executive"),
        _kz("technology", "Цой", "Виктор", "Андреевич", "Viktor Tsoi", date(1990, 9, 17), serial + 6,
            posts="cito security_head"),
        _kz("deputy", "Жүнісова", "Салтанат", "Қайратқызы", "Saltanat Zhunissova", date(1993, 12, 5), serial + 7,
            posts="deputy_mlro keys_head"),
        _kz("founder", "Байұзақов", "Әділ", "Серікұлы", "Adil Baiuzakov", date(1975, 6, 21), serial + 8,
            posts="controller owner"),
        _abroad("partner", "Lindqvist", "Karin", date(1972, 2, 11), "SE", f"AA{serial + 9:07d}",
                posts="controller owner"),
    ]  # fmt: skip


HOLDING_COMPANY = "Steppe Vault Holdings Ltd"

# owner, owned, economic %, votes %; "firm" is the applicant, "company" the holding company
HOLDINGS = [
    ("company", "firm", Decimal("62.5"), Decimal("62.5")),
    ("founder", "firm", Decimal("25"), Decimal("25")),
    ("partner", "firm", Decimal("12.5"), Decimal("12.5")),
    ("founder", "company", Decimal("55"), Decimal("60")),
    ("partner", "company", Decimal("45"), Decimal("40")),
]
