"""The firm behind a case: its founder, its number, and two people who are put up for posts."""

from collections.abc import Callable
from datetime import date, datetime, time
from random import Random
from typing import Any
from uuid import UUID

from accounts.identifiers import human_hash
from accounts.models import Firm, Membership, User
from accounts.services.firms import FOUNDER_ROLES
from applications.models import Person, Post
from applications.queries.search import SEPARATOR, searchable
from applications.samples.numbers import sample_bin
from applications.samples.scale import chances
from applications.samples.scale.desks import Who
from applications.samples.scale.plan import Arrival, Plan
from applications.samples.scale.tables import EACH, FIRST, Row, new_uuid
from applications.services.clocks import ALMATY
from regulators.rulebook import Book

NAMES = ("Алтын", "Көкжиек", "Тұлпар", "Burkit", "Qyran", "Самұрық", "Orda", "Жібек", "Tengri", "Байтерек",
         "Nomad", "Arlan", "Сарыарқа", "Steppe", "Ақжол", "Meruert", "Темір", "Shanyraq", "Ертіс", "Altai")  # fmt: skip
KINDS = ("Custody", "Vault", "Keys", "Қойма", "Digital", "Сақтау", "Safe", "Активы", "Trust", "Capital")
FORMS = (("llp", "ТОО «{}»"), ("jsc", "АО «{}»"), ("aifc_private", "{} Ltd"), ("aifc_public", "{} Plc"))
FAMILY = (("Әлімжанов", "Alimzhanov"), ("Сейітқызы", "Seitkyzy"), ("Ким", "Kim"), ("Петров", "Petrov"),
          ("Нұрпейісов", "Nurpeissov"), ("Өтеген", "Otegen"), ("Жүнісова", "Zhunissova"), ("Цой", "Tsoi"),
          ("Бекова", "Bekova"), ("Ахметов", "Akhmetov"), ("Қасымова", "Kasymova"), ("Иванова", "Ivanova"))  # fmt: skip
GIVEN = (("Ғалым", "Galym"), ("Айгүл", "Aigul"), ("Виктор", "Viktor"), ("Дана", "Dana"), ("Ерлан", "Yerlan"),
         ("Мария", "Maria"), ("Әсел", "Assel"), ("Тимур", "Timur"), ("Жанар", "Zhanar"), ("Олег", "Oleg"))  # fmt: skip
PEOPLE = 2


class Applicant:
    """Of one case: each firm has one."""

    def __init__(self, plan: Plan, arrival: Arrival) -> None:
        number, rng = arrival.number, plan.rng(arrival.number, "applicant")
        founded = datetime.combine(plan.first_day, time(8), tzinfo=ALMATY)
        family, given = rng.choice(FAMILY), rng.choice(GIVEN)
        first = FIRST + number * EACH
        self.user: Row = {
            "id": first, "email": f"founder{number}@firm.scale.test", "full_name": f"{given[0]} {family[0]}",
            "language": rng.choice(("kk", "ru", "en")), "human": human_hash(f"S{number:08d}"), "password": "!",
            "date_joined": founded,
        }  # fmt: skip
        self.founder = Who(pk=first, name=self.user["full_name"], human=self.user["human"])
        self.firm = _firm(number, founded, rng)
        self.memberships: list[Row] = [
            {
                "id": first + n,
                "user_id": first,
                "firm_id": self.firm["id"],
                "role": role.value,
                "granted_at": founded,
            }
            for n, role in enumerate(FOUNDER_ROLES)
        ]
        self.people = [_person(number, n, self.firm["id"], rng) for n in range(PEOPLE)]

    def start_under(self, book: Book) -> None:
        """The case is begun under this book, which names the posts."""
        self.book = book
        self.posts = [function.code for function in book.functions[:PEOPLE]]

    def put_up(self, new: Callable[..., Row], case_id: UUID) -> None:
        """The rows of the firm, its founder and its people; written with the first page of the case."""
        for model, rows in ((User, [self.user]), (Firm, [self.firm]), (Membership, self.memberships)):
            for row in rows:
                new(model, **row)
        for person, function in zip(self.people, self.posts, strict=True):
            new(Person, **person)
            new(Post, application_id=case_id, person_id=person["id"], function=function)

    def as_submitted(self) -> Row:
        return {name: self.firm[name] for name in ("name", "bin", "legal_form")}

    def words(self, reference: str) -> str:
        """By what the case is found."""
        firm = self.firm
        of_firm = searchable(reference, firm["name"], firm["name_kk"], firm["name_ru"], firm["bin"] or "")
        parts = ("family_name", "given_names", "latin_family_name", "latin_given_names")
        of_people = searchable(*(person[part] for person in self.people for part in parts))
        return SEPARATOR.join([of_firm, of_people])

    def people_as_submitted(self, mask: Callable[[str], str]) -> Row:
        return {
            str(person["id"]): {
                "name": f"{person['given_names']} {person['family_name']}", "posts": [function],
                "other_name": f"{person['latin_given_names']} {person['latin_family_name']}",
                "human": person["human"], "number": mask(person["identifier"]),
                "born_on": person["born_on"].isoformat(), "citizenship": "KZ", "residence": "KZ",
            }
            for person, function in zip(self.people, self.posts, strict=True)
        }  # fmt: skip


def _firm(number: int, founded: datetime, rng: Random) -> Row:
    form, pattern = rng.choice(FORMS)
    name = pattern.format(f"{rng.choice(NAMES)} {rng.choice(KINDS)} {number + 1}")
    known = rng.random() >= chances.NO_BIN
    month = number % 120
    bin = (
        sample_bin(year=2014 + month // 12, month=1 + month % 12, serial=1 + number // 120 * 3)
        if known
        else None
    )
    return {
        "id": new_uuid(rng), "name": name, "name_kk": "", "name_ru": "", "legal_form": form, "bin": bin,
        "no_bin_reason": "" if known else "not_yet", "country": "KZ",
        "address": "Mangilik El 55/17, Astana", "created_at": founded,
    }  # fmt: skip


def _person(number: int, place: int, firm: UUID, rng: Random) -> Row:
    family, given = rng.choice(FAMILY), rng.choice(GIVEN)
    identifier = f"N{number * PEOPLE + place:08d}"
    born: Any = date(1960 + int(38 * rng.random()), 1 + int(12 * rng.random()), 1 + int(28 * rng.random()))
    return {
        "id": new_uuid(rng), "firm_id": firm, "family_name": family[0], "given_names": given[0],
        "latin_family_name": family[1], "latin_given_names": given[1], "born_on": born, "citizenship": "KZ",
        "residence": "KZ", "identifier_kind": "passport", "identifier": identifier,
        "human": human_hash(identifier),
    }  # fmt: skip
