"""Who stands behind a firm: nominees, trusts, groups, thresholds, and what a reviewer has to look at."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.computed import structure_in_words
from applications.models import Entity, Holding
from applications.queries.ownership import holdings_of, structure_of
from applications.services.people import remove_holding, save_groups, save_holding
from applications.services.snapshots import take_snapshot
from tests.plugins.cases import fresh
from workflow.errors import NotAllowed, NotReady


class Chart:
    """Bodies by name, and holdings between them; "firm" is the applicant."""

    def __init__(self, case):
        self.case, self.known = case, {"firm": case.entities.get(is_applicant=True)}

    def __call__(self, name):
        if name not in self.known:
            self.known[name] = Entity.objects.create(application=self.case, name=name)
        return self.known[name]

    def hold(self, owner, owned, economic, votes=None, held_for="", **fields):
        return Holding.objects.create(
            application=self.case, owner=self(owner), owned=self(owned), economic=Decimal(economic),
            voting=Decimal(economic if votes is None else votes),
            held_for=self(held_for) if held_for else None, **fields,
        )  # fmt: skip

    def found(self):
        return structure_of(self.case, list(self.case.entities.all()), holdings_of(self.case))

    def rows(self):
        return {row["name"]: row for row in self.found()["rows"]}

    def looked_at(self):
        """The reasons, without those that say that somebody's own holders are not in the chart."""
        return [one for one in self.found()["manual"] if one["why"] != "rest"]


@pytest.fixture
def chart(draft_case):
    return Chart(draft_case)


def test_direct_economic_votes_and_control_are_told_apart(chart):
    chart.hold("Hold", "firm", "60", "30")
    chart.hold("Bek", "firm", "40", "40")
    chart.hold("Ann", "firm", "0", "30")
    chart.hold("Ann", "Hold", "10", "60")
    chart.hold("Bek", "Hold", "90", "40")
    rows = chart.rows()
    assert rows["Ann"] == {
        "name": "Ann", "kind": "body", "direct": "0", "economic": "6", "votes": "60", "control": True,
        "crossed": ["controller", "control_30", "control_50"],
    }  # fmt: skip
    assert (rows["Bek"]["direct"], rows["Bek"]["economic"], rows["Bek"]["votes"]) == ("40", "94", "40")
    assert (rows["Bek"]["control"], rows["Hold"]["votes"], rows["Hold"]["control"]) == (False, "30", False)


@pytest.mark.parametrize(
    ("percent", "crossed"),
    [
        ("10", []), ("10.0001", ["controller"]),
        ("30", ["controller"]), ("30.0001", ["controller", "control_30"]),
        ("50", ["controller", "control_30"]), ("50.0001", ["controller", "control_30", "control_50"]),
    ],
)  # fmt: skip
def test_a_threshold_is_passed_above_it_by_interest_or_by_votes(chart, percent, crossed):
    chart.hold("Ann", "firm", percent, "0")
    chart.hold("Bek", "firm", "0", percent) if Decimal(percent) <= 50 else None
    rows = chart.rows()
    assert rows["Ann"]["crossed"] == crossed
    assert rows.get("Bek", rows["Ann"])["crossed"] == crossed


def test_thresholds_are_compared_with_the_exact_share_and_not_with_what_is_shown(chart):
    chart.hold("Hold", "firm", "33.3333")
    chart.hold("Ann", "Hold", "30.0001")
    rows = chart.rows()
    assert (rows["Ann"]["economic"], rows["Ann"]["crossed"]) == ("10", ["controller"])


def test_a_nominee_has_nothing_and_the_person_behind_has_it(chart):
    chart.hold("Nominees Ltd", "firm", "15", kind="nominee", held_for="Ann")
    chart.hold("Nominees Ltd", "firm", "5", kind="nominee", held_for="Bek")
    chart.hold("Nominees Ltd", "firm", "2")
    rows = chart.rows()
    assert [rows[name]["economic"] for name in ("Nominees Ltd", "Ann", "Bek")] == ["2", "15", "5"]
    assert [rows[name]["votes"] for name in ("Nominees Ltd", "Ann", "Bek")] == ["2", "15", "5"]
    assert [rows[name]["direct"] for name in ("Nominees Ltd", "Ann", "Bek")] == ["22", "0", "0"]
    assert chart.looked_at() == []


def test_a_trustee_votes_a_beneficiary_has_the_interest_and_a_reviewer_looks(chart):
    chart.hold("Trustee", "firm", "60", kind="trust", held_for="Child")
    rows = chart.rows()
    assert (rows["Trustee"]["economic"], rows["Trustee"]["votes"], rows["Trustee"]["control"]) == (
        "0", "60", True,
    )  # fmt: skip
    assert (rows["Child"]["economic"], rows["Child"]["votes"], rows["Child"]["control"]) == ("60", "0", False)
    name = chart("firm").name
    assert chart.looked_at() == [{"why": "trust", "name": "Trustee", "of": name}]


@pytest.mark.parametrize(("kind", "why"), [("nominee", "nominee"), ("trust", "beneficiary")])
def test_nobody_named_behind_is_for_a_reviewer(chart, kind, why):
    chart.hold("Somebody", "firm", "60", kind=kind)
    assert [one["why"] for one in chart.looked_at()] == [why]
    assert chart.rows()["Somebody"]["economic"] == "60"


def test_control_by_other_means_is_control_and_brings_the_votes(chart):
    chart.hold("Hold", "firm", "40")
    chart.hold("Ann", "Hold", "0", control_how="Appoints the board by agreement.")
    rows = chart.rows()
    assert (rows["Ann"]["economic"], rows["Ann"]["votes"], rows["Ann"]["control"]) == ("0", "40", False)
    chart.hold("Bek", "firm", "0", control_how="A shareholders' agreement.")
    assert chart.rows()["Bek"]["control"] is True


def test_associates_are_one_holder_counted_once(chart, firm_user):
    chart.hold("Ann", "firm", "8")
    chart.hold("Hold", "firm", "4")
    chart.hold("Ann", "Hold", "50")
    chart.hold("Bek", "firm", "20")
    groups = {chart("Ann").pk: "Family", chart("Hold").pk: " Family "}
    save_groups(actor=firm_user, case_id=chart.case.pk, groups=groups)
    rows = chart.rows()
    assert rows["Ann"]["economic"] == "10"
    assert rows["Ann"]["crossed"] == []
    assert rows["Family"] == {
        "name": "Family", "kind": "group", "direct": "12", "economic": "12", "votes": "12", "control": False,
        "crossed": ["controller"], "members": ["Ann", "Hold"],
    }  # fmt: skip
    save_groups(actor=firm_user, case_id=chart.case.pk, groups={chart("Hold").pk: ""})
    assert "Family" not in chart.rows()  # nobody acts together alone


def test_cross_holdings_are_solved(chart):
    chart.hold("A", "firm", "100")
    chart.hold("B", "A", "50")
    chart.hold("A", "B", "50")
    chart.hold("Ann", "A", "50")
    chart.hold("Bek", "B", "50")
    rows = chart.rows()
    assert [rows[name]["economic"] for name in ("Ann", "Bek", "A", "B")] == [
        "66.6667", "33.3333", "100", "50",
    ]  # fmt: skip
    assert chart.looked_at() == []


def test_a_circle_without_an_owner_is_for_a_reviewer_and_votes_are_computed_still(chart):
    chart.hold("A", "firm", "60")
    chart.hold("B", "A", "100")
    chart.hold("A", "B", "100")
    rows = chart.rows()
    assert (rows["A"]["economic"], rows["A"]["votes"], rows["A"]["control"]) == (None, "60", True)
    assert [(one["why"], one["what"]) for one in chart.looked_at()] == [("circle", "economic")]
    words = structure_in_words(chart.found())
    assert words["manual"][0] == "Some bodies own each other wholly, so that no owner can be computed."
    assert [row["economic"] for row in words["rows"]] == ["?", "?"]


@pytest.mark.parametrize(("second", "reasons"), [("40", []), ("40.0001", ["economic", "votes"])])
def test_more_than_all_of_a_body_is_for_a_reviewer(chart, second, reasons):
    chart.hold("Ann", "firm", "60")
    chart.hold("Bek", "firm", second)
    assert [one["what"] for one in chart.looked_at()] == reasons
    if reasons:
        assert chart.rows()["Ann"]["control"] is None
        assert "add up to 100.0001 %, above 100 %" in structure_in_words(chart.found())["manual"][0]


def test_a_body_whose_holders_are_not_all_in_the_chart_is_named(chart):
    chart.hold("Hold", "firm", "60")
    chart.hold("Ann", "Hold", "70")
    rest = {one["name"]: one["total"] for one in chart.found()["manual"]}
    assert rest == {"Hold": "70", "Ann": "0"}  # Ann is a body here
    assert "holders of 70 % are in the chart" in structure_in_words(chart.found())["manual"][-1]


def test_the_firm_by_way_of_others_owning_all_of_itself_is_for_a_reviewer(chart):
    chart.hold("Hold", "firm", "100")
    chart.hold("firm", "Hold", "100")
    assert [one["why"] for one in chart.looked_at()] == ["itself"]


def save(chart, firm_user, **fields):
    typed = {"owner": chart("Ann"), "owned": chart("firm"), "economic": Decimal(10), "voting": Decimal(10)}
    return save_holding(actor=firm_user, case_id=chart.case.pk, **typed | fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "friend"}, "Say whether"),
        ({"held_for": "Bek"}, "as nominee or as trustee"),
        ({"kind": "nominee", "held_for": "Ann"}, "somebody else"),
        ({"kind": "nominee", "held_for": "firm"}, "somebody else"),
        ({"economic": Decimal("100.0001")}, "from 0 to 100"),
        ({"voting": Decimal("-0.0001")}, "from 0 to 100"),
    ],
)
def test_a_holding_that_cannot_be_is_refused(chart, firm_user, fields, words):
    if "held_for" in fields:
        fields = fields | {"held_for": chart(fields["held_for"])}
    with pytest.raises(NotReady, match=words):
        save(chart, firm_user, **fields)
    assert not Holding.objects.exists()


def test_the_database_refuses_it_too(chart):
    for fields in ({"kind": "own", "held_for": "Bek"}, {"kind": "nominee", "held_for": "Ann"}):
        with pytest.raises(IntegrityError, match="for_another"), transaction.atomic():
            chart.hold("Ann", "firm", "10", **fields)


def test_what_is_held_for_itself_and_for_each_other_are_holdings_of_their_own(chart, firm_user):
    own = save(chart, firm_user)
    with pytest.raises(NotReady, match="already holds") as refused:
        save(chart, firm_user, economic=Decimal(20))
    page = reverse("portal:ownership", args=[chart.case.pk])
    assert [reason.url for reason in refused.value.reasons] == [f"{page}?change={own.pk}"]
    save(chart, firm_user, economic=Decimal(20), changed=own)
    held = save(chart, firm_user, kind="nominee", held_for=chart("Bek"))
    save(chart, firm_user, kind="nominee", held_for=chart("Dana"))
    assert [h.economic for h in Holding.objects.order_by("pk")] == [Decimal(20), Decimal(10), Decimal(10)]
    remove_holding(actor=firm_user, case_id=chart.case.pk, holding=held)
    assert Holding.objects.count() == 2
    held.pk = 0
    with pytest.raises(NotReady, match="taken out in the meantime"):
        save(chart, firm_user, changed=held)


def test_holdings_and_groups_are_for_editors_and_for_a_stage_that_is_open(chart, firm_user, afsa_staff):
    held = save(chart, firm_user)
    acts = (
        lambda who: remove_holding(actor=who, case_id=chart.case.pk, holding=held),
        lambda who: save_groups(actor=who, case_id=chart.case.pk, groups={chart("Ann").pk: "X"}),
    )
    for state in ("in_progress", "complete"):
        chart.case.stages.exclude(state=state).update(state=state)
    for act in acts:
        with pytest.raises(NotAllowed):
            act(afsa_staff.reviewer)
        with pytest.raises(NotReady):
            act(firm_user)
    assert (Holding.objects.count(), fresh(chart("Ann")).acts_with) == (1, "")


def test_a_group_is_one_however_its_name_is_spelt(chart, firm_user):
    names = {"Ann": "Family", "Bek": " FAMILY", "Dana": "family  ", "Eve": "Ｆａｍｉｌｙ", "Guest": "Familia"}
    for name in names:
        chart.hold(name, "firm", "4")
    save_groups(
        actor=firm_user,
        case_id=chart.case.pk,
        groups={chart(name).pk: typed for name, typed in names.items()},
    )
    [group] = [row for row in chart.found()["rows"] if row["kind"] == "group"]
    assert (group["name"], group["members"]) == ("Family", ["Ann", "Bek", "Dana", "Eve"])
    assert (group["economic"], group["votes"], group["crossed"]) == ("16", "16", ["controller"])


def test_the_firm_is_in_no_group(chart, firm_user):
    with pytest.raises(NotReady):
        save_groups(actor=firm_user, case_id=chart.case.pk, groups={chart("firm").pk: "Family"})


def test_a_submission_keeps_the_structure_with_the_thresholds_as_they_were(chart, firm_user):
    chart.hold("Ann", "firm", "60", kind="nominee", held_for="Bek")
    snapshot = take_snapshot(chart.case, actor=firm_user, declaration={})
    chart.hold("Bek", "firm", "40")
    snapshot.refresh_from_db()
    kept = snapshot.content
    assert kept["holdings"] == [
        {"owner": "Ann", "owned": chart("firm").name, "kind": "nominee", "held_for": "Bek",
         "economic": "60.0000", "voting": "60.0000", "control_how": ""}
    ]  # fmt: skip
    assert [(row["name"], row["economic"]) for row in kept["structure"]["rows"]] == [
        ("Ann", "0"),
        ("Bek", "60"),
    ]
    percents = [(one["code"], one["percent"]) for one in kept["structure"]["thresholds"]]
    assert percents == [("controller", "10"), ("control_30", "30"), ("control_50", "50")]
    assert all(one["source"] and one["title"]["kk"] for one in kept["structure"]["thresholds"])


def test_one_holder_or_three_cost_the_same_queries(chart):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            structure_in_words(chart.found())
        return len(queries)

    chart.hold("Ann", "firm", "20")
    first = cost()
    chart.hold("Bek", "firm", "20", kind="nominee", held_for="Dana")
    chart.hold("Hold", "firm", "20")
    assert cost() == first == 2
