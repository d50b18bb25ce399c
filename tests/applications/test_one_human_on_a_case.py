"""One human is on one side of a case and never on the firm's, whatever account and number they come by."""

import pytest
from django.urls import reverse

from accounts import services as accounts
from accounts.identifiers import human_hash
from accounts.models import User
from applications.models import Person
from applications.rules import is_without_conflict
from applications.samples.numbers import sample_iin
from applications.services import assessment, submission
from tests.plugins.cases import PASSWORD, SHELL, accept, email_of, fresh
from tests.portal.conftest import signed
from workflow import duties
from workflow.errors import NotAllowed, NotReady

IIN = sample_iin(born="900228", century_digit=3, serial=12)
PASSPORT = "N7654321"


def member(**papers):
    return accounts.create_staff(
        actor=SHELL, email=email_of("staff"), full_name="Dana Twice", password=PASSWORD, **papers
    )


@pytest.fixture
def nameless(filled_afm_case, firm_user):
    """The signatory signed up by e-mail: nobody knows who that is."""
    User.objects.filter(pk=firm_user.pk).update(human="")
    return fresh(firm_user)


def test_whoever_examined_by_the_iin_does_not_decide_by_the_passport(draft_case):
    first, second = member(iin=IIN, passport=PASSPORT), member(passport=PASSPORT, citizenship="GB")
    duties.take(case=draft_case.duty_case, actor=first, side="examine", act="assess")
    with pytest.raises(NotAllowed, match="under this account or another"):
        duties.check(case=draft_case.duty_case, actor=second, side="decide")


def test_a_reviewer_whom_the_firm_names_by_the_passport_has_a_conflict(submitted_afm_case):
    reviewer = member(iin=IIN, passport=PASSPORT)
    assert is_without_conflict(reviewer, fresh(submitted_afm_case)) is True
    person = submitted_afm_case.posts.first().person
    Person.objects.filter(pk=person.pk).update(human=human_hash(PASSPORT))
    assert is_without_conflict(reviewer, fresh(submitted_afm_case)) is False
    assert is_without_conflict(member(passport="AA0001", citizenship="GB"), fresh(submitted_afm_case)) is True


def submit(case, signatory, **fields):
    return submission.submit_application(
        actor=signatory, case=case, expected_version=case.version, declaration="True.", role="Director",
        **fields,
    )  # fmt: skip


def test_a_signatory_whom_nobody_knows_says_who_they_are(filled_afm_case, nameless):
    with pytest.raises(NotReady, match="Give your IIN"):
        submit(filled_afm_case, nameless)
    assert fresh(filled_afm_case).state == "draft"
    submit(filled_afm_case, nameless, identifier=IIN)
    assert fresh(filled_afm_case).state == "submitted"
    assert fresh(nameless).human == member(iin=IIN).human


def test_a_refused_submission_keeps_no_identity(draft_case, firm_user):
    User.objects.filter(pk=firm_user.pk).update(human="")
    with pytest.raises(NotReady, match="Complete the stage"):
        submit(draft_case, fresh(firm_user), identifier=IIN)
    assert fresh(firm_user).human == ""


def test_a_reviewer_who_signed_for_the_firm_has_a_conflict(filled_afm_case, nameless, afm_staff):
    submit(filled_afm_case, nameless, identifier=IIN)
    accept(fresh(filled_afm_case), afm_staff.case_officer)
    User.objects.filter(pk=afm_staff.reviewer.pk).update(human=member(iin=IIN, passport=PASSPORT).human)
    stage = filled_afm_case.stages.first()
    with pytest.raises(NotAllowed):
        assessment.take_stage(actor=fresh(afm_staff.reviewer), stage=stage, expected_version=stage.version)


def test_the_page_asks_a_signatory_whom_nobody_knows(filled_afm_case, nameless, signed_in):
    url, browser = reverse("portal:declare", args=[filled_afm_case.pk]), signed_in(nameless)
    data = signed(browser.get(url).content.decode())
    unsaid = browser.post(url, data)
    assert (unsaid.status_code, list(unsaid.context["form"].errors)) == (422, ["identifier"])
    assert browser.post(url, {**data, "identifier": "12"}).status_code == 422
    assert browser.post(url, {**data, "identifier": PASSPORT}).url == reverse(
        "portal:submitted", args=[filled_afm_case.pk]
    )


def test_the_page_does_not_ask_one_who_is_known(filled_afm_case, firm_user, signed_in):
    url = reverse("portal:declare", args=[filled_afm_case.pk])
    assert "identifier" not in signed_in(firm_user).get(url).context["form"].fields
