"""The drawn chart of ownership, the charts of capital, and what both would come to while somebody types."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.charts.capital import charts_of
from applications.charts.ownership import A_ROW, chart_of
from applications.models import CapitalFigure, Entity, Holding
from applications.queries.ownership import holdings_of, structure_of
from applications.services import people

FUND = "Көкжиек Венчурлік Қоры және оның серіктестері жауапкершілігі шектеулі"


@pytest.fixture
def body(draft_case, firm_user):
    def add(name):
        return people.save_entity(actor=firm_user, case_id=draft_case.pk, name=name, country="KZ")

    return add


@pytest.fixture
def hold(draft_case, firm_user):
    def add(owner, owned, percent, **more):
        return people.save_holding(
            actor=firm_user, case_id=draft_case.pk, owner=owner, owned=owned, economic=Decimal(percent),
            voting=Decimal(percent), **more,
        )  # fmt: skip

    return add


@pytest.fixture
def root(draft_case):
    return draft_case.entities.get(is_applicant=True)


def drawn(case):
    entities, holdings = list(case.entities.all()), holdings_of(case)
    return chart_of(entities, holdings, structure_of(case, entities, holdings)["rows"])


def test_each_holder_lies_above_what_it_holds_and_the_rest_is_a_box_of_its_own(draft_case, body, hold, root):
    fund, holding = body(FUND), body("Altyn Dala Holding Ltd")
    hold(fund, holding, "60")
    hold(holding, root, "100")
    chart = drawn(draft_case)
    found = sorted((box.y, box.look, box.name, box.note) for box in chart.boxes)
    assert [one[1:] for one in found] == [
        ("gap", "Owner not named", "100 %"),
        ("body", FUND, "60 %, controls it"),
        ("gap", "Owner not named", "40 %"),
        ("body", "Altyn Dala Holding Ltd", "100 %, controls it"),
        ("firm", draft_case.firm.name, "applicant"),
    ]
    assert [one[0] for one in found] == sorted(one[0] for one in found)
    assert sorted(line.text for line in chart.lines) == ["100 %", "100 %", "40 %", "60 %"]
    lines = next(box.lines for box in chart.boxes if box.name == FUND)
    assert len(lines) == 2
    assert max(map(len, lines)) <= 24
    assert lines[1].endswith("…")


def test_a_body_that_is_held_in_full_has_no_gap(draft_case, body, hold, root):
    held = hold(body("Whole Ltd"), root, "99.99")
    assert [box.note for box in drawn(draft_case).boxes if box.look == "gap"] == ["100 %", "0.01 %"]
    hold(held.owner, root, "100", changed=held)
    assert [box.note for box in drawn(draft_case).boxes if box.look == "gap"] == ["100 %"]


def test_bodies_that_hold_one_another_are_drawn_once_each(draft_case, body, hold, root):
    one, other = body("One Ltd"), body("Other Ltd")
    hold(one, root, "50")
    hold(other, root, "50")
    hold(one, other, "20")
    hold(other, one, "30", kind="nominee")
    chart = drawn(draft_case)
    assert sorted(box.name for box in chart.boxes if box.look == "body") == ["One Ltd", "Other Ltd"]
    assert "30 % As nominee" in [line.text for line in chart.lines]


def test_a_row_has_at_most_five_boxes_and_the_drawing_holds_them_all(draft_case, root):
    holders = [Entity(application=draft_case, name=f"Holder {n}") for n in range(2 * A_ROW + 1)]
    held = [
        Holding(owner=one, owned=root, economic=Decimal("9"), voting=Decimal("9"), kind="own")
        for one in holders
    ]
    chart = chart_of([root, *holders], held, structure_of(draft_case, [root, *holders], held)["rows"])
    rows = {}
    for box in chart.boxes:
        rows.setdefault(box.y, []).append(box)
    assert max(map(len, rows.values())) == A_ROW
    assert all(box.x >= 0 and box.x + 190 <= chart.width for box in chart.boxes)
    assert all(box.y >= 0 and box.foot <= chart.height for box in chart.boxes)


def test_what_is_typed_of_a_holding_is_computed_and_not_kept(browser, draft_case, body, hold, root):
    hold(body("Altyn Dala Holding Ltd"), root, "60")
    typed = {
        "owner": "new", "name": "Фонд", "country": "KZ", "owned": root.pk, "kind": "own", "economic": "40",
        "voting": "40",
    }  # fmt: skip
    url = reverse("portal:ownership_preview", args=[draft_case.pk])
    text = browser.post(url, typed).content.decode()
    assert "It is not saved yet." in text
    assert "Фонд" in text
    assert re.search(r"add up to 100 %", text)
    assert [h.owner.name for h in Holding.objects.select_related("owner")] == ["Altyn Dala Holding Ltd"]
    assert draft_case.entities.filter(is_applicant=False).count() == 1
    half = browser.post(url, typed | {"economic": "", "name": ""}).content.decode()
    assert ("It is not saved yet." in half, "add up to 60 %" in half) == (False, True)


def test_a_holding_that_is_typed_again_takes_the_place_of_the_one_on_record(
    browser, draft_case, body, hold, root
):
    owner = body("Altyn Dala Holding Ltd")
    hold(owner, root, "60")
    typed = {"owner": f"entity:{owner.pk}", "owned": root.pk, "kind": "own", "economic": "75", "voting": "75"}
    text = browser.post(reverse("portal:ownership_preview", args=[draft_case.pk]), typed).content.decode()
    assert "add up to 75 %" in text


def test_what_is_typed_of_the_capital_is_computed_and_not_kept(browser, draft_case):
    url = reverse("portal:capital_preview", args=[draft_case.pk, "now"])
    page = browser.post(
        url, {"paid_up_shares": "1 450 000", "intangibles": "40 000,00", "liquid_assets": "x"}
    )
    assert "USD&nbsp;1,410,000" in page.content.decode().replace("\xa0", "&nbsp;")
    assert CapitalFigure.objects.count() == 0
    wrong = reverse("portal:capital_preview", args=[draft_case.pk, "sometime"])
    assert browser.post(wrong, {}).status_code == 404


def moment(period, held, needed):
    surplus = None if needed is None else str(Decimal(held) - Decimal(needed))
    return {
        "period": period, "resources": {"held": held, "needed": needed, "surplus": surplus},
        "liquidity": {"result": "not_entered"},
    }  # fmt: skip


ENOUGH = "Enough at each moment that was entered. The smallest surplus is USD\xa00: End of year 1."
GAP = "The largest gap is USD\xa01: End of year 1."
UNKNOWN = "The required amount is not on record, so the reviewer assesses what is held."


@pytest.mark.parametrize(
    ("moments", "summary"),
    [
        ([("now", "100", "90"), ("year1", "80", "80")], ENOUGH),
        ([("now", "100", "90"), ("year1", "80", "81")], GAP),
        ([("now", "100", None)], UNKNOWN),
    ],
)
def test_the_chart_of_capital_says_in_a_sentence_what_it_shows(moments, summary):
    [chart] = charts_of({"currency": "USD", "moments": [moment(*one) for one in moments]})
    assert chart.summary == summary
    assert [bar.text for bar in chart.bars] == [f"USD\xa0{held}" for _period, held, _needed in moments]


def test_bars_stand_on_one_line_and_those_below_zero_hang_from_it():
    both = [moment("now", "100", "50"), moment("stressed", "-20", "50")]
    [chart] = charts_of({"currency": "USD", "moments": both})
    above, below = chart.bars
    assert (above.y + above.height, below.y) == (chart.zero, chart.zero)
    assert above.height == pytest.approx(5 * below.height, abs=5)
    assert above.needed_at == below.needed_at
    assert chart.zero - above.needed_at == pytest.approx(above.height / 2, abs=1)
    assert charts_of({"currency": "USD", "moments": []}) == []


def test_the_page_of_ownership_reads_the_same_however_many_holders(
    browser, draft_case, body, hold, root, django_assert_num_queries
):
    url = reverse("portal:ownership", args=[draft_case.pk])
    hold(body("Holder 1"), root, "10")
    browser.get(url)
    with django_assert_num_queries(9):
        browser.get(url)
    for n in (2, 3):
        hold(body(f"Holder {n}"), root, "10")
    with django_assert_num_queries(9):
        browser.get(url)
