"""What was written about a case, as staff see it: to whom, when, and whether it arrived."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.models import Snapshot
from applications.queries.told import OF_WHAT_IS_NOT_SUBMITTED, readable_by, told_of
from audit.models import Event
from notifications.mails import MAILS
from notifications.models import Attempt, Bounce, Message, Outcome, Status
from notifications.queries import came_back_at, doubted_addresses
from notifications.services import tell
from tests.desk.conftest import at
from tests.plugins.cases import new_applicant

OUTBOX = "admin:notifications_message_change"


@pytest.fixture
def told(case_in_review, firm_user):
    """Writes one message about the case, or about ``about``, and nothing else was written before."""
    Message.objects.all().delete()

    def write(key, template="decision", to=firm_user, about=case_in_review.audit_subject, **facts):
        facts = {"context": {}, "subject_ref": case_in_review.reference, **facts}
        tell(to=to, template=template, about=about, key=key, **facts)
        return Message.objects.get(key=key)

    return write


def rows(page):
    """Of each row the text of its four cells."""
    text = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in text.split("</tr>")[:-1]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_it_says_what_to_whom_and_whether_it_arrived(told, case_in_review, afsa_staff, english, firm_user):
    for key, facts in (
        ("waits", {}),
        ("sent", {"status": Status.SENT, "sent_at": timezone.now()}),
        ("failed", {"status": Status.FAILED}),
        ("withheld", {"status": Status.WITHHELD, "withheld_because": "withdrawn"}),
        ("of a release", {"status": Status.WITHHELD, "withheld_because": "as it was written"}),
        ("kept", {"status": Status.KEPT}),
    ):
        Message.objects.filter(pk=told(key).pk).update(**facts)
    back = Attempt.objects.create(message=told("back"), outcome=Outcome.SENT, finished_at=timezone.now())
    Message.objects.filter(key="back").update(status=Status.SENT, sent_at=timezone.now())
    Bounce.objects.create(attempt=back, status="5.1.1")
    told("staff", "internal_assigned", to=afsa_staff.reviewer, internal=True)
    told("bare", "internal_submitted", to="desk@example.test", internal=True)

    found = rows(english(afsa_staff.reviewer).get(at("told", case_in_review)))

    firm = f"{firm_user.full_name} {firm_user.email}"
    staff = f"{afsa_staff.reviewer.full_name} {afsa_staff.reviewer.email}"
    whom = [[row[0], row[1]] for row in found]
    assert whom == [
        ["A case was submitted to staff", "desk@example.test"],
        ["A step waits to staff", staff],
        *[["Decision available", firm]] * 7,
    ]
    arrived = [re.sub(r" \d.*\(UTC\+5\)", " at", row[3]) for row in found]
    assert arrived == [
        "Waits to be sent",
        "Waits to be sent",
        "Came back at",
        "A notice alone: the person wants no e-mail of this kind",
        "Withheld as it was written",
        "Withheld The application was withdrawn before it was sent.",
        "Not delivered",
        "Taken by the mail server at",
        "Waits to be sent",
    ]


def test_the_text_is_for_those_who_read_the_outbox(told, case_in_review, afsa_staff, english):
    message = told("a")
    link = f'href="{reverse(OUTBOX, args=[message.pk])}"'
    for role, expected in (("reviewer", False), ("administrator", True)):
        page = english(getattr(afsa_staff, role)).get(at("told", case_in_review)).content.decode()
        assert (link in page) is expected
    assert english(afsa_staff.administrator).get(reverse(OUTBOX, args=[message.pk])).status_code == 200


def test_the_outbox_says_in_words_why_a_message_did_not_go(told, afsa_staff, english):
    Message.objects.filter(pk=told("a").pk).update(status=Status.WITHHELD, withheld_because="left the firm")
    page = english(afsa_staff.administrator).get(reverse(OUTBOX, args=[Message.objects.get().pk]))
    assert "was not of the firm any more when its turn came" in page.content.decode()


def test_a_mail_of_two_cases_is_on_both_and_read_where_both_are(
    told, case_in_review, filed, afm, afsa_staff, english
):
    cases = [case_in_review, filed(afm)]
    listed = [
        {"ref": str(case), "about": case.audit_subject, "kind": "overdue", "due": timezone.localdate()}
        for case in cases
    ]
    message = told("a", "digest", context={"items": 2, "rows": listed})
    reader = english(afsa_staff.administrator)

    assert sorted(message.about) == sorted(case.audit_subject for case in cases)
    page = reader.get(at("told", case_in_review))
    assert [row[0] for row in rows(page)] == ["Several dates"]
    assert reverse(OUTBOX, args=[message.pk]) not in page.content.decode()
    assert reader.get(reverse(OUTBOX, args=[message.pk])).status_code == 302  # to the desk: there is none


def test_what_is_about_no_case_is_read_by_whom_it_concerns(told, afsa_staff, afm_staff):
    told("licence", about="licence:AFSA-NONE")
    told("to the firm", about="")
    told("of a colleague", "internal_assigned", to=afsa_staff.reviewer, about="", internal=True)
    told(
        "sign-in",
        "security_password",
        about="",
        context={"at": timezone.now(), "browser": "x", "network": "y"},
    )
    told("to nobody's", to="a@example.test", about="")
    found = {
        name: {one.key for one in readable_by(staff.administrator, Message.objects.all())}
        for name, staff in (("afsa", afsa_staff), ("afm", afm_staff))
    }
    assert found == {
        "afsa": {"licence", "of a colleague", "to nobody's"}, "afm": {"licence", "to nobody's"},
    }  # fmt: skip


def test_nothing_of_a_draft_of_another_case_or_of_an_account(told, case_in_review, afsa_staff, english):
    for template in ("file_rejected", "file_expires", "file_expired"):
        told(template, template, context={name: timezone.localdate() for name in MAILS[template].needs})
    told("account", about="")
    told("another", about="application:00000000-0000-0000-0000-000000000000")
    before = told("before it was filed")
    filed = Snapshot.objects.get(application=case_in_review, number=1).made_at
    Message.objects.filter(pk=before.pk).update(created_at=filed - timedelta(seconds=1))
    url = at("told", case_in_review)
    reader = english(afsa_staff.administrator)

    assert "Nothing was written yet." in reader.get(url).content.decode()
    Message.objects.filter(pk=before.pk).update(created_at=filed)
    assert len(rows(reader.get(url))) == 1


@pytest.fixture
def of_the_draft(told, case_in_review):
    """One message for the regulator to see, and others about the draft and what was never submitted."""
    for template in OF_WHAT_IS_NOT_SUBMITTED:
        context = {name: timezone.localdate() for name in MAILS[template].needs}
        told(template, template, context=context | ({"left": 1} if "left" in context else {}))
    filed = Snapshot.objects.get(application=case_in_review, number=1).made_at
    before = told("before it was filed")
    Message.objects.filter(pk=before.pk).update(created_at=filed - timedelta(seconds=1))
    Message.objects.filter(pk=told("when it was filed").pk).update(created_at=filed)


def test_the_outbox_shows_no_more_of_a_case_than_its_page(of_the_draft, case_in_review, afsa_staff, english):
    on_the_page = {one.key for one in told_of(case_in_review)}
    outbox = english(afsa_staff.administrator).get(reverse("admin:notifications_message_changelist"))
    assert {row.key for row in outbox.context["cl"].result_list} == on_the_page == {"when it was filed"}


def test_of_two_cases_each_was_filed_by_then(told, case_in_review, afsa_staff, filed, afsa):
    cases = [case_in_review, filed(afsa)]
    listed = [
        {"ref": str(case), "about": case.audit_subject, "kind": "overdue", "due": timezone.localdate()}
        for case in cases
    ]
    message = told("a", "digest", context={"items": 2, "rows": listed})
    last = Snapshot.objects.filter(application__in=cases, number=1).latest("made_at").made_at
    read = readable_by(afsa_staff.administrator, Message.objects.all())
    for created_at, is_read in ((last, True), (last - timedelta(microseconds=1), False)):
        Message.objects.filter(pk=message.pk).update(created_at=created_at)
        assert read.exists() is is_read


def test_a_mail_that_lists_what_is_not_submitted_is_not_read(told, case_in_review, afsa_staff):
    """It is on the page of the case, which shows no text of it."""
    about, due = case_in_review.audit_subject, timezone.localdate()
    for kind in ("overdue", "file_expires"):
        more = {"requirement": "AML-02"} if kind == "file_expires" else {}
        row = {"ref": "KZC", "about": about, "kind": kind, "due": due, **more}
        told(kind, "digest", context={"items": 1, "rows": [row]})
    read = readable_by(afsa_staff.administrator, Message.objects.all())
    assert [one.key for one in read] == ["overdue"]
    assert {one.key for one in told_of(case_in_review)} == {"overdue", "file_expires"}


def test_older_ones_are_reached_from_the_last_one_shown(told, case_in_review, afsa_staff, english):
    made = [told(f"{number:02d}") for number in range(26)]
    reader, url = english(afsa_staff.reviewer), at("told", case_in_review)
    page = reader.get(url)
    assert len(rows(page)) == 25
    assert f'href="?before={made[1].pk}"' in page.content.decode()
    last = reader.get(f"{url}?before={made[1].pk}")
    assert (len(rows(last)), 'href="?before=' in last.content.decode()) == (1, False)
    assert reader.get(f"{url}?before=x").status_code == 404


@pytest.mark.parametrize("role", ["reviewer", "administrator"])
def test_it_asks_the_same_for_one_and_for_three(told, case_in_review, afsa_staff, english, role):
    reader, url, counts = english(getattr(afsa_staff, role)), at("told", case_in_review), []
    reader.get(url)
    for number in range(3):
        told(f"{number}", to=new_applicant(f"Person {number}"))
        with CaptureQueriesContext(connection) as queries:
            assert len(rows(reader.get(url))) == number + 1
        counts.append(len(queries))
    assert counts[0] == counts[2]


def test_the_outbox_shows_no_mail_of_a_draft_or_of_another_regulator(
    told, filed, afm, draft_case, afsa_staff, afm_staff, english
):
    told("ours")
    told("theirs", about=filed(afm).audit_subject)
    told("account", about="")
    told("of a draft", about=draft_case.audit_subject)
    found = {}
    for name, staff in (("afsa", afsa_staff), ("afm", afm_staff)):
        page = english(staff.administrator).get(reverse("admin:notifications_message_changelist"))
        found[name] = {message.key for message in page.context["cl"].queryset}
    assert found == {"afsa": {"ours"}, "afm": {"theirs"}}


@pytest.fixture
def returned(told, case_in_review):
    """A mail to the firm that came back."""
    message = told("back")
    attempt = Attempt.objects.create(message=message, outcome=Outcome.SENT, finished_at=timezone.now())
    Message.objects.filter(pk=message.pk).update(status=Status.SENT, sent_at=timezone.now(), tries=1)
    Bounce.objects.create(attempt=attempt, status="5.1.1")
    return Message.objects.get(pk=message.pk)


def again(browser, case, message):
    return browser.post(at("told", case), {"message": message.pk})


def test_a_case_officer_sends_again_what_came_back_to_the_address_that_was_mended(
    returned, case_in_review, afsa_staff, english, firm_user
):
    officer, url = english(afsa_staff.case_officer), at("told", case_in_review)
    old, about = firm_user.email, case_in_review.audit_subject
    type(firm_user).objects.filter(pk=firm_user.pk).update(email="new@example.test")
    page = officer.get(url).content.decode()
    assert (page.count("Send again"), page.count("It goes to new@example.test now.")) == (1, 1)

    assert again(officer, case_in_review, returned).url == url

    returned.refresh_from_db()
    assert (returned.email, returned.status, returned.tries) == ("new@example.test", Status.WAITING, 0)
    assert "Send again" not in officer.get(url).content.decode()
    said = Event.objects.filter(kind__in=["message.resend", "application.mail_resent"]).order_by("pk")
    assert {event.kind: (event.subject, event.actor_name, event.data) for event in said} == {
        "message.resend": (
            returned.audit_subject, afsa_staff.case_officer.full_name, {"address_changed": True}
        ),
        "application.mail_resent": (
            about, afsa_staff.case_officer.full_name,
            {"message": str(returned.uuid), "template": returned.template},
        ),
    }  # fmt: skip
    assert set(doubted_addresses(about)) == {old}  # the address of before stays in doubt, the new one is not
    assert came_back_at("new@example.test") is None


def test_with_the_same_address_it_goes_there_once_more(
    returned, case_in_review, afsa_staff, english, firm_user
):
    officer = english(afsa_staff.case_officer)
    assert "It goes to" not in officer.get(at("told", case_in_review)).content.decode()
    assert again(officer, case_in_review, returned).status_code == 302
    returned.refresh_from_db()
    assert (returned.email, returned.status) == (firm_user.email, Status.WAITING)
    assert Event.objects.get(kind="message.resend").data == {}


def test_what_arrived_or_is_of_another_case_is_not_sent_again(
    told, returned, case_in_review, afsa_staff, english
):
    officer, other = english(afsa_staff.case_officer), told("other", about="application:0")
    arrived = told("arrived")
    Message.objects.filter(pk=arrived.pk).update(status=Status.SENT, sent_at=timezone.now())
    Message.objects.filter(pk=other.pk).update(status=Status.FAILED)
    refused = again(officer, case_in_review, arrived)
    assert refused.status_code == 422
    assert "Only a message that could not be delivered" in refused.content.decode()
    for data in ({"message": other.pk}, {"message": "x"}, {}):
        refused = officer.post(at("told", case_in_review), data)
        assert refused.status_code == 422
        assert "Choose a message that was written about this case." in refused.content.decode()
    assert Event.objects.filter(kind="message.resend").count() == 0


@pytest.mark.parametrize(
    "role", ["reviewer", "specialist", "lead_reviewer", "decision_maker", "administrator"]
)
def test_others_see_that_it_came_back_and_send_nothing(returned, case_in_review, afsa_staff, english, role):
    browser = english(getattr(afsa_staff, role))
    assert "Send again" not in browser.get(at("told", case_in_review)).content.decode()
    assert again(browser, case_in_review, returned).status_code == 403
    returned.refresh_from_db()
    assert returned.status == Status.SENT
