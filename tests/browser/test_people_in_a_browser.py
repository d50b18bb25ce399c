"""The pages of people and of an invited person: nothing that axe finds, nothing cut off at 320 pixels."""

import os

import pytest
from django.urls import reverse

from applications import asked
from applications.queries.drafts import load_draft
from applications.services import private
from tests.plugins.own_part import a_person, write_privately

SHOTS = os.environ.get("SCREENSHOTS", "")


def firm_pages(case, person):
    of_person = ("person", "person_questions", "person_invite", "person_consent", "person_remove")
    return [
        ("people", reverse("portal:people", args=[case.pk])),
        *((name, reverse(f"portal:{name}", args=[case.pk, person.pk])) for name in of_person),
    ]


def own_pages(case, part):
    code = next(
        q for q in asked.questions(load_draft(case)) if q.person_id == part.person_id
    ).requirement.code
    return [
        *((name, reverse(f"portal:{name}", args=[part.pk])) for name in ("own", "own_consent", "own_return")),
        ("own_question", reverse("portal:own_question", args=[part.pk, code])),
    ]


@pytest.mark.django_db(transaction=True)
def test_people_and_their_own_pages(open_page, sign_in, axe, draft_case, firm_user, dana, part, own_user):
    for name in ("Ғалым Әділұлы", "Сұлтанбек-Нұрмұхамед", "Ұлжан", "Айгүл", "Өмір", "Қайрат", "Іңкәр"):
        a_person(draft_case, firm_user, name)
    write_privately(draft_case, own_user, dana)
    waiting = a_person(draft_case, firm_user, "Ерлан")
    _access, token = private.invite_person(
        actor=firm_user, case_id=draft_case.pk, person=waiting, email=own_user.email, language="kk"
    )
    invited = ("invited", reverse("portal:invited", args=[token]))
    for width in (1280, 320):
        firm = sign_in(open_page(width=width, scripts=True), firm_user)
        theirs = sign_in(open_page(width=width, scripts=True), own_user)
        visits = [(firm, *one) for one in firm_pages(draft_case, dana)]
        visits += [(theirs, *one) for one in [invited, own_pages(draft_case, part)[1]]]
        if width == 1280:
            look(theirs, *own_pages(draft_case, part)[1], width, axe)
            theirs.get_by_label("I have read the notice above, and I agree").check()
            theirs.get_by_role("button", name="Agree and continue").click()
        visits += [(theirs, *one) for one in own_pages(draft_case, part)]
        for page, name, url in visits:
            look(page, name, url, width, axe)


def look(page, name, url, width, axe):
    assert page.goto(url).status == 200, name
    assert page.locator("h1").count() == 1, name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/people-{name}-{width}.png", full_page=True)
    if width == 1280:
        assert axe(page) == [], name
