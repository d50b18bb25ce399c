"""The staff that the cases pass through: appointed by the services, as of the first day."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache

from accounts.models import User
from accounts.services.people import create_staff
from applications.samples.numbers import sample_iin
from applications.samples.scale.moments import at
from applications.samples.staff import DECISIONS, PASSWORD, SHELL, appoint_administrators, enter_basis
from applications.services.clocks import ALMATY
from regulators.models import Act, AuthorityBasis, LicenceType, Regulator, RuleBookVersion, Staff
from regulators.queries import confirmed_basis
from regulators.rulebook import Book
from regulators.services import appoint_staff, confirm_appointment, confirm_delegation, delegate

FAMILY = (
    "Серікова",
    "Қуанышев",
    "Дүйсенова",
    "Ли",
    "Абдрахманов",
    "Петрова",
    "Тұрар",
    "Шаймерденова",
    "Ни",
    "Әбілқасым",
)
GIVEN = ("Айдана", "Нұржан", "Гүлмира", "Сергей", "Мәди", "Ольга", "Ерасыл", "Зарина", "Руслан", "Інжу")
SERIALS = {"AFSA": 600, "AFM": 700}  # of their numbers: those of the sample firms' staff are others
SIZES = {"case_officer": 4, "reviewer": 8, "lead_reviewer": 3, "decision_maker": 3, "administrator": 2}


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who takes a step, as the record names them."""

    pk: int
    name: str
    human: str


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One track: its staff by role, its books by the day from which cases start under them, and the legal
    basis of its licences, if it grants any.
    """

    licence_type: LicenceType
    staff: dict[str, tuple[Who, ...]]
    pins: tuple[tuple[date, RuleBookVersion], ...]
    basis: AuthorityBasis | None

    @property
    def code(self) -> str:
        return self.licence_type.regulator.code

    def pin_on(self, day: date) -> RuleBookVersion:
        """The newest that was in effect; of a day before the first book, the first."""
        return next((pin for start, pin in reversed(self.pins) if start <= day), self.pins[0][1])

    def book_on(self, day: date) -> Book:
        return _book(self.pin_on(day))


@cache
def _book(pin: RuleBookVersion) -> Book:
    return pin.book


def desk_for(licence_type: LicenceType, first_day: date) -> Desk:
    """Appointed now where they are not there yet."""
    regulator = licence_type.regulator
    with at(datetime.combine(first_day, time(9), tzinfo=ALMATY)):
        users = {role: _users(regulator, role, size) for role, size in SIZES.items()}
        _appoint(regulator, licence_type, users)
        basis = _basis(licence_type, users["administrator"], first_day)
    pins = sorted(
        ((pin.book.effective_from, pin) for pin in licence_type.rulebooks.all()), key=lambda p: p[0]
    )
    return Desk(
        licence_type=licence_type,
        staff={
            role: tuple(Who(pk=u.pk, name=u.full_name, human=u.human) for u in found)
            for role, found in users.items()
        },
        pins=tuple(pins),
        basis=basis,
    )


def _users(regulator: Regulator, role: str, size: int) -> list[User]:
    start = SERIALS[regulator.code] + 10 * list(SIZES).index(role)
    return [_user(f"{role}{n}@{regulator.code.lower()}.scale.test", start + n) for n in range(1, size + 1)]


def _user(email: str, serial: int) -> User:
    found = User.objects.filter(email=email).first()
    if found:
        return found
    iin = sample_iin(born="870611", century_digit=4, serial=serial)
    name = f"{GIVEN[serial % 10]} {FAMILY[serial // 10 % 10]}"
    return create_staff(actor=SHELL, email=email, full_name=name, iin=iin, password=PASSWORD)


def _appoint(regulator: Regulator, licence_type: LicenceType, users: dict[str, list[User]]) -> None:
    first, second = users["administrator"]
    if Staff.objects.filter(user=first, regulator=regulator).exists():
        return
    appoint_administrators(regulator, first, second)
    for role, people in users.items():
        for user in people if role != "administrator" else ():
            post = appoint_staff(actor=first, user=user, regulator=regulator, role=role)
            confirm_appointment(actor=second, appointment=post)
            for act in _powers(role):
                power = delegate(actor=first, staff=post, licence_type=licence_type, act=act)
                confirm_delegation(actor=second, delegation=power)


def _powers(role: str) -> tuple[str, ...]:
    return {"lead_reviewer": (Act.RECOMMEND,), "decision_maker": DECISIONS}.get(role, ())


def _basis(licence_type: LicenceType, admins: list[User], first_day: date) -> AuthorityBasis | None:
    if not confirmed_basis(licence_type.pk, first_day):
        first, second = admins
        enter_basis(licence_type, (first, second), what="entry of the sample cases", valid_from=first_day)
    return confirmed_basis(licence_type.pk, first_day)
