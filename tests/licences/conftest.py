from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from accounts.identifiers import human_hash
from accounts.models import Firm, Membership, User
from licences import services
from regulators.models import Act, AuthorityBasis, Delegation, LicenceType, Regulator, Role, Staff

GRANTED_AT = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def person(db):
    """A member of staff; two with the same paper are one human with two accounts."""

    def make(name, paper):
        return User.objects.create_user(
            f"{name}@example.test", full_name=name, is_staff=True, human=human_hash(paper)
        )

    return make


@pytest.fixture
def licence_type(db):
    regulator = Regulator.objects.create(code="afsa", name="Astana Financial Services Authority")
    return LicenceType.objects.create(regulator=regulator, code="afsa-custody", title="Providing Custody")


@pytest.fixture
def firm(db):
    return Firm.objects.create(
        name="Turan Vault Ltd",
        name_kk="«Тұран Волт» ЖШС",
        name_ru="ТОО «Туран Волт»",
        legal_form="aifc_private",
        bin="210340012345",
    )


@pytest.fixture
def basis(person, licence_type):
    """A legal basis; confirmed by a second person unless asked otherwise."""
    entered, confirmed = person("Enters", "N1000001"), person("Confirms", "N1000002")

    def make(*, is_confirmed=True, **fields):
        if is_confirmed:
            fields |= {"confirmed_by": confirmed, "confirmed_human": confirmed.human}
        return AuthorityBasis.objects.create(
            **{
                "licence_type": licence_type,
                "act": "Framework Regulations",
                "article": "s 35",
                "scope": "custody",
                "entered_by": entered,
                "entered_human": entered.human,
                "valid_from": date(2026, 1, 1),
                **fields,
            }
        )

    return make


@pytest.fixture
def decision_maker(person, licence_type, basis):
    """Appointed, confirmed, and empowered to suspend and to revoke."""
    first, second = person("Appoints", "N1000003"), person("Appoints too", "N1000004")

    def make(name, paper, acts=(Act.GRANT, Act.SUSPEND, Act.REVOKE)):
        user = person(name, paper)
        staff = Staff.objects.create(
            user=user,
            regulator=licence_type.regulator,
            role=Role.DECISION_MAKER,
            human=user.human,
            granted_by=first,
            granted_human=first.human,
            confirmed_by=second,
            confirmed_human=second.human,
        )
        for act in acts:
            Delegation.objects.create(
                staff=staff, licence_type=licence_type, act=act, human=user.human,
                confirmed_by=second, confirmed_human=second.human,
            )  # fmt: skip
        return user

    return make


@pytest.fixture
def grant(person, licence_type, firm, basis):
    """Grant a licence; the legal basis is one that stands unless another is given."""
    grants = person("Grants", "N1000005")
    standing = basis()

    def make(**fields):
        with transaction.atomic():
            return services.issue(
                **{
                    "actor": grants,
                    "firm": firm,
                    "licence_type": licence_type,
                    "authority_basis": standing,
                    "rulebook_version": "afsa-custody 2026.1",
                    "conditions": [],
                    "case_reference": "KZC-2026-0001",
                    "granted_at": GRANTED_AT,
                    **fields,
                }
            )

    return make


@pytest.fixture
def two(decision_maker):
    """Two humans who decide: Aliya and Berik."""
    return decision_maker("Aliya", "N2000001"), decision_maker("Berik", "N2000002")


@pytest.fixture
def member(firm):
    """Somebody who acts for the firm."""

    def make(role="owner"):
        user = User.objects.create_user(f"{role}@firm.test", full_name=role)
        Membership.objects.create(user=user, firm=firm, role=role)
        return User.objects.get(pk=user.pk)

    return make
