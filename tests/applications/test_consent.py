"""Consent of each person: what is recorded, by whom, how it ends, and that a submission waits for it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from applications.conditions import submission
from applications.models import Consent
from applications.queries.consents import last_consents
from applications.queries.law import home_of
from applications.services import assessment, consents, drafting, requests
from applications.services.people import PERSON_FIELDS, save_person
from documents.models import Document
from tests.plugins import files
from tests.plugins.cases import fresh, new_applicant
from tests.plugins.own_part import a_person, invited_and_accepted, question_with_text
from workflow.errors import NotAllowed, NotReady


def test_the_record_has_every_part_of_the_notice(draft_case, firm_user, dana):
    with translation.override("en"):
        consent = consents.record_consent(
            actor=firm_user, case_id=draft_case.pk, person=dana, language="en", reference=" Safe 3 "
        )
    assert (consent.given, consent.how, consent.paper_reference) == (True, "paper", "Safe 3")
    assert (consent.text_version, consent.language) == ("2026-11-28", "en")
    assert (consent.operator, consent.operator_bin) == (draft_case.firm.name, "")
    assert consent.third_parties == [draft_case.book.regulator_name["en"]]
    assert consent.cross_border is False
    assert len(consent.data) == 4
    assert consent.by == firm_user
    for part_of_it in (*consent.data, *consent.third_parties, consent.term, dana.full_name, consent.operator):
        assert part_of_it in consent.text


def test_a_firm_abroad_says_that_the_data_cross_the_border(draft_case, firm_user, dana):
    draft_case.firm.country = "AE"
    draft_case.firm.save()
    consent = consents.record_consent(
        actor=firm_user, case_id=draft_case.pk, person=dana, language="en", reference="Safe"
    )
    assert consent.cross_border is True
    assert "(United Arab Emirates)" in consent.text


def test_consent_on_paper_needs_the_paper_or_its_place(draft_case, firm_user, dana):
    place = {"actor": firm_user, "case_id": draft_case.pk, "person": dana, "language": "kk"}
    with pytest.raises(NotReady):
        consents.record_consent(**place, reference="  ")
    consent = consents.record_consent(**place, upload=files.upload("signed.pdf", files.pdf()))
    assert Document.objects.get() == consent.paper


def test_nobody_agrees_for_the_person_on_their_page(draft_case, firm_user, dana, part, own_user):
    place = {"case_id": draft_case.pk, "person": dana}
    with pytest.raises(NotAllowed):
        consents.give_consent(actor=firm_user, **place, language="kk")
    with pytest.raises(NotAllowed):
        consents.record_consent(actor=own_user, **place, language="kk", reference="Mine")
    given = consents.give_consent(actor=own_user, **place, language="kk")
    assert (given.how, given.language, given.by_name) == ("self", "kk", own_user.full_name)
    withdrawn = consents.withdraw_consent(actor=own_user, **place, how="self")
    assert last_consents(draft_case) == {dana.pk: withdrawn}
    with pytest.raises(NotReady):
        consents.withdraw_consent(actor=own_user, **place, how="self")


def test_a_withdrawal_stops_further_answers(draft_case, firm_user, dana):
    place = {"actor": firm_user, "case_id": draft_case.pk, "person": dana}
    question, _with_file = question_with_text(draft_case)
    answer = {"requirement": question.requirement.code, "value": {}}
    drafting.save_answer(**place, **answer)
    consents.record_consent(**place, language="en", reference="Safe")
    drafting.save_answer(**place, **answer)
    with pytest.raises(NotReady):
        consents.withdraw_consent(**place, how="paper")
    consents.withdraw_consent(**place, how="paper", reference="Letter of 3 May")
    with pytest.raises(NotReady, match="has withdrawn the consent"):
        drafting.save_answer(**place, **answer)
    other = a_person(draft_case, firm_user, "Ерлан")
    drafting.save_answer(**{**place, "person": other}, **answer)


def test_a_submission_waits_for_everybody(draft_case, firm_user, dana):
    def words():
        return [reason.text for reason in submission.consents_given(draft_case, {})]

    place = {"actor": firm_user, "case_id": draft_case.pk, "person": dana}
    assert words() == [f"{dana.full_name}: record the consent of this person."]
    consents.record_consent(**place, language="en", reference="Safe")
    assert words() == []
    consents.withdraw_consent(**place, how="paper", reference="Letter")
    told = "the consent is withdrawn. Take the person out, or record a new consent."
    assert words() == [f"{dana.full_name}: {told}"]
    consents.record_consent(**place, language="en", reference="Safe")
    assert words() == []


@pytest.mark.django_db(transaction=True)
def test_what_was_agreed_to_is_never_changed(draft_case, firm_user):
    person = a_person(draft_case, firm_user, "Дана")
    consents.record_consent(
        actor=firm_user, case_id=draft_case.pk, person=person, language="en", reference="Safe"
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.update(given=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.all().delete()


def test_the_person_reads_the_notice_in_their_language_and_agrees(
    draft_case,
    firm_user,
    own_user,
    dana,
    signed_in,
):
    part = invited_and_accepted(draft_case, firm_user, dana, own_user)
    browser = signed_in(own_user)
    own = reverse("portal:own", args=[part.pk])
    question, _with_file = question_with_text(draft_case)
    at_question = reverse("portal:own_question", args=[part.pk, question.requirement.code])
    url = reverse("portal:own_consent", args=[part.pk])
    assert browser.get(at_question).url == url
    assert browser.post(at_question, {"version": "0"}).url == url
    page = browser.get(url).content.decode()
    assert draft_case.firm.name in page
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {"agreed": "on"}).url == own
    assert Consent.objects.get().text in page.replace("&#x27;", "'") or Consent.objects.get().language == "en"
    assert browser.get(at_question).status_code == 200
    assert browser.post(url, {}).url == own
    assert Consent.objects.filter(given=False).count() == 1
    assert 'id="typed"' not in browser.get(at_question).content.decode()


def test_the_firm_records_the_paper_and_the_letter_on_its_page(
    draft_case,
    firm_user,
    dana,
    signed_in,
):
    browser = signed_in(firm_user)
    url = reverse("portal:person_consent", args=[draft_case.pk, dana.pk])
    empty = browser.post(url, {"language": "kk"})
    assert empty.status_code == 422
    assert empty.content.decode().count("Add the signed paper, or say where it is kept.") == 2
    sent = {"language": "kk", "paper": files.upload("signed.pdf", files.pdf())}
    assert browser.post(url, sent).url == url
    page = browser.get(url).content.decode()
    assert "signed.pdf" in page
    assert 'lang="kk"' in page
    assert browser.post(url, {"letter": "Folder 2"}).url == url
    page = browser.get(url).content.decode()
    assert "Folder 2" in page
    assert "Consent withdrawn" in page
    assert [one.given for one in Consent.objects.order_by("at")] == [True, False]


def test_after_a_withdrawal_no_point_is_answered_and_no_record_changed(
    asked_case, afsa_staff, firm_user, own_user, signed_in
):
    """The notice promises that nothing more is recorded."""
    stage = asked_case.stages.get(code=home_of(asked_case, "people"))
    assessment.request_changes(
        actor=afsa_staff.reviewer, stage=stage, expected_version=stage.version, reason="Look again."
    )
    person = a_person(asked_case, firm_user, "Дана")
    part = invited_and_accepted(asked_case, firm_user, person, own_user)
    rule = next(r for r in asked_case.book.requirements if r.per_person)
    written = requests.write_request(
        actor=afsa_staff.reviewer, case=asked_case, due_on=timezone.localdate() + timedelta(days=9),
        points=[{"requirement": rule.code, "person": person, "question": "Since when?"}],
    )  # fmt: skip
    requests.send_request(actor=afsa_staff.reviewer, request=written, expected_version=0)
    point, browser = written.points.get(), signed_in(own_user)
    url = reverse("portal:own_point", args=[part.pk, point.pk])
    assert browser.get(url).url == reverse("portal:own_consent", args=[part.pk])
    about = {"actor": fresh(own_user), "case_id": asked_case.pk, "person": person}
    consents.give_consent(**about, language="kk")
    assert 'id="typed"' in browser.get(url).content.decode()
    consents.withdraw_consent(**about, how="self")
    page = browser.get(url).content.decode()
    assert ('id="typed"' in page, "You withdrew your consent" in page) == (False, True)
    sent = {"p1-text": "All the same", "p1-version": "0", "p1-files": [files.upload("x.pdf", files.pdf())]}
    assert browser.post(url, sent).status_code == 422
    point.refresh_from_db()
    assert (point.answer, point.files.count(), Document.objects.count()) == ("", 0, 0)
    with pytest.raises(NotReady, match="withdrawn the consent"):
        a_person_again(asked_case, firm_user, person)


def a_person_again(case, actor, person):
    fields = {name: getattr(person, name) for name in PERSON_FIELDS}
    post = case.posts.filter(person=person).first().function
    return save_person(actor=actor, case_id=case.pk, person=person, functions=[post], **fields)


# --- the person is the one who works for the firm


@pytest.fixture
def oneself(draft_case, firm_user):
    """The person of the case whose number the account of the firm has on record."""
    person = a_person(draft_case, firm_user, "Дана")
    type(person).objects.filter(pk=person.pk).update(human=firm_user.human)
    return fresh(person)


def test_who_is_the_person_agrees_and_withdraws_by_themselves(draft_case, firm_user, oneself, signed_in):
    browser = signed_in(firm_user)
    page = reverse("portal:person_consent", args=[draft_case.pk, oneself.pk])
    assert "This is you" in browser.get(page).content.decode()
    refused = browser.post(page, {"act": "self"})
    assert (refused.status_code, "Tick the box if you agree" in refused.content.decode()) == (422, True)
    assert browser.post(page, {"act": "self", "agreed": "on"}).url == page
    given = Consent.objects.get()
    assert (given.given, given.how, given.by, given.paper) == (True, Consent.SELF, firm_user, None)
    assert browser.post(page, {"act": "self"}).url == page
    assert [(one.given, one.how) for one in Consent.objects.order_by("pk")] == [
        (True, "self"),
        (False, "self"),
    ]


def test_nobody_else_agrees_for_them(draft_case, firm_user, oneself, dana, signed_in):
    browser = signed_in(firm_user)
    page = reverse("portal:person_consent", args=[draft_case.pk, dana.pk])
    assert "This is you" not in browser.get(page).content.decode()
    assert browser.post(page, {"act": "self", "agreed": "on"}).status_code == 422
    with pytest.raises(NotAllowed):
        consents.give_consent(actor=firm_user, case_id=draft_case.pk, person=dana, language="en")
    firm_user.memberships.update(ended_at=timezone.now())
    with pytest.raises(NotAllowed):
        consents.give_consent(actor=fresh(firm_user), case_id=draft_case.pk, person=oneself, language="en")
    nameless = new_applicant("No Number")
    type(nameless).objects.filter(pk=nameless.pk).update(human="")
    with pytest.raises(NotAllowed):
        consents.give_consent(actor=fresh(nameless), case_id=draft_case.pk, person=oneself, language="en")
    assert not Consent.objects.exists()


def test_where_an_account_took_the_invitation_that_account_alone_agrees(
    draft_case, firm_user, oneself, own_user, signed_in
):
    """The number of an account is on its holder's own word."""
    invited_and_accepted(draft_case, firm_user, oneself, own_user)
    about = {"case_id": draft_case.pk, "person": oneself}
    with pytest.raises(NotAllowed):
        consents.give_consent(actor=firm_user, language="kk", **about)
    url = reverse("portal:person_consent", args=[draft_case.pk, oneself.pk])
    page = signed_in(firm_user).get(url)
    assert (page.status_code, page.context["own"]) == (200, None)
    consents.give_consent(actor=own_user, language="kk", **about)
    with pytest.raises(NotAllowed):
        consents.withdraw_consent(actor=firm_user, how=Consent.SELF, **about)
    assert draft_case.consents.get().by == own_user
