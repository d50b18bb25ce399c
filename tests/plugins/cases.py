"""A firm, two regulators with their staff, and applications at several points, all made by services.

Accounts: ``firm_user``, ``custody_firm``, ``afsa_staff``, ``afm_staff``. Law: ``afsa``, ``afm``.
Applications: ``draft_case``, ``afm_draft_case``, ``filled_case``, ``submitted_case``, ``case_in_review``,
``refusal_proposed``; quicker, on the national track: ``filled_afm_case``, ``submitted_afm_case``.
Browser: ``signed_in``.
Users are fresh objects whose roles are not remembered yet; use ``fresh`` after you changed a record.
"""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from accounts.actors import System
from accounts.models import Firm, User
from applications.models import Application, Person, RefusalNotice
from applications.services import decisions, drafting, intake, submission
from regulators import services as regulators
from regulators.models import Delegation, LicenceType, Regulator, Role, Staff
from tests.plugins import files

Prepared = Callable[[str], dict[str, Any]]
SHELL = System("tests")
APPOINTED_ON = date(2026, 1, 1)
PASSWORD = "steppe-eagle-over-the-river"
DELEGATED = {
    Role.LEAD_REVIEWER: ("recommend",),
    Role.DECISION_MAKER: ("approve_in_principle", "grant", "refuse", "suspend", "revoke"),
}


def fresh(record: Any) -> Any:
    """The record as the database has it now, with nothing remembered."""
    if isinstance(record, Application):
        return Application.objects.with_case().get(pk=record.pk)
    return type(record)._default_manager.get(pk=record.pk)


def email_of(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:12]}@example.test"


def passport() -> str:
    """The number of a passport that nobody else holds."""
    return f"N{uuid.uuid4().int % 10**9:09d}"


def new_applicant(name: str = "Aigerim Testova") -> User:
    return accounts.create_applicant(
        actor=SHELL, email=email_of("firm"), full_name=name, password=PASSWORD, identifier=passport()
    )


def new_firm(founder: User, name: str = "Altyn Custody Ltd") -> Firm:
    """A firm of which the founder is owner, editor and signatory."""
    return accounts.found_firm(
        actor=founder, name=name, legal_form="aifc_private", no_bin_reason="not_yet", country="KZ"
    )


def new_staff(name: str) -> User:
    return accounts.create_staff(
        actor=SHELL, email=email_of("staff"), full_name=name, passport=passport(), citizenship="GB",
        password=PASSWORD,
    )  # fmt: skip


def appointed(user: User, regulator: Regulator, role: str, **fields: Any) -> Staff:
    """An appointment that counts, confirmed by a human who is nobody else here and needs no account. It began
    before the days on which tests stand still, whatever day it is.
    """
    fields.setdefault("valid_from", _first_day())
    post = regulators.appoint_staff(actor=SHELL, user=user, regulator=regulator, role=role, **fields)
    post.confirmed_by, post.confirmed_human = user, "c" * 64
    post.save(update_fields=["confirmed_by", "confirmed_human"])
    return post


def _first_day() -> date:
    return min(timezone.localdate(), APPOINTED_ON)


def empowered(post: Staff, licence_type: LicenceType, act: str, *, by: User) -> Delegation:
    """A delegation that counts, confirmed by this administrator."""
    power = regulators.delegate(
        actor=SHELL, staff=post, licence_type=licence_type, act=act, valid_from=post.valid_from
    )
    return regulators.confirm_delegation(actor=by, delegation=power)


def person_of(firm: Firm, **fields: Any) -> Person:
    """One more of the people of a firm: a human whom nobody else is, unless ``fields`` say who."""
    made = {
        "given_names": "Дана", "born_on": "1988-07-25", "citizenship": "IE", "residence": "KZ",
        "identifier_kind": "passport", "identifier": passport(), "human": uuid.uuid4().hex,
    }  # fmt: skip
    return Person.objects.create(firm=firm, **made | fields)


def people_of_regulator(licence_type: LicenceType) -> SimpleNamespace:
    """One human for each role, by role: ``.case_officer``, ``.reviewer``, ``.specialist``,
    ``.lead_reviewer``, ``.decision_maker``, ``.administrator``; and ``.second_lead_reviewer``,
    ``.second_decision_maker``, ``.second_administrator``. Leads and decision makers hold every delegation
    for the licence type.
    """
    regulator = licence_type.regulator
    names = [*Role.values, "second_lead_reviewer", "second_decision_maker", "second_administrator"]
    users = {name: new_staff(f"{regulator.code} {name.replace('_', ' ')}") for name in names}
    posts = {
        name: regulators.appoint_staff(
            actor=SHELL,
            user=user,
            regulator=regulator,
            role=name.removeprefix("second_"),
            valid_from=_first_day(),
        )
        for name, user in users.items()
    }
    regulators.confirm_appointment(
        actor=fresh(users["second_administrator"]), appointment=posts.pop("administrator")
    )
    confirming = fresh(users["administrator"])
    for post in posts.values():
        regulators.confirm_appointment(actor=confirming, appointment=post)
    for post in posts.values():
        for act in DELEGATED.get(Role(post.role), ()):
            empowered(post, licence_type, act, by=confirming)
    return SimpleNamespace(**{name: fresh(user) for name, user in users.items()})


@pytest.fixture
def document_store(settings: Any, tmp_path: Any) -> Any:
    """Documents of this test lie in a folder of its own, and nothing scans them: they are usable at once."""
    folder = tmp_path / "documents"
    settings.STORAGES = settings.STORAGES | files.two_stores(folder)
    settings.CLAMD_ADDRESS = ""
    return folder


@pytest.fixture
def rulebooks(prepared: Prepared) -> None:
    prepared("rulebooks")


@pytest.fixture
def afsa(rulebooks: None) -> LicenceType:
    """AFSA, Providing Custody: has an approval in principle, ends in a licence."""
    return LicenceType.objects.select_related("regulator").get(code="providing-custody")


@pytest.fixture
def afm(rulebooks: None) -> LicenceType:
    """The national track: ends in a readiness record."""
    return LicenceType.objects.select_related("regulator").get(code="national-custody")


@pytest.fixture
def afsa_staff(afsa: LicenceType, prepared: Prepared) -> SimpleNamespace:
    """See ``people_of_regulator``."""
    return _users(prepared("afsa_staff"))


@pytest.fixture
def afm_staff(afm: LicenceType, prepared: Prepared) -> SimpleNamespace:
    return _users(prepared("afm_staff"))


def _users(keys: dict[str, int]) -> SimpleNamespace:
    found = User.objects.in_bulk(keys.values())
    return SimpleNamespace(**{name: found[key] for name, key in keys.items()})


@pytest.fixture
def custody_firm(prepared: Prepared) -> Firm:
    return Firm.objects.get(pk=prepared("firm")["firm"])


@pytest.fixture
def firm_user(custody_firm: Firm) -> User:
    """The founder of ``custody_firm``: owner, editor and signatory."""
    return fresh(custody_firm.memberships.first().user)


@pytest.fixture
def draft_case(firm_user: User, custody_firm: Firm, afsa: LicenceType, document_store: Any) -> Application:
    """An empty AFSA draft."""
    case = drafting.start_application(actor=firm_user, firm=custody_firm, licence_type=afsa)
    return fresh(case)


@pytest.fixture
def afm_draft_case(firm_user: User, custody_firm: Firm, afm: LicenceType, document_store: Any) -> Application:
    case = drafting.start_application(actor=firm_user, firm=custody_firm, licence_type=afm)
    return fresh(case)


@pytest.fixture
def filled_case(
    firm_user: User, afsa: LicenceType, prepared: Prepared, prepared_documents: Any
) -> Application:
    """The AFSA sample application: all answered with real files, every stage complete, not submitted."""
    return _case(prepared("filled"))


@pytest.fixture
def filled_afm_case(
    firm_user: User, afm: LicenceType, prepared: Prepared, prepared_documents: Any
) -> Application:
    """As ``filled_case`` on the national track, with a quarter of the questions."""
    return _case(prepared("filled_afm"))


@pytest.fixture
def submitted_afm_case(
    firm_user: User, afm_staff: SimpleNamespace, prepared: Prepared, prepared_documents: Any
) -> Application:
    return _case(prepared("submitted_afm"))


@pytest.fixture
def submitted_case(
    firm_user: User, afsa_staff: SimpleNamespace, prepared: Prepared, prepared_documents: Any
) -> Application:
    return _case(prepared("submitted"))


@pytest.fixture
def case_in_review(
    firm_user: User, afsa_staff: SimpleNamespace, prepared: Prepared, prepared_documents: Any
) -> Application:
    """Checked for completeness, fee paid, accepted by the case officer."""
    return _case(prepared("in_review"))


@pytest.fixture
def refusal_proposed(case_in_review: Application, afsa_staff: SimpleNamespace) -> Application:
    """It is recommended and proposed to refuse ``case_in_review``; the notice is not served yet."""
    grounds = ["client_assets"]
    case = decisions.recommend(
        actor=afsa_staff.lead_reviewer, case=case_in_review, expected_version=case_in_review.version,
        outcome="refuse", reason="Client assets.", grounds=grounds,
    )  # fmt: skip
    decisions.propose_refusal(
        actor=afsa_staff.decision_maker, case=case, expected_version=case.version,
        grounds=grounds, evidence="The map of wallets.", notice="We propose to refuse.",
    )  # fmt: skip
    return fresh(case)


def serve(notice: RefusalNotice, staff: SimpleNamespace, *, days: int = 14) -> RefusalNotice:
    """Served today; the firm may answer for so many days."""
    today = timezone.localdate()
    return decisions.record_service(
        actor=staff.case_officer, notice=notice, served_on=today, how="Registered mail",
        until=today + timedelta(days=days),
    )  # fmt: skip


def _case(keys: dict[str, Any]) -> Application:
    return Application.objects.with_case().get(pk=keys["case"])


def submit(case: Application, signatory: User) -> Application:
    return submission.submit_application(
        actor=signatory,
        case=case,
        expected_version=case.version,
        declaration="What is submitted is true and complete.",
        role="Director",
    )


def accept(case: Application, officer: User) -> Application:
    intake.check_completeness(actor=officer, case=case, gaps={})
    paid = intake.record_fee(actor=officer, case=case, fee="paid", expected_version=case.version)
    return intake.accept(actor=officer, case=paid, expected_version=paid.version)


@pytest.fixture
def signed_in(db: None) -> Callable[[User], Client]:
    """A function: a browser in which this user is signed in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


def an_inspected(case: Application) -> str:
    """The code of a requirement whose evidence is inspected on site."""
    return next(r.code for r in case.book.requirements if "inspected" in r.evidence)


def with_a_form(case: Application) -> str:
    """The code of a requirement that is answered on a form."""
    return next(r.code for r in case.book.requirements if r.slot.form)
