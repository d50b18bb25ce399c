"""Every page that allauth serves is one of ours to look at."""

import pytest
from django.urls import get_resolver

pytestmark = pytest.mark.django_db


def pages():
    """The addresses of allauth that take no key, from the resolver itself."""
    found = []
    for pattern in get_resolver("allauth.urls").url_patterns:
        found += addresses(pattern, "/accounts/")
    return sorted(found)


def addresses(pattern, before):
    here = before + str(pattern.pattern)
    if hasattr(pattern, "url_patterns"):
        return [address for inner in pattern.url_patterns for address in addresses(inner, here)]
    return [] if set("<(^") & set(here) else [here]


ACCOUNT = [
    "/accounts/confirm-email/",
    "/accounts/email/",
    "/accounts/inactive/",
    "/accounts/login/",
    "/accounts/login/code/confirm/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/set/",
    "/accounts/reauthenticate/",
    "/accounts/signup/",
]


def test_these_are_the_pages():
    assert [page for page in pages() if "/2fa/" not in page] == ACCOUNT


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("page", pages())
def test_each_page_has_our_look_or_leads_on(visitor, applicant, page, signed_in):
    answer = visitor(applicant() if signed_in else None).get(page)
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        html = answer.content.decode()
        assert ('class="mast"' in html, html.count("<h1"), "style=" in html) == (True, 1, False)
        assert "<script>" not in html
    else:
        assert answer.status_code in (302, 404)


@pytest.mark.parametrize(
    "page", ["/accounts/confirm-email/no-such-key/", "/accounts/password/reset/key/a-b/"]
)
def test_a_wrong_key_is_said_in_words(visitor, page):
    answer = visitor().get(page, follow=True)
    assert "has been used or has expired" in answer.content.decode()
