"""What the desk's lists show and offer to administrators, and how a regulator gets its first two."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import services as accounts
from accounts.actors import System
from accounts.models import User
from regulators import services
from regulators.models import Staff
from regulators.queries import staff_roles
from tests.regulators.conftest import INVITED, LISTS, browser, page, written

pytestmark = pytest.mark.django_db
SHELL = System("tests")


def offered(user, model, *row):
    """Addresses of the pages that the list, or the page of a row, offers."""
    url = page(f"{model}_change", *row) if row else page(f"{model}_changelist")
    return [act["url"] for act in browser(user).get(url).context["acts"]]


@pytest.mark.parametrize("model", LISTS)
def test_lists_offer_the_new_act(pair, model):
    assert offered(pair[0], model) == [page(f"{model}_{name}") for name in LISTS[model]]


def test_rows_offer_what_this_person_can_do(pair, decision_maker, basis, delegation):
    confirm, end = (page(f"regulators_staff_{name}", decision_maker) for name in ("confirm", "end"))
    assert offered(pair[0], "regulators_staff", decision_maker) == [end]
    assert offered(pair[1], "regulators_staff", decision_maker) == [confirm, end]
    shown = browser(pair[1]).get(page("regulators_staff_changelist")).content.decode()
    assert shown.count(f'href="{confirm}"') == 1
    assert offered(pair[0], "regulators_authoritybasis", basis) == []
    confirm_basis = page("regulators_authoritybasis_confirm", basis)
    assert offered(pair[1], "regulators_authoritybasis", basis) == [confirm_basis]
    confirm, end = (page(f"regulators_delegation_{name}", delegation) for name in ("confirm", "end"))
    assert offered(pair[0], "regulators_delegation", delegation) == [end]
    assert offered(pair[1], "regulators_delegation", delegation) == [confirm, end]
    for model, row in (("regulators_staff", decision_maker), ("regulators_delegation", delegation)):
        over = timezone.localdate() - timedelta(days=1)
        type(row).objects.filter(pk=row.pk).update(valid_from=over, valid_until=over)
        assert offered(pair[1], model, row) == []


def test_a_colleague_reads_legal_bases_and_is_offered_nothing(officer, basis):
    assert offered(officer, "regulators_authoritybasis") == []
    assert offered(officer, "regulators_authoritybasis", basis) == []


def rows_seen(user, model):
    answer = browser(user).get(page(f"{model}_changelist"))
    return answer.status_code if answer.status_code != 200 else set(answer.context["cl"].result_list)


def test_people_and_invitations_are_seen_by_administrators_of_their_regulator_alone(
    pair, officer, foreigner, person, custody_firm
):
    unappointed = person()
    ours, _token = services.invite_colleague(actor=pair[0], **INVITED)
    accounts.invite_staff(actor=SHELL, **(INVITED | {"email": "shell@example.test"}))
    assert rows_seen(pair[1], "accounts_user") == {*pair, officer, unappointed}
    assert rows_seen(pair[1], "accounts_staffinvitation") == {ours}
    assert rows_seen(foreigner, "accounts_user").isdisjoint({*pair, officer})
    assert rows_seen(foreigner, "accounts_staffinvitation") == set()
    for model in ("accounts_user", "accounts_staffinvitation"):
        assert rows_seen(officer, model) == 403, model
    for model in ("firm", "membership", "firminvitation"):
        assert browser(pair[0]).get(f"{page('index')}accounts/{model}/").status_code == 404, model
    founder = custody_firm.memberships.first().user
    looked = browser(pair[0]).get(page("accounts_user_change", founder))
    assert (looked.status_code, looked.url) == (302, page("index"))


# --- from the shell


def appoint_from_the_shell(capsys, *args):
    call_command("appoint_administrators", *args)
    return capsys.readouterr().out.splitlines()


def test_the_first_two_administrators_confirm_each_other_at_the_desk(afsa, person, capsys):
    first, second, third = person(), person(), person()
    printed = appoint_from_the_shell(capsys, "AFSA", first.email, second.email.upper())
    one, two = Staff.objects.get(user=first), Staff.objects.get(user=second)
    pages = [page("regulators_staff_confirm", row) for row in (one, two)]
    assert printed == [
        f"{first.email} is confirmed by {second.email} at http://localhost:8000{pages[0]}",
        f"{second.email} is confirmed by {first.email} at http://localhost:8000{pages[1]}",
    ]
    assert staff_roles(User.objects.get(pk=first.pk), afsa.pk) == frozenset()
    assert browser(third).post(pages[0]).status_code == 404
    assert browser(first).post(pages[0]).status_code == 403
    done = browser(first).post(pages[1])
    assert (done.status_code, done.url) == (302, page("index"))
    assert browser(second).post(pages[0]).status_code == 302
    for user in (first, second):
        assert staff_roles(User.objects.get(pk=user.pk), afsa.pk) == {"administrator"}


def test_the_command_says_what_is_wrong_and_then_appoints_nobody(afsa, person, custody_firm):
    first, twin = person(), person()
    User.objects.filter(pk=twin.pk).update(human=first.human)
    founder = custody_firm.memberships.first().user
    held = person()
    services.appoint_staff(actor=SHELL, user=held, regulator=afsa, role="administrator")
    before = written()
    for args, words in (
        (("NOBODY", first.email, held.email), "There is no regulator NOBODY. There are: AFM, AFSA."),
        (("AFSA", first.email, founder.email), f"No member of staff has the e-mail {founder.email}."),
        (("AFSA", first.email, first.email), "two accounts of one person"),
        (("AFSA", first.email, twin.email), "two accounts of one person"),
        (("AFSA", first.email, held.email), "holds the role already"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("appoint_administrators", *args)
    assert written() == before
