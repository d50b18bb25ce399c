"""What is typed is never lost: kept beside the answers, for one person and one page, until it is saved."""

import json
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from applications import asked
from applications.models import Answer, TypedText
from applications.queries.drafts import load_draft
from applications.services import consents
from applications.services.drafting import discard_application
from applications.services.people import remove_person
from applications.services.typed import LONGEST, sweep_typed
from audit.models import Event
from tests.plugins.cases import fresh, new_applicant
from tests.portal.conftest import pdf, url_of

KEEP = "/applications/typed/"
AWAY = "/applications/typed/away/"
SAME_ORIGIN = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture(autouse=True)
def _empty_cache():
    caches["quick"].clear()


@pytest.fixture
def url(draft_case):
    return url_of(draft_case, "BP-08")


@pytest.fixture
def colleague(draft_case):
    other = new_applicant("Saule Second")
    Membership.objects.create(user=other, firm=draft_case.firm, role="editor")
    return fresh(other)


def mark(browser, url):
    return browser.get(url).context["typed_page"].mark


def keep(browser, url, **fields):
    return browser.post(KEEP, {"typed_mark": mark(browser, url), **fields})


def body(response):
    return response.content.decode()


def note(page):
    return "This is what you typed" in body(page)


def test_what_is_kept_is_shown_again_with_its_time_and_is_no_answer(browser, draft_case, url):
    said = keep(browser, url, version="0", text="Half a sent")
    kept = TypedText.objects.get()
    now = f"{timezone.localtime(kept.at):%H:%M}"
    assert (said.status_code, said.json()) == (200, {"at": now})
    page = body(browser.get(url))
    assert ">\nHalf a sent</textarea>" in page
    assert f"This is what you typed at {now} and did not save. Save it, or throw it away." in page
    assert not Answer.objects.exists()
    assert fresh(draft_case).version == draft_case.version
    assert not Event.objects.filter(kind__contains="typed").exists()


def test_a_second_keeping_replaces_the_first_and_the_older_day_is_named(browser, url):
    keep(browser, url, text="One")
    keep(browser, url, text="Two")
    TypedText.objects.update(at=timezone.now() - timedelta(days=2))
    page = body(browser.get(url))
    assert ">\nTwo</textarea>" in page
    assert "This is what you typed on " in page


def test_saving_the_page_forgets_what_was_typed(browser, url):
    seal = mark(browser, url)
    browser.post(KEEP, {"typed_mark": seal, "version": "0", "text": "Half"})
    assert browser.post(url, {"typed_mark": seal, "version": "0", "text": "Whole."}).status_code == 302
    assert not TypedText.objects.exists()
    assert not note(browser.get(url))


def test_typed_text_that_is_the_same_as_the_answer_is_not_spoken_of(browser, draft_case):
    url = url_of(draft_case, "CAP-03")
    browser.post(url, {"version": "0", "amount": "1 000"})
    keep(browser, url, version="0", amount="1,000.00")
    assert not note(browser.get(url))
    keep(browser, url, version="0", amount="1,000.01")
    page = browser.get(url)
    assert note(page)
    assert 'value="1,000.01"' in body(page)


def test_a_wrong_value_is_kept_as_it_is_typed(browser, draft_case):
    url = url_of(draft_case, "CAP-03")
    keep(browser, url, version="0", amount="250 mln")
    page = browser.get(url)
    assert page.status_code == 200
    assert 'value="250 mln"' in body(page)
    assert "There is a problem" not in body(page)


def test_opening_a_page_with_typed_text_saves_nothing(browser, draft_case):
    url = reverse("portal:capital", args=[draft_case.pk, "now"])
    line = draft_case.book.capital.lines[0].code
    keep(browser, url, **{line: "77"})
    assert 'value="77"' in body(browser.get(url))
    assert not draft_case.capital.exists()


def test_it_can_be_thrown_away(browser, url):
    keep(browser, url, text="No good")
    thrown = browser.post(AWAY, {"typed_mark": mark(browser, url), "text": "No good"})
    assert thrown.url == url
    assert not TypedText.objects.exists()


def test_text_typed_on_a_stale_page_is_a_clash_when_it_is_saved(browser, signed_in, colleague, url):
    seal = mark(browser, url)
    browser.post(KEEP, {"typed_mark": seal, "version": "0", "text": "Mine."})
    signed_in(colleague).post(url, {"version": "0", "text": "Theirs."})
    page = browser.get(url)
    assert ">\nMine.</textarea>" in body(page)
    assert 'name="version" value="0"' in body(page)
    refused = browser.post(url, {"typed_mark": seal, "version": "0", "text": "Mine."})
    assert refused.status_code == 409
    assert Answer.objects.get().value == {"text": "Theirs."}
    assert TypedText.objects.get().fields["text"] == ["Mine."]


def test_nobody_else_sees_it(browser, signed_in, colleague, url):
    keep(browser, url, text="A secret of mine")
    page = signed_in(colleague).get(url)
    assert page.status_code == 200
    assert "A secret of mine" not in body(page)


def test_a_refused_page_is_kept(browser, draft_case):
    url = url_of(draft_case, "CAP-03")
    refused = browser.post(url, {"typed_mark": mark(browser, url), "version": "0", "amount": "many"})
    assert refused.status_code == 422
    assert TypedText.objects.get().fields["amount"] == ["many"]


def test_files_and_buttons_are_never_kept(browser, draft_case):
    url = url_of(draft_case, "CUS-08")
    keep(browser, url, number="3", files="a.pdf", act="later", csrfmiddlewaretoken="x", **{"p1-files": "b"})
    assert TypedText.objects.get().fields == {"number": ["3"]}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"text": "a" * (LONGEST - 200)}, 200),
        ({"text": "a" * LONGEST}, 413),
        ({"a b": "x"}, 413),
        ({f"f{n}": "" for n in range(1001)}, 413),
        ({"text": "a\0b"}, 200),
    ],
)
def test_what_can_be_kept_has_limits(browser, url, fields, status):
    assert keep(browser, url, **fields).status_code == status
    assert TypedText.objects.exists() == (status == 200)


def test_too_often_is_told_so(browser, url, monkeypatch):
    monkeypatch.setattr("applications.portal.views.typed.PER_MINUTE", 2)
    assert [keep(browser, url, text=str(n)).status_code for n in range(3)] == [200, 200, 429]


def test_without_the_mark_of_the_page_nothing_is_kept(browser, signed_in, colleague, url):
    seal = mark(browser, url)
    other = signed_in(colleague)
    for client, sent in ((browser, ""), (browser, seal[:-1] + "x"), (other, seal)):
        assert client.post(KEEP, {"typed_mark": sent, "text": "x"}).status_code == 404
    assert browser.post(AWAY, {"typed_mark": mark(other, url)}).status_code == 404
    assert not TypedText.objects.exists()


def test_who_left_the_firm_keeps_nothing(browser, firm_user, url):
    seal = mark(browser, url)
    firm_user.memberships.update(ended_at=timezone.now())
    assert browser.post(KEEP, {"typed_mark": seal, "text": "x"}).status_code == 404
    assert Client().post(url, {"typed_mark": seal, "text": "x"}).status_code == 302
    assert not TypedText.objects.exists()


def test_it_goes_with_the_draft_and_after_thirty_days(browser, firm_user, draft_case, url):
    keep(browser, url, text="x")
    TypedText.objects.update(at=timezone.now() - timedelta(days=29, hours=23))
    assert (sweep_typed(), TypedText.objects.count()) == (0, 1)
    TypedText.objects.update(at=timezone.now() - timedelta(days=30, hours=1))
    assert (sweep_typed(), TypedText.objects.count()) == (1, 0)
    keep(browser, url, text="x")
    discard_application(actor=firm_user, case=draft_case, expected_version=fresh(draft_case).version)
    assert not TypedText.objects.exists()


# --- the session ended


def test_a_form_sent_after_the_session_is_kept_and_shown_after_the_sign_in(
    browser, signed_in, colleague, firm_user, url
):
    seal = mark(browser, url)
    gone = Client()
    answer = gone.post(url, {"typed_mark": seal, "version": "0", "text": "Late."})
    assert answer.url == f"/accounts/login/?next={url}"
    assert "What you typed is kept" in body(gone.get(answer.url))
    assert not Answer.objects.exists()
    assert ">\nLate.</textarea>" in body(signed_in(firm_user).get(url))
    assert "Late." not in body(signed_in(colleague).get(url))
    assert signed_in(new_applicant("A Stranger")).get(url).status_code == 404


def test_an_upload_after_the_session_leads_back_to_the_question(browser, draft_case):
    url = url_of(draft_case, "CUS-08")
    gone = Client()
    sent = {"typed_mark": mark(browser, url), "number": "3", "files": [pdf()]}
    answer = gone.post(url + "upload/", sent)
    assert answer.url == f"/accounts/login/?next={url}"
    assert "choose them again" in body(gone.get(answer.url))
    assert TypedText.objects.get().fields == {"number": ["3"]}


def test_without_a_mark_a_visitor_leaves_nothing(url):
    assert Client().post(url, {"text": "x"}).url == f"/accounts/login/?next={url}"
    assert not TypedText.objects.exists()


def test_the_script_is_told_that_the_session_ended_and_the_text_is_kept(browser, url):
    answer = Client().post(KEEP, {"typed_mark": mark(browser, url), "text": "Late."})
    assert answer.status_code == 401
    assert TypedText.objects.get().fields == {"text": ["Late."]}


# --- the token was too old


@pytest.fixture
def strict(firm_user):
    """A browser whose forms are checked for the token, as outside tests."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(firm_user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_form_with_an_old_token_is_kept_and_leads_back(strict, url):
    seal = mark(strict, url)
    page = strict.post(url, {"typed_mark": seal, "version": "0", "text": "Long open."}, **SAME_ORIGIN)
    assert page.status_code == 403
    assert "This page was open too long" in body(page)
    assert f'href="{url}"' in body(page)
    assert not Answer.objects.exists()
    assert ">\nLong open.</textarea>" in body(strict.get(url))


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_REFERER": "https://evil.example/"},
        {},
    ],
)
def test_a_form_of_another_site_leaves_nothing_and_is_not_shown(strict, url, headers):
    sent = {"typed_mark": mark(strict, url), "text": "Planted words"}
    page = strict.post(url, sent, **headers)
    assert page.status_code == 403
    assert "Planted words" not in body(page)
    assert not TypedText.objects.exists()


def test_a_form_without_a_mark_is_shown_and_can_be_sent_once_more(strict, draft_case):
    url = reverse("portal:withdraw", args=[draft_case.pk])
    page = strict.post(url, {"text": "Because <b>", "version": "0"}, HTTP_ORIGIN="http://testserver")
    assert "<p>Because &lt;b&gt;</p>" in body(page)
    assert f'<form action="{url}"' in body(page)
    assert page.content.count(b"csrfmiddlewaretoken") == 1
    token = body(page).split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = {"text": "Because <b>", "version": "0", "csrfmiddlewaretoken": token}
    assert strict.post(url, again).status_code != 403


def test_a_password_is_never_shown(strict):
    page = Client(enforce_csrf_checks=True).post(
        "/accounts/login/", {"login": "a@example.test", "password": "hush-hush"}, **SAME_ORIGIN
    )
    assert page.status_code == 403
    assert "hush-hush" not in body(page)


def test_the_old_page_of_another_account_is_kept_for_its_owner_alone(
    strict, browser, signed_in, colleague, url
):
    seal = mark(browser, url)
    other = Client(enforce_csrf_checks=True)
    other.force_login(colleague, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = other.post(url, {"typed_mark": seal, "text": "Of the first"}, **SAME_ORIGIN)
    assert "Another account has signed in" in body(page)
    assert "Of the first" not in body(page)
    assert "Of the first" not in body(other.get(url))
    assert ">\nOf the first</textarea>" in body(browser.get(url))


# --- a fault


def test_a_fault_shows_what_was_typed_and_it_can_be_sent_once_more(browser, monkeypatch, url, firm_user):
    def fails(**_kwargs):
        raise ZeroDivisionError

    seal = mark(browser, url)
    browser.raise_request_exception = False
    sent = {"typed_mark": seal, "version": "0", "text": "A long answer."}
    with monkeypatch.context() as patch:
        patch.setattr("applications.services.drafting.save_answer", fails)
        page = browser.post(url, sent, **SAME_ORIGIN)
        foreign = browser.post(url, sent, HTTP_SEC_FETCH_SITE="cross-site")
    assert (page.status_code, foreign.status_code) == (500, 500)
    assert "<p>A long answer.</p>" in body(page)
    assert "Send it once more" in body(page)
    assert "A long answer." not in body(foreign)
    assert ">\nA long answer.</textarea>" in body(browser.get(url))
    assert browser.post(url, sent).status_code == 302
    assert Answer.objects.get().value == {"text": "A long answer."}
    assert not TypedText.objects.exists()


# --- the language


def test_the_language_switch_keeps_the_page_and_the_text_without_a_warning(browser, firm_user, url):
    seal = mark(browser, url)
    sent = {"typed_mark": seal, "version": "0", "text": "Жартылай", "language": "kk", "files": ""}
    answer = browser.post(f"/language/?next={url}", sent)
    assert answer.url == url
    page = browser.get(url)
    assert '<html lang="kk">' in body(page)
    assert ">\nЖартылай</textarea>" in body(page)
    assert page.context["typed_page"].at is None
    assert list(page.context["messages"]) == []
    assert browser.get(url).context["typed_page"].at is not None
    assert fresh(firm_user).language == "kk"


def test_the_language_switch_says_that_chosen_files_are_lost(browser, draft_case):
    url = url_of(draft_case, "CUS-08")
    sent = {"typed_mark": mark(browser, url), "number": "1", "files": "plan.pdf", "language": "en"}
    browser.post(f"/language/?next={url}", sent)
    assert "choose them again" in body(browser.get(url))


def test_the_language_goes_with_the_account_to_another_browser(firm_user, custody_firm):
    from tests.plugins.cases import PASSWORD

    firm_user.language = "ru"
    firm_user.save()
    new = Client(HTTP_ACCEPT_LANGUAGE="en")
    new.post("/accounts/login/", {"login": firm_user.email, "password": PASSWORD})
    assert '<html lang="ru">' in body(new.get("/help/"))


def test_the_default_button_of_the_form_is_no_language(browser, url):
    """Enter in a field presses the first button of the form in the page."""
    page = body(browser.get(url))
    first = page.index('form="typed"')
    assert 'name="language"' not in page[first - 60 : page.index(">", first)]


# --- every page


def test_every_form_page_of_the_portal_keeps_what_is_typed(browser, draft_case, add_person):
    person = add_person(1)
    case = draft_case.pk
    pages = {
        reverse("portal:person", args=[case]): {"given_names": "Әлия", "functions": ["seo"]},
        reverse("portal:person", args=[case, person.pk]): {"given_names": "Ғалия", "born_on_day": "31"},
        reverse("portal:capital", args=[case, "grant"]): {draft_case.book.capital.lines[0].code: "x"},
        reverse("portal:ownership", args=[case]): {"name": "Holding LLP", "kind": "trust"},
        reverse("portal:accounts_rate", args=[case]): {"source": "The bank"},
    }
    for url, fields in pages.items():
        assert keep(browser, url, **fields).status_code == 200
        page = browser.get(url)
        assert note(page), url
        for name, value in fields.items():
            shown = page.context["form"][name.removesuffix("_day")].value()
            assert value in (shown, *([shown[0]] if name.endswith("_day") else [])), (url, name)


@pytest.fixture
def pages_of_the_firm(custody_firm):
    """Pages that belong to no case, with something typed on each."""
    firm = [custody_firm.pk]
    return {
        reverse("portal:meetings"): {"topics": "Half a topic", "wished": "Mondays", "spoken": "kk"},
        reverse("portal:advisers", args=firm): {"email": "adviser@", "role": "editor", "scope": ["aml"]},
        reverse("portal:firm_correct", args=firm): {"name": "Altyn Custody", "bin": "12"},
    }


def test_pages_without_a_case_keep_what_is_typed_too(browser, signed_in, firm_user, pages_of_the_firm):
    for url, fields in pages_of_the_firm.items():
        assert keep(browser, url, **fields).status_code == 200
        page = browser.get(url)
        assert note(page), url
        assert {name: page.context["form"][name].value() for name in fields} == fields
        assert TypedText.objects.get(path=url).application is None
        gone = Client().post(url, {"typed_mark": page.context["typed_page"].mark, **fields, "topics": "Late"})
        assert gone.url == f"/accounts/login/?next={url}"
        assert TypedText.objects.get(path=url).fields["topics"] == ["Late"]
        assert browser.post(AWAY, {"typed_mark": page.context["typed_page"].mark}).url == url
        assert not note(browser.get(url)), url
    assert not TypedText.objects.exists()


def test_a_refused_page_without_a_case_is_kept_and_a_saved_one_is_forgotten(browser, custody_firm):
    url = reverse("portal:firm_correct", args=[custody_firm.pk])
    seal = mark(browser, url)
    stored = {name: value or "" for name, value in browser.get(url).context["form"].initial.items()}
    assert browser.post(url, {"typed_mark": seal, **stored, "name": ""}).status_code == 422
    assert TypedText.objects.get().fields["name"] == [""]
    assert browser.post(url, {"typed_mark": seal, **stored, "name": "Another name"}).status_code == 302
    assert not TypedText.objects.exists()


def test_who_left_the_firm_keeps_nothing_of_its_pages(browser, firm_user, pages_of_the_firm):
    url = next(iter(pages_of_the_firm))
    seal = mark(browser, url)
    firm_user.memberships.update(ended_at=timezone.now())
    assert browser.post(KEEP, {"typed_mark": seal, "topics": "x"}).status_code == 404
    assert not TypedText.objects.exists()


def test_the_language_switch_leaves_the_language_of_a_meeting_alone(browser, pages_of_the_firm):
    url = reverse("portal:meetings")
    sent = {"typed_mark": mark(browser, url), **pages_of_the_firm[url], "language": "ru"}
    browser.post(f"{reverse('set_language')}?next={url}", sent)
    page = browser.get(url)
    assert page.context["form"]["spoken"].value() == "kk"
    assert 'lang="ru"' in body(page)


def test_the_paper_of_a_mandate_is_named_as_lost_after_the_session(browser, custody_firm):
    adviser = new_applicant("Ерлан Adviser")
    held = Membership.objects.create(
        user=adviser, firm=custody_firm, role="viewer", kind="adviser",
        valid_from=timezone.localdate(), until=timezone.localdate(),
    )  # fmt: skip
    url = reverse("portal:adviser", args=[held.pk])
    gone = Client()
    answer = gone.post(url, {"typed_mark": mark(browser, url), "file": pdf()})
    assert answer.url == f"/accounts/login/?next={url}"
    assert "choose them again" in body(gone.get(answer.url))
    assert TypedText.objects.get().fields == {}


def test_the_own_part_of_a_person_keeps_it_from_the_firm(
    browser, signed_in, draft_case, dana, part, own_user
):
    consents.give_consent(actor=own_user, case_id=draft_case.pk, person=dana, language="kk")
    asked_of = [q for q in asked.questions(load_draft(draft_case)) if q.person_id == dana.pk]
    code = next(q.requirement.code for q in asked_of if not q.requirement.mandatory)
    url, theirs = reverse("portal:own_question", args=[part.pk, code]), signed_in(own_user)
    assert keep(theirs, url, version="0", declined="Of me alone").status_code == 200
    assert "Of me alone" in body(theirs.get(url))
    assert browser.get(url).status_code == 404
    remove_person(actor=draft_case.created_by, case_id=draft_case.pk, person=dana)
    assert not TypedText.objects.exists()


def test_typed_text_costs_one_query_however_much_there_is(browser, url, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as empty:
        browser.get(url)
    keep(browser, url, text="x" * 1000)
    with CaptureQueriesContext(connection) as full:
        browser.get(url)
    assert len(full) == len(empty)
    assert len([q for q in full if "typedtext" in q["sql"]]) == 1


def test_the_row_holds_what_was_sent_and_nothing_else(browser, draft_case, firm_user, url):
    keep(browser, url, version="0", text="x")
    row = TypedText.objects.get()
    assert (row.user_id, row.application_id, row.path) == (firm_user.pk, draft_case.pk, url)
    assert json.loads(json.dumps(row.fields)) == {"version": ["0"], "text": ["x"]}
