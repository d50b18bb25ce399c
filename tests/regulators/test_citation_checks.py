"""Provisions compared with the published text, by two people; which are due, and since when."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Event
from regulators import books, services
from regulators.models import CitationCheck
from regulators.queries import last_checks
from regulators.reference import provisions
from regulators.reference.provisions import GRACE, due_checks, look_again, provisions_of
from tests.plugins.cases import appointed
from tests.regulators.conftest import browser, on, page
from workflow.errors import NotAllowed, NotReady

pytestmark = pytest.mark.django_db
FSFR = "AIFC Financial Services Framework Regulations"
TODAY = date(2026, 12, 1)


@pytest.fixture
def reviewers(afsa, person):
    made = [person(name="Rauan Reads"), person(name="Saule Sees")]
    for user, role in zip(made, ("reviewer", "specialist"), strict=True):
        appointed(user, afsa, role)
    return made


def check(actor, regulator, **fields):
    fields = {
        "act": FSFR, "provision": "s 35", "result": "as_cited", "read_in_full": True, "applies": True,
        "url": "https://example.test/fsfr", "note": "The same words.",
        "checked_on": timezone.localdate(), "look_again_on": look_again(timezone.localdate()), **fields,
    }  # fmt: skip
    return services.record_check(actor=actor, regulator=regulator, **fields)


def test_a_check_counts_once_another_person_confirmed_it(afsa, reviewers):
    first, second = reviewers
    row = check(first, afsa)
    assert last_checks("AFSA") == {}
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_check(actor=first, check=row)
    services.confirm_check(actor=second, check=row)
    assert last_checks("AFSA") == {(FSFR, "s 35"): row}
    assert last_checks("AFM") == {}
    kinds = Event.objects.filter(subject="regulator:AFSA").order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["citation_check.record", "citation_check.confirm"]


def test_the_same_human_from_another_account_is_refused_also_by_the_database(afsa, reviewers):
    first, second = reviewers
    row = check(first, afsa)
    with pytest.raises(IntegrityError), transaction.atomic():
        CitationCheck.objects.filter(pk=row.pk).update(confirmed_by=second, confirmed_human=first.human)
    second.human = first.human
    with pytest.raises(NotAllowed, match="someone else has to confirm"):
        services.confirm_check(actor=second, check=row)


def test_only_reviewing_roles_of_this_regulator_check(afsa, reviewers, officer, pair, foreigner):
    row = check(reviewers[0], afsa)
    for actor in (officer, pair[0], foreigner):
        with pytest.raises(NotAllowed, match="Only a reviewer or specialist"):
            check(actor, afsa)
        with pytest.raises(NotAllowed, match="Only a reviewer or specialist"):
            services.confirm_check(actor=actor, check=row)


def test_only_what_the_books_cite_is_checked_and_days_are_possible(afsa, reviewers):
    today = timezone.localdate()
    with pytest.raises(NotReady, match="No rule book of the regulator cites"):
        check(reviewers[0], afsa, provision="s 999")
    with pytest.raises(ValidationError, match="in the future"):
        check(reviewers[0], afsa, checked_on=today + timedelta(days=1))
    with pytest.raises(ValidationError, match="after the check"):
        check(reviewers[0], afsa, look_again_on=today)


def test_our_own_practice_is_no_provision():
    for regulator in ("AFSA", "AFM", "NBK"):
        found = provisions_of(regulator).values()
        assert found
        assert "policy" not in {provision.citation.kind for provision in found}


def test_nothing_is_due_before_the_grace_period_is_over(loaded):
    start = books.latest("afsa-custody").effective_from
    before, after = start + GRACE - timedelta(days=1), start + GRACE
    assert due_checks("AFSA", before) == []
    due = due_checks("AFSA", after)
    assert {row.due_on for row in due} == {after}
    assert (FSFR, "s 35") in {(row.provision.act, row.provision.name) for row in due}


def test_a_check_is_due_again_on_its_day_and_only_a_confirmed_one_counts(afsa, reviewers):
    first, second = reviewers
    start = books.latest("afsa-custody").effective_from + GRACE
    again = timezone.localdate() + timedelta(days=300)
    row = check(first, afsa, look_again_on=again)

    def of_s35(day):
        return [due for due in due_checks("AFSA", day) if due.provision.name == "s 35"]

    [waiting] = of_s35(start)
    assert (waiting.last, waiting.waiting) == (None, row)
    services.confirm_check(actor=second, check=row)
    assert of_s35(again - timedelta(days=1)) == []
    [due] = of_s35(again)
    assert (due.due_on, due.last, due.waiting) == (again, row, None)


def test_a_year_after_the_check():
    assert look_again(date(2026, 12, 1)) == date(2027, 12, 1)
    assert look_again(date(2028, 2, 29)) == date(2029, 2, 28)


def test_a_check_is_recorded_and_confirmed_at_the_desk(afsa, reviewers, officer, foreigner):
    first, second = reviewers
    key = next(key for key, cited in provisions_of("AFSA").items() if cited.name == "s 35")
    typed = {
        "provision": key, "result": "different", "read_in_full": "yes", "applies": "no",
        "url": "https://example.test/fsfr", "note": "Reworded.", **on(timezone.localdate(), "checked_on"),
    }  # fmt: skip
    url = page("regulators_citationcheck_record")
    statuses = [browser(user).post(url, typed).status_code for user in (officer, foreigner, first)]
    assert statuses == [403, 403, 302]
    row = CitationCheck.objects.get()
    assert (row.act, row.provision, row.result, row.read_in_full, row.applies) == (
        FSFR, "s 35", "different", True, False,
    )  # fmt: skip
    assert row.look_again_on == look_again(timezone.localdate())
    confirm = page("regulators_citationcheck_confirm", row)
    statuses = [browser(user).post(confirm).status_code for user in (foreigner, officer, first, second)]
    assert statuses == [404, 403, 403, 302]


def test_a_day_far_ahead_is_refused_at_the_desk(afsa, reviewers):
    key = next(key for key, cited in provisions_of("AFSA").items() if cited.name == "s 35")
    typed = {
        "provision": key, "result": "as_cited", "read_in_full": "yes", "applies": "yes",
        "url": "https://example.test/fsfr", "note": "Compared.", **on(date(9999, 12, 31), "checked_on"),
    }  # fmt: skip
    page_again = browser(reviewers[0]).post(page("regulators_citationcheck_record"), typed)
    assert page_again.status_code == 422
    assert "The check cannot have been made in the future." in page_again.content.decode()
    assert CitationCheck.objects.count() == 0


def test_the_list_of_due_checks_is_of_ones_own_regulator(reviewers, officer, foreigner, monkeypatch):
    monkeypatch.setattr(provisions, "GRACE", timedelta(0))
    url = page("regulators_citationcheck_due")
    own = browser(reviewers[0]).get(url).context["rows"]
    assert {row["regulator"].code for row in own} == {"AFSA"}
    assert own[0]["url"].endswith(f"record/?provision={own[0]['due'].provision.key}")
    assert {row["url"] for row in browser(officer).get(url).context["rows"]} == {""}
    assert {row["regulator"].code for row in browser(foreigner).get(url).context["rows"]} == {"AFM"}
    assert browser(officer).post(url).status_code == 405
