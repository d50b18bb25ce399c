"""The load of each person: numbers worked out by hand, each equal to its list, and who can take more."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.desk import standing
from applications.desk.worklist import needs
from applications.models import (
    Application,
    Condition,
    ConflictOfInterest,
    RefusalNotice,
)
from applications.pipeline import queries, work
from applications.services.standing import keep
from regulators.models import Role, Staff
from tests.pipeline.conftest import TODAY
from tests.pipeline.loaded import LOAD, PERSON, answered, ask_view, rows_of, take
from tests.plugins.cases import fresh, new_staff

pytestmark = pytest.mark.django_db


def test_the_load_of_each_person_by_hand(browser, busy, lead):
    # Ada: business plan twice (5 + 5) and capital (3). Bek: business plan (5) and all approved (1).
    # Rena: three stages in two cases and a case with answers. Saule: views in one case.
    assert rows_of(browser) == {
        "Ada": (3, 3, 0, 1, 0, 0, 0, 13),
        "Bek": (2, 1, 1, 0, 0, 0, 0, 6),
        "Dana": (0, 0, 0, 0, 0, 0, 0, 0),
        "Rena": (0, 0, 0, 0, 2, 0, 1, 4),
        "Saule": (0, 0, 0, 0, 0, 1, 0, 1),
        lead.full_name: (0, 0, 0, 0, 0, 0, 0, 0),
        "Nobody yet": (1, 1, 0, 0, 1),
    }


def test_stages_and_roles_by_hand(browser, busy, team):
    figures = browser.get(LOAD).context["figures"]
    stages = [[figure.count for figure in one.figures] for one in figures.specialisms()]
    # Standing there, nobody's to take, in hand, views asked; of the cases in review alone but for the first.
    assert stages == [[3, 1, 0, 0], [0, 1, 0, 0], [1, 2, 0, 1], [0, 0, 2, 0], [1, 2, 1, 0]]
    takers = [[(name, figure.count) for name, figure in one.takers] for one in figures.specialisms()]
    assert takers == [[], [], [], [("Rena", 2)], [("Rena", 1)]]
    roles = [(one.label, *(figure.count for figure in one.figures)) for one in figures.roles()]
    assert roles == [
        ("Case officer", 1, 0), ("Reviewer", 3, 1), ("Lead reviewer", 0, 0), ("Decision maker", 1, 0),
    ]  # fmt: skip
    assert [kpi["figure"].count for kpi in figures.kpis()] == [6, 1, 3, 1]
    assert [one.name for one in figures.roles()[1].people] == ["Rena"]


def test_every_number_equals_its_list(browser, pages, busy, team):
    shown = pages.figures(browser.get(LOAD).content.decode())
    for who in (team.ada.pk, team.bek.pk, team.rena.pk, team.saule.pk, "nobody"):
        shown += pages.figures(browser.get(PERSON, {"who": who}).content.decode())
    wrong = {url: (count, n) for url, count in shown if (n := len(pages.listed(browser, url))) != count}
    assert wrong == {}
    assert dict(shown)[f"/pipeline/cases/?assessor={team.rena.pk}&in_hand=it_security"] == 1


def test_the_points_are_the_sum_that_the_persons_page_shows(browser, busy, team):
    html = browser.get(LOAD).content.decode()
    points = {
        unescape(url): int(n) for url, n in re.findall(r'<a href="([^"]+)" data-points>(\d+)</a>', html)
    }
    sums = {}
    for url in points:
        context = browser.get(url).context
        sums[url] = sum(part.figure.count * part.each for part in context["parts"])
    assert sums == points
    assert points[f"{PERSON}?who={team.ada.pk}"] == 13


def test_whose_turn_it_is_as_the_desk_says(browser, pages, afsa, add_case, add_request, team):
    """Each case is in the list of the role that the desk names, in no other, and is counted there."""
    cases = [
        add_case(afsa, state=state, approved=approved)
        for state, approved in (
            ("submitted", 0), ("returned", 0), ("in_review", 1), ("in_review", 5), ("in_review", 5),
            ("in_review", 2), ("recommended", 5), ("approved_in_principle", 5), ("approved_in_principle", 5),
            ("refusal_proposed", 5), ("refusal_proposed", 5), ("granted", 5),
        )
    ]  # fmt: skip
    answered(cases[4], team.rena)
    add_request(cases[5])
    Condition.objects.create(application=cases[7], number=1, text="Open an account")
    for case, until in ((cases[9], None), (cases[10], TODAY - timedelta(days=1))):
        RefusalNotice.objects.create(
            application=case, grounds=[], evidence="e", text="t", proposed_by=case.created_by,
            proposed_at=case.submitted_at, served_on=until, representations_until=until,
        )  # fmt: skip
    keep([case.pk for case in cases])
    said: dict[str, list[str]] = {role.value: [] for role in work.WAITS_ON}
    for case in Application.objects.filter(pk__in=[case.pk for case in cases]):
        said.setdefault(standing.waiting(case).on, []).append(case.reference)
    roles = browser.get(LOAD).context["figures"].roles()
    lists = {one.figures[0].url: sorted(pages.listed(browser, one.figures[0].url)) for one in roles}
    assert lists == {f"/pipeline/cases/?turn={role}": sorted(said[role]) for role in work.WAITS_ON}
    assert {one.figures[0].url: one.figures[0].count for one in roles} == {
        url: len(found) for url, found in lists.items()
    }
    assert [len(said[role]) for role in work.WAITS_ON] == [2, 3, 1, 3]


def test_views_and_stages_are_those_of_my_work(busy, lead, team):
    """The lists of the desk that open from My work hold the same cases."""
    cases = queries.placed(queries.cases_of(lead), TODAY)
    for ours, theirs in (
        (work.views(person=str(team.saule.pk)), needs.needing(cases, needs.MY_VIEW, team.saule)),
        (work.to_take(), needs.untaken(cases)),
        (work.answers(str(team.rena.pk)), needs.answered(cases)),
    ):
        found = set(cases.filter(ours))
        assert found == set(theirs)
        assert found


def test_who_is_not_there_is_said_in_words(browser, afsa, add_case, team):
    posts = {name: Staff.objects.get(user=who) for name, who in vars(team).items()}
    Staff.objects.filter(pk=posts["ada"].pk).update(
        valid_from=date(2026, 1, 1), valid_until=TODAY - timedelta(days=1)
    )
    Staff.objects.filter(pk=posts["bek"].pk).update(valid_until=TODAY)
    Staff.objects.filter(pk=posts["rena"].pk).update(valid_from=TODAY + timedelta(days=3))
    Staff.objects.filter(pk=posts["saule"].pk).update(confirmed_by=None, confirmed_human="")
    case = add_case(afsa, officer=team.ada)
    take(case, "aml", team.rena)
    ask_view(case, team.saule)
    human = fresh(team.bek).human
    ConflictOfInterest.objects.create(application=case, human=human, declared_by_name="Bek", text="x")
    notes = {row.name: row.person.notes for row in browser.get(LOAD).context["figures"].rows}
    conflict = "Declared a conflict of interest in open cases: those cannot be given to them."
    assert {name: notes[name] for name in ("Ada", "Bek", "Rena", "Saule", "Dana")} == {
        "Ada": ["Serves here no more; the last day was 22 November 2026."],
        "Bek": ["Leaves: the last day is 23 November 2026.", conflict],
        "Rena": ["Is not here; comes on 26 November 2026."],
        "Saule": ["Not confirmed yet: Specialist."],
        "Dana": ["Decision maker without a delegation: cannot decide."],
    }


def test_nothing_of_another_regulator(browser, pages, afsa, afm, add_case, staff_of, busy):
    before = rows_of(browser)
    officer = staff_of(afm, Role.CASE_OFFICER, "Officer of the other house")
    theirs = add_case(afm, officer=officer)
    take(theirs, "aml", officer)
    add_case(afm)
    assert rows_of(browser) == before
    assert b"Officer of the other house" not in browser.get(LOAD).content
    for query in (
        f"assessor={officer.pk}",
        f"asked={officer.pk}",
        f"reads={officer.pk}",
        "turn=administrator",
    ):
        assert browser.get(f"/pipeline/cases/?{query}").status_code == 400
    refused = browser.get(PERSON, {"who": officer.pk})
    assert (refused.status_code, b"Nobody here has this number" in refused.content) == (400, True)


@pytest.mark.parametrize("query", ["", "who=x", "who=0", f"who={10**30}", "who=nobody&case=1"])
def test_a_person_who_is_not_known_is_refused_in_words(browser, query):
    response = browser.get(f"{PERSON}?{query}")
    assert (response.status_code, "There is a problem" in response.content.decode()) == (400, True)


def test_as_many_queries_for_three_cases_and_people_as_for_one(browser, afsa, add_case, staff_of, team):
    def asked(page: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(page).status_code == 200
        return len(found)

    mine = f"{PERSON}?who={team.ada.pk}"
    for page in (LOAD, mine):
        browser.get(page)
    take(add_case(afsa, officer=team.ada), "aml", team.rena)
    one = asked(LOAD), asked(mine)
    for name in ("Cyril", "Dina"):
        ask_view(add_case(afsa, officer=staff_of(afsa, Role.CASE_OFFICER, name)), team.saule)
        add_case(afsa, officer=team.ada)
    assert (one, asked(LOAD), asked(mine)) == ((5, 6), 5, 6)


def test_somebody_who_never_served_here_is_still_named(browser, pages, afsa, add_case):
    """As rows may say that were copied from elsewhere."""
    add_case(afsa, officer=new_staff("From elsewhere"))
    assert rows_of(browser)["From elsewhere"] == (1, 1, 0, 0, 5)
    shown = pages.figures(browser.get(LOAD).content.decode())
    assert {url for url, count in shown if len(pages.listed(browser, url)) != count} == set()
