"""The pages of an invitation: what the firm is told, the mail, and the wing of the person."""

import re

from django.core import mail
from django.urls import reverse

from applications import asked
from applications.models import Answer, PersonAccess
from applications.queries.drafts import load_draft
from applications.services import consents
from tests.plugins import files
from tests.plugins.cases import new_applicant
from tests.plugins.own_part import CANARY, write_privately


def body(response):
    return response.content.decode()


def invite_url(case, person):
    return reverse("portal:person_invite", args=[case.pk, person.pk])


def test_an_editor_invites_and_the_person_accepts(browser, draft_case, dana, own_user, signed_in):
    url = invite_url(draft_case, dana)
    assert "What becomes private" in body(browser.get(url))
    wrong = browser.post(url, {"email": "nobody", "language": "kk"})
    assert wrong.status_code == 422
    assert not mail.outbox
    assert browser.post(url, {"email": own_user.email, "language": "kk"}).url == url
    [sent] = mail.outbox
    assert sent.to == [own_user.email]
    assert dana.full_name not in sent.body + sent.subject
    link = re.search(r"https?://[^/]+(/applications/invited/\S+)", sent.body)[1]
    access = PersonAccess.objects.get()
    assert (access.language, access.email) == ("kk", own_user.email)
    theirs = signed_in(own_user)
    offered = body(theirs.get(link))
    assert draft_case.firm.name in offered
    assert "What becomes private" in offered
    assert body(signed_in(new_applicant()).post(link)).count("sent to another e-mail") == 1
    taken = theirs.post(link)
    assert taken.url == reverse("portal:own_consent", args=[access.pk])
    assert theirs.get(link).status_code == 404
    home = body(theirs.get(reverse("portal:home")))
    assert reverse("portal:own", args=[access.pk]) in home
    assert "Answers privately" in body(browser.get(reverse("portal:people", args=[draft_case.pk])))


def test_a_visitor_with_the_link_is_shown_the_way_to_sign_in(client, browser, draft_case, dana):
    browser.post(invite_url(draft_case, dana), {"email": "dana@example.test", "language": "en"})
    link = re.search(r"/applications/invited/\S+", mail.outbox[0].body)[0]
    page = body(client.get(link))
    assert f"next={link}" in page
    assert "Accept, and read the privacy notice" not in page
    client.post(link)
    assert PersonAccess.objects.get().accepted_at is None


def test_an_invitation_is_withdrawn(browser, draft_case, dana, own_user, signed_in):
    url = invite_url(draft_case, dana)
    browser.post(url, {"email": own_user.email, "language": "en"})
    link = re.search(r"/applications/invited/\S+", mail.outbox[0].body)[0]
    assert browser.post(url, {"act": "withdraw"}).status_code == 302
    assert signed_in(own_user).get(link).status_code == 404
    assert browser.post(url, {"act": "withdraw"}).status_code == 404


def test_the_person_answers_on_their_own_pages(draft_case, dana, part, own_user, signed_in):
    consents.give_consent(actor=own_user, case_id=draft_case.pk, person=dana, language="kk")
    theirs = signed_in(own_user)
    own = reverse("portal:own", args=[part.pk])
    questions = [q for q in asked.questions(load_draft(draft_case)) if q.person_id]
    page = body(theirs.get(own))
    assert page.count('<li class="task">') == len(questions)
    for other in questions:
        assert reverse("portal:own_question", args=[part.pk, other.requirement.code]) in page
    question = next(
        q for q in questions if "documents" in q.requirement.evidence and not q.requirement.mandatory
    )
    url = reverse("portal:own_question", args=[part.pk, question.requirement.code])
    page = body(theirs.get(url))
    assert 'data-why="person"' in page
    assert "Only you see your answer" in page
    sent = {"version": "0", "act": "stay", "files": [files.upload("mine.pdf", files.pdf())]}
    assert theirs.post(url, sent).url == url
    answer = Answer.objects.get()
    assert answer.updated_by == own_user
    stale = theirs.post(url, {"version": "0", "declined_as": "not_applicable", "declined": "Another word"})
    assert stale.status_code == 409
    assert "Another word" in body(stale)
    instead = {"declined_as": "not_applicable", "declined": CANARY}
    refused = theirs.post(url, {"version": "1", **instead})
    assert (refused.status_code, "There are files here" in body(refused)) == (422, True)
    document = answer.files.get().document
    assert document.name in body(theirs.get(url))
    assert theirs.get(reverse("portal:document", args=[document.pk])).status_code == 200
    assert theirs.post(url + "detach/", {"version": "1", "document": str(document.pk)}).url == url
    assert answer.files.filter(removed_at=None).count() == 0
    assert theirs.post(url, {"version": "2", **instead}).url == own
    of_firm = next(q for q in asked.questions(load_draft(draft_case)) if q.person_id is None)
    for code in (of_firm.requirement.code, "NO-SUCH"):
        assert theirs.get(reverse("portal:own_question", args=[part.pk, code])).status_code == 404


def test_somebody_else_finds_nothing_there(draft_case, firm_user, part, signed_in):
    for user in (firm_user, new_applicant()):
        browser = signed_in(user)
        for name in ("own", "own_consent", "own_return"):
            assert browser.get(reverse(f"portal:{name}", args=[part.pk])).status_code == 404


def test_the_person_gives_the_part_back(draft_case, dana, part, own_user, signed_in):
    write_privately(draft_case, own_user, dana)
    theirs = signed_in(own_user)
    url = reverse("portal:own_return", args=[part.pk])
    assert theirs.post(url, {}).status_code == 422
    assert theirs.post(url, {"answers": "leave"}).url == reverse("portal:home")
    assert theirs.get(reverse("portal:own", args=[part.pk])).status_code == 404
    assert Answer.objects.filter(person=dana).exists()


def test_the_firm_sees_the_status_on_the_question(browser, draft_case, firm_user, dana, part, own_user):
    question, _with_file, _document = write_privately(draft_case, own_user, dana)
    url = reverse(
        "portal:question",
        args=[draft_case.pk, question.requirement.stage, question.requirement.code, dana.pk],
    )
    page = body(browser.get(url))
    assert "The person answers this on a page of their own." in page
    assert "Answered by the person on" in page
    assert "Save and continue" not in page
