"""The sample firms of the default run: one for each place in the pipeline."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.models import Firm, User
from accounts.services.firms import found_firm
from accounts.services.people import create_applicant
from applications.models import Application, InformationRequest
from applications.samples import cases, licences
from applications.samples.numbers import sample_bin, sample_iin
from applications.samples.staff import PASSWORD, SHELL, Desk, desk_of, give_apps, sample_desk
from audit.models import Event
from audit.services import record
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
STAFF = (  # two of each, since much is done by one and confirmed by another
    ("Reviewer", "reviewer"),
    ("Second reviewer", "reviewer2"),
    ("Manager", "manager"),
    ("Second manager", "manager2"),
    ("Administrator", "admin1"),
    ("Second administrator", "admin2"),
)
RECORD = "samples"  # the chain that tells what was begun, and what is all there
BEGUN, MADE = "sample.begun", "sample.made"


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


@dataclass(frozen=True, kw_only=True)
class Made:
    case: Application
    was_begun: bool  # by an earlier start, which broke off


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


def sample_firms() -> list[Made]:
    """Make the desks of the regulators and the sample firms that are not there, and finish what an earlier
    start began. Returns what was made or finished.
    """
    desks = {r.code: _desk(r) for r in Regulator.objects.filter(code__in=DESKS)}
    found = ((sample, desks, serial) for serial, sample in enumerate(FIRMS, start=1))
    return [made for one in found if (made := _unless_there(*one))]


def founder(
    *, email: str, person: str, name: str, serial: int, legal_form: str = "llp"
) -> tuple[User, Firm, bool] | None:
    """An applicant and the firm, and whether an earlier start began to make it; None where it is made."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user, firm = make_firm(email=email, person=person, name=name, serial=serial, legal_form=legal_form)
        return user, firm, False
    noted = set(
        Event.objects.filter(subject=RECORD, data__account=str(user.pk)).values_list("kind", flat=True)
    )
    return (user, user.memberships.earliest("pk").firm, True) if noted == {BEGUN} else None


def note_made(user: User) -> None:
    """The sample is all there."""
    with transaction.atomic():
        record(subject=RECORD, kind=MADE, actor=SHELL, data={"account": str(user.pk)})


def sign_ins() -> list[dict[str, str]]:
    """What the default run prints."""
    people = [
        ("Applicant", APPLICANT),
        ("Applicant, asked", APPLICANT_ASKED),
        ("Applicant, licensed", APPLICANT_LICENSED),
        ("Applicant, readiness recorded", APPLICANT_READY),
    ]
    people += [
        (f"{who} ({regulator})", f"{name}@{code.lower()}.test")
        for code, regulator in (("AFSA", "AFSA"), ("AFM", "AFM"), ("NBK", "National Bank"))
        for who, name in STAFF
    ]
    return [{"who": who, "email": email, "password": PASSWORD} for who, email in people]


@transaction.atomic
def make_firm(
    *, email: str, person: str, name: str, serial: int, legal_form: str = "llp"
) -> tuple[User, Firm]:
    """An applicant with a verified address, and the firm that they found, with a valid BIN; or neither."""
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
    record(subject=RECORD, kind=BEGUN, actor=SHELL, data={"account": str(user.pk)})
    return user, firm


def _desk(regulator: Regulator) -> Desk:
    serial = DESKS[regulator.code]
    desk = desk_of(regulator, serial=serial) or sample_desk(regulator, together=True, serial=serial)
    give_apps(desk)
    return desk


def _unless_there(sample: SampleFirm, desks: dict[str, Any], serial: int) -> Made | None:
    found = founder(
        email=sample.email,
        person=sample.person,
        name=sample.name,
        serial=serial,
        legal_form=sample.legal_form,
    )
    if found is None:
        return None
    user, firm, was_begun = found
    case = _case(sample, user, firm, desks, serial)
    note_made(user)
    return Made(case=case, was_begun=was_begun)


def _case(sample: SampleFirm, user: User, firm: Firm, desks: dict[str, Any], serial: int) -> Application:
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
    if sample.asked and not case.requests.filter(status__in=InformationRequest.WITH_FIRM).exists():
        cases.ask_for_one_more(case, desk)
    if sample.suspended:
        licences.suspend_and_lift(case, desk)
    if sample.letter and not case.letters.filter(code=sample.letter).exists():
        cases.write_letter(case, desk, sample.letter)
    return case
