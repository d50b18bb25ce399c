"""The sample firms of the default run: one for each place in the pipeline."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Firm, User
from accounts.services.firms import found_firm
from accounts.services.people import create_applicant
from applications.models import Application
from applications.samples import cases, licences
from applications.samples.numbers import sample_bin, sample_iin
from applications.samples.staff import PASSWORD, SHELL, Desk, desk_of, give_apps, sample_desk
from regulators.models import LicenceType, Regulator

APPLICANT = "applicant@altyn-qoima.test"
APPLICANT_ASKED = "office@kokzhiek.test"
APPLICANT_LICENSED = "office@burkit-keys.test"
APPLICANT_READY = "office@dala-seif.test"

DESKS = {
    "AFM": 100,
    "AFSA": 200,
    "NBK": 300,
}  # the regulators with sample staff, and where their numbers begin


@dataclass(frozen=True, kw_only=True)
class SampleFirm:
    email: str
    person: str
    name: str
    licence_type: str
    upto: str  # a name in applications.samples.cases.STEPS, or "" for a draft without answers
    legal_form: str = "llp"
    asked: bool = False  # a request for information waits for the firm's answer
    suspended: bool = False  # the licence was suspended once, and the suspension lifted
    letter: str = ""  # the letter of the decision, where its powers stand without a check of the law


FIRMS = (
    SampleFirm(email=APPLICANT, person="Ғалым Әлімжанов", name="Altyn Qoima Custody Ltd", licence_type="afsa", upto="fill"),
    SampleFirm(email=APPLICANT_ASKED, person="Жанар Бекова", name="Көкжиек Digital Vault Ltd",
               licence_type="afsa", upto="review", asked=True),
    SampleFirm(email=APPLICANT_LICENSED, person="Олег Пак", name="Бүркіт Keys Ltd",
               licence_type="afsa", upto="grant", suspended=True),
    SampleFirm(email="office@saqtau.test", person="Мадина Нұрланова", name="«Сақтау» АҚ",
               licence_type="afm", upto="submit"),
    SampleFirm(email="office@tengri-safe.test", person="Сәуле Ермекова", name="Tengri Safekeeping Ltd",
               licence_type="afsa", upto="recommend"),
    SampleFirm(email=APPLICANT_READY, person="Ерлан Сапаров", name="ТОО «Дала Сейф»",
               licence_type="afm", upto="grant", letter="readiness"),
)  # fmt: skip


def sample_firms() -> list[Application]:
    """Make the desks of the regulators and the sample firms, unless they are there. Returns the cases
    that were made.
    """
    desks = {r.code: _desk(r) for r in Regulator.objects.filter(code__in=DESKS)}
    return [
        _firm(sample, desks, serial)
        for serial, sample in enumerate(FIRMS, start=1)
        if not User.objects.filter(email=sample.email).exists()
    ]


def sign_ins() -> list[dict[str, str]]:
    """What the default run prints."""
    people = [
        ("Applicant", APPLICANT),
        ("Applicant, asked", APPLICANT_ASKED),
        ("Applicant, licensed", APPLICANT_LICENSED),
        ("Applicant, readiness recorded", APPLICANT_READY),
        ("Reviewer (AFSA)", "reviewer@afsa.test"),
        ("Manager (AFSA)", "manager@afsa.test"),
        ("Second pair of eyes (AFSA)", "manager2@afsa.test"),
        ("Reviewer (AFM)", "reviewer@afm.test"),
        ("Manager (AFM)", "manager@afm.test"),
        ("Reviewer (National Bank)", "reviewer@nbk.test"),
        ("Manager (National Bank)", "manager@nbk.test"),
    ]
    return [{"who": who, "email": email, "password": PASSWORD} for who, email in people]


def make_firm(
    *, email: str, person: str, name: str, serial: int, legal_form: str = "llp"
) -> tuple[User, Firm]:
    """An applicant with a verified address, and the firm that they found, with a valid BIN."""
    user = create_applicant(
        actor=SHELL,
        email=email,
        full_name=person,
        password=PASSWORD,
        identifier=sample_iin(born="880302", century_digit=3, serial=5000 + serial),
    )
    firm = found_firm(
        actor=user,
        name=name,
        legal_form=legal_form,
        bin=sample_bin(year=2024, month=3, serial=serial),
        address="Mangilik El 55/17, Astana",
    )
    return user, firm


def _desk(regulator: Regulator) -> Desk:
    desk = desk_of(regulator) or sample_desk(regulator, together=True, serial=DESKS[regulator.code])
    give_apps(desk)
    return desk


def _firm(sample: SampleFirm, desks: dict[str, Any], serial: int) -> Application:
    user, firm = make_firm(
        email=sample.email,
        person=sample.person,
        name=sample.name,
        serial=serial,
        legal_form=sample.legal_form,
    )
    licence_type = LicenceType.objects.get(regulator__code=sample.licence_type.upper())
    desk = desks[licence_type.regulator.code]
    case = cases.walk(
        actor=user,
        firm=firm,
        licence_type=licence_type,
        upto=sample.upto,
        desk=desk,
        serial=7000 + serial * 10,
    )
    if sample.asked:
        cases.ask_for_one_more(case, desk)
    if sample.suspended:
        licences.suspend_and_lift(case, desk)
    if sample.letter:
        cases.write_letter(case, desk, sample.letter)
    return case
