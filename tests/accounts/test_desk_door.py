import pytest
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db
PAGES = ["/desk/", "/desk/login/", "/desk/password_change/", "/desk/accounts/user/", "/desk/no-such-page/"]


@pytest.mark.parametrize("page", PAGES)
def test_an_applicant_finds_no_desk(visitor, applicant, page):
    browser = visitor(applicant())
    assert browser.get(page).status_code == 404
    assert browser.post(page).status_code == 404


def test_a_visitor_is_asked_to_sign_in_and_comes_back(visitor, staff, password):
    browser = visitor()
    asked = browser.get("/desk/accounts/user/", follow=True)
    assert asked.redirect_chain[-1][0] == "/accounts/login/?next=/desk/accounts/user/"
    fields = {"login": staff().email, "password": password, "next": "/desk/accounts/user/"}
    assert browser.post(reverse("account_login"), fields).url == "/desk/accounts/user/"


def test_staff_come_in_by_the_one_sign_in(visitor, staff):
    browser = visitor(staff())
    assert browser.get("/desk/login/").url == "/desk/"
    assert browser.get("/desk/password_change/").url == reverse("account_change_password")


def test_staff_whose_account_is_closed_find_no_desk(visitor, staff):
    officer = staff()
    browser = visitor(officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert browser.get("/desk/").status_code == 302


def test_staff_see_no_people_without_the_permission(visitor, staff):
    assert visitor(staff()).get("/desk/accounts/user/").status_code == 403


def test_whoever_may_view_people_changes_nobody(visitor, afsa_staff):
    person = afsa_staff.reviewer
    browser = visitor(afsa_staff.administrator)
    assert browser.get("/desk/accounts/user/").status_code == 200
    page = f"/desk/accounts/user/{person.pk}/change/"
    shown = browser.get(page)
    assert (shown.status_code, "password" in shown.context["adminform"].form.fields) == (200, False)
    assert browser.post(page, {"is_active": ""}).status_code == 403
    for act in ("add/", f"{person.pk}/delete/", f"{person.pk}/password/"):
        assert browser.get(f"/desk/accounts/user/{act}").status_code in (403, 302), act
    person.refresh_from_db()
    assert person.is_active is True
