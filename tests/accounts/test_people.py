import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts import services
from accounts.actors import System
from accounts.models import Firm, Membership, User
from accounts.rules import is_applicant, is_member, is_owner, is_staff
from audit.models import Event
from kzcustody_site import settings as our_settings

pytestmark = pytest.mark.django_db


def kinds(subject):
    return list(Event.objects.filter(subject=subject).order_by("number").values_list("kind", flat=True))


def test_an_email_is_one_account_whatever_its_case(applicant, email):
    address = email("Same")
    applicant(email=address.lower())
    with pytest.raises(ValidationError) as caught:
        applicant(email=address.upper())
    assert list(caught.value.message_dict) == ["email"]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=address.upper(), full_name="Second")])


def test_an_account_is_found_by_its_email_in_any_case(applicant):
    person = applicant()
    assert User.objects.get_by_natural_key(person.email.upper()) == person


def test_the_database_refuses_staff_without_a_known_human(applicant):
    person = applicant()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(is_staff=True)


def test_one_human_may_have_two_accounts_with_one_hash(staff):
    assert staff().human == staff().human != ""


def test_making_an_account_is_recorded(staff, applicant):
    assert kinds(f"account:{staff().pk}") == ["account.create"]
    assert kinds(f"account:{applicant().pk}") == ["account.create"]


@pytest.mark.parametrize(("word", "accepted"), [("tulip-river", False), ("tulip-rivers", True)])
def test_a_password_has_twelve_characters(applicant, word, accepted):
    if accepted:
        assert applicant(password=word).check_password(word)
    else:
        with pytest.raises(ValidationError) as caught:
            applicant(password=word)
        assert list(caught.value.message_dict) == ["password"]


def test_a_password_is_kept_as_the_settings_say(applicant, settings):
    settings.PASSWORD_HASHERS = our_settings.PASSWORD_HASHERS  # the tests have a quicker one
    assert applicant().password.startswith("argon2$argon2id$")


def test_a_person_speaks_one_of_the_three_languages(applicant):
    assert applicant(language="kk").language == "kk"
    with pytest.raises(ValidationError):
        applicant(language="de")


def test_registering_makes_an_applicant_of_whatever_came_in(email):
    claims = {"is_staff": True, "is_superuser": True, "human": "x" * 64}
    user = services.register(user=User(email=email(), full_name="Claims Much", **claims))
    user.refresh_from_db()
    assert (user.is_staff, user.is_superuser, user.human) == (False, False, "")
    assert kinds(f"account:{user.pk}") == ["account.sign_up"]


def test_nobody_is_made_superuser(email):
    with pytest.raises(NotImplementedError, match="invite_staff"):
        User.objects.create_superuser(email=email(), password="anything-at-all")


def test_the_system_is_nobody(applicant, firm):
    system = System("clock")
    altyn = firm(applicant())
    assert (system.pk, system.human, system.audit_name) == (None, "", "system: clock")
    assert [is_applicant(system), is_staff(system), is_member(system, altyn), is_owner(system, altyn)] == [
        False
    ] * 4


def test_the_tables_hold_what_the_models_say(db):
    call_command("makemigrations", "accounts", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("bin", "reason", "kept"),
    [
        ("940140000385", "", True),
        (None, "not_yet", True),
        (None, "", False),
        ("940140000385", "not_yet", False),
        ("94014000038", "", False),
    ],
)
def test_the_database_wants_a_bin_or_a_reason(bin, reason, kept):
    row = Firm(name="Altyn", legal_form="llp", bin=bin, no_bin_reason=reason)
    if kept:
        row.save()
        assert Firm.objects.get().bin == bin
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_role_is_open_once_and_may_be_held_again_after_it_ended(applicant, firm):
    founder = applicant()
    altyn = firm(founder)
    row = {"user": founder, "firm": altyn, "role": "owner"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**row)
    held = Membership.objects.get(**row)
    held.ended_at = held.granted_at
    held.save()
    Membership.objects.create(**row)
    assert Membership.objects.filter(**row).count() == 2
