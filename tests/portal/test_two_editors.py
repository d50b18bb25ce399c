"""Two editors of a firm answer one request at the same time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications.models import RequestPoint
from applications.services import requests
from tests.plugins.cases import accept, fresh, new_applicant
from workflow.errors import Conflict


@pytest.fixture
def asked(submitted_afm_case, afm_staff):
    """A request of two points, sent."""
    accept(submitted_afm_case, afm_staff.case_officer)
    written = requests.write_request(
        actor=afm_staff.reviewer, case=submitted_afm_case, due_on=timezone.localdate() + timedelta(days=10),
        points=[{"requirement": "N-BP-01", "question": "Which form exactly?"},
                {"requirement": "N-BP-06", "question": "Which platform exactly?"}],
    )  # fmt: skip
    return requests.send_request(actor=afm_staff.reviewer, request=written, expected_version=0)


@pytest.fixture
def colleague(submitted_afm_case):
    other = new_applicant("Saule Second")
    Membership.objects.create(user=other, firm=submitted_afm_case.firm, role="editor")
    return other


@pytest.fixture
def page(asked):
    return reverse("portal:request", args=[asked.application_id, asked.number])


def fields_of(response):
    """What a browser would send back from this page."""
    fields = {"version": str(response.context["asked"].version), "act": "later"}
    for row in response.context["rows"]:
        form = row["form"]
        for name in ("text", "version"):
            fields[form.add_prefix(name)] = str(form[name].value())
        shown = form.data.get(form.add_initial_prefix("text"), form["text"].initial)
        fields[form.add_initial_prefix("text")] = shown
    return fields


def answers(asked):
    return list(asked.points.values_list("answer", flat=True))


def test_each_of_two_editors_answers_a_point_of_their_own(asked, page, browser, signed_in, colleague):
    other = signed_in(colleague)
    mine, theirs = fields_of(browser.get(page)), fields_of(other.get(page))
    assert browser.post(page, mine | {"p1-text": "A JSC."}).status_code == 302
    assert other.post(page, theirs | {"p2-text": "Linux."}).status_code == 302
    assert answers(asked) == ["A JSC.", "Linux."]


def test_the_second_answer_to_one_point_is_a_conflict_that_loses_nothing(
    asked, page, browser, signed_in, colleague
):
    other = signed_in(colleague)
    mine, theirs = fields_of(browser.get(page)), fields_of(other.get(page))
    assert browser.post(page, mine | {"p1-text": "A JSC."}).status_code == 302
    refused = other.post(page, theirs | {"p1-text": "An LLP.", "p2-text": "Linux.", "act": "send"})
    assert refused.status_code == 409
    assert answers(asked) == ["A JSC.", "Linux."]  # the other point is kept, and nothing is sent
    assert fresh(asked).status == "sent"
    text = refused.content.decode()
    assert "answered point 1 while your page was open" in text
    assert "A JSC." in text.split("What you typed is below")[0]
    typed = fields_of(refused)
    assert (typed["p1-text"], typed["p2-text"]) == ("An LLP.", "Linux.")
    assert other.post(page, typed).status_code == 302
    assert answers(asked) == ["An LLP.", "Linux."]


def test_the_conflict_page_shows_the_newer_answers_that_were_not_touched(
    asked, page, browser, signed_in, colleague
):
    other = signed_in(colleague)
    mine, theirs = fields_of(browser.get(page)), fields_of(other.get(page))
    assert browser.post(page, mine | {"p1-text": "A JSC.", "p2-text": "Linux."}).status_code == 302
    refused = other.post(page, theirs | {"p1-text": "An LLP."})
    assert refused.status_code == 409
    assert fields_of(refused)["p2-text"] == "Linux."


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_the_same_moment_one_wins(asked, firm_user, colleague):
    point = RequestPoint.objects.select_related("request").filter(request=asked).first()
    gate, outcomes = threading.Barrier(2), {}

    def answer(actor):
        gate.wait()
        try:
            requests.answer_point(actor=actor, point=point, expected_version=0, text=actor.full_name)
            outcomes[actor.full_name] = "kept"
        except Conflict:
            outcomes[actor.full_name] = "refused"
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[user]) for user in (firm_user, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == ["kept", "refused"]
    assert (outcomes[fresh(point).answer], fresh(point).version) == ("kept", 1)


def test_keeping_what_is_saved_throws_away_what_was_typed(asked, page, browser, signed_in, colleague):
    other = signed_in(colleague)
    mine, opened = fields_of(browser.get(page)), other.get(page)
    theirs = fields_of(opened) | {"typed_mark": opened.context["typed_page"].mark}
    browser.post(page, mine | {"p1-text": "A JSC."})
    refused = other.post(page, theirs | {"p1-text": "An LLP."})
    text = refused.content.decode()
    assert '<dd class="prose"><p>A JSC.</p></dd>' in text
    assert '<dd class="prose"><p>An LLP.</p></dd>' in text
    assert fields_of(other.get(page))["p1-text"] == "An LLP."  # kept, for another day
    seal = {"typed_mark": refused.context["typed_page"].mark}
    assert other.post("/applications/typed/away/", fields_of(refused) | seal).url == page
    assert fields_of(other.get(page))["p1-text"] == "A JSC."
