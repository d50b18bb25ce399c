"""The completeness check and the ledger of the fee: what is typed reaches the service, nothing is lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.models import CompletenessDraft, FeeEntry, Snapshot
from tests.desk.conftest import all_there, at, on
from tests.plugins.cases import fresh


@pytest.fixture
def submitted(filed, afsa):
    return filed(afsa, state="submitted", questions=3)


def codes_of(case):
    return [q["requirement"] for q in case.snapshots.latest("number").content["questions"]]


def rows_of(page):
    return {row.requirement.code: row for stage in page.context["stages"] for row in stage.rows}


def submit_again(case, **answers):
    """A newer submission, in which these questions are answered so."""
    last = case.snapshots.latest("number")
    for question in last.content["questions"]:
        question.update(answers.get(question["requirement"], {}))
    Snapshot.objects.create(
        application=case, number=last.number + 1, content=last.content, sha256="2", law={},
        made_at=timezone.now(), made_by_name="Firm",
    )  # fmt: skip


def test_each_requirement_is_decided_and_each_gap_worded(submitted, browsers):
    officer, url = browsers.case_officer, at("completeness", submitted)
    first, second, third = codes_of(submitted)
    data = all_there(officer, submitted, **{first: "No signature."})

    undecided = officer.post(url, {**data, f"mark_{second}": ""})
    unworded = officer.post(url, {**data, f"text_{first}": " ", f"text_{third}": "Typed."})
    assert (undecided.status_code, unworded.status_code) == (422, 422)
    assert f"Say whether it is there: {second}." in undecided.content.decode()
    assert f"Say what is missing: {first}." in unworded.content.decode()
    assert "Typed." in unworded.content.decode()
    assert submitted.completeness_checks.count() == 0

    assert officer.post(url, data).status_code == 302
    assert officer.post(url, data).status_code == 302  # the second press
    check = submitted.completeness_checks.get()
    assert (check.passed, list(check.gaps.values_list("requirement", "text"))) == (
        False, [(first, "No signature.")],
    )  # fmt: skip
    page = officer.get(url).content.decode()
    assert "1 earlier check" in page
    assert "No signature." in page
    assert "this rule book has the application returned" in page


def test_what_is_not_marked_is_said_once_and_shown_where_something_else_is(submitted, browsers):
    officer, url = browsers.case_officer, at("completeness", submitted)
    first, second, third = codes_of(submitted)
    empty = {"record": "1", "version": "-1", "seen": "0"}
    beside = [f"Say whether it is there: {code}.</li>" for code in (first, second, third)]

    def recorded(**marks):
        page = officer.post(url, empty | marks)
        text = page.content.decode()
        said = {name: list(errors) for name, errors in page.context["form"].errors.items()}
        return page.status_code, said, [words in text for words in beside], text.count("question--err")

    words = (
        "%s of 3 are not marked. Say of each whether it is there. The rest of a stage can be marked as there "
        "at once, below its questions."
    )
    assert recorded() == (422, {f"mark_{first}": [words % 3]}, [False, False, False], 1)
    assert recorded(**{f"mark_{second}": "there"}) == (
        422, {f"mark_{first}": [words % 2]}, [False, False, True], 2,
    )  # fmt: skip
    unworded = recorded(**{f"mark_{first}": "there", f"mark_{second}": "gap"})
    said = {f"text_{second}": f"Say what is missing: {second}.", f"mark_{third}": beside[2][:-5]}
    assert unworded == (422, {name: [text] for name, text in said.items()}, [False, False, True], 2)


def test_there_are_as_many_gaps_as_there_are(submitted, browsers):
    data = all_there(browsers.case_officer, submitted, **dict.fromkeys(codes_of(submitted), "Empty."))
    assert browsers.case_officer.post(at("completeness", submitted), data).status_code == 302
    assert submitted.completeness_checks.get().gaps.count() == 3


def test_what_the_system_sees_is_filled_in_and_the_officer_decides(submitted, browsers):
    declined, unknown, gone = codes_of(submitted)
    lost = {"document": "00000000-0000-4000-8000-000000000000", "name": "plan.pdf", "sha256": "0"}
    answers = {
        declined: {"declined": "We hold no keys.", "declined_as": "not_applicable", "value": {}},
        unknown: {"declined": "The auditor is not named.", "declined_as": "not_known", "value": {}},
        gone: {"files": [lost]},
    }
    submit_again(submitted, **answers)

    rows = rows_of(browsers.case_officer.get(at("completeness", submitted)))
    assert {code: (row.mark.value(), row.text.value()) for code, row in rows.items()} == {
        declined: ("", "Declined: We hold no keys."),
        unknown: ("gap", "Not known yet: The auditor is not named."),
        gone: ("gap", "plan.pdf: The file is not there any more."),
    }

    data = all_there(browsers.case_officer, submitted)
    assert browsers.case_officer.post(at("completeness", submitted), data).status_code == 302
    assert submitted.completeness_checks.get().passed


def test_marks_are_kept_and_two_officers_do_not_overwrite_each_other(submitted, browsers):
    officer, url = browsers.case_officer, at("completeness", submitted)
    first, second, third = codes_of(submitted)
    stage = submitted.book.by_code[first].stage
    some = {"version": "-1", f"mark_{first}": "gap", f"text_{first}": "No date."}

    assert officer.post(url, {**some, "save": "1"}).url == url
    assert officer.post(url, {**some, "save": "1", f"text_{first}": "Mine."}).status_code == 409
    rows = rows_of(officer.get(url))
    assert [(rows[c].mark.value(), rows[c].text.value()) for c in (first, second)] == [
        ("gap", "No date."), ("", ""),
    ]  # fmt: skip
    assert officer.post(url, {**some, "version": "0", "rest": stage}).url == f"{url}#{stage}"
    rows = rows_of(officer.get(url))
    assert [rows[code].mark.value() for code in (first, second, third)] == ["gap", "there", "there"]
    assert submitted.completeness_checks.count() == 0

    stale = all_there(officer, submitted) | {"version": "0"}
    assert officer.post(url, stale).status_code == 409
    assert officer.post(url, all_there(officer, submitted)).status_code == 302
    assert CompletenessDraft.objects.count() == 0
    assert browsers.reviewer.get(url).status_code == 403


def test_marks_of_an_earlier_submission_are_not_used(submitted, browsers):
    officer, url = browsers.case_officer, at("completeness", submitted)
    first = codes_of(submitted)[0]
    officer.post(url, {"version": "-1", f"mark_{first}": "there", "save": "1"})
    submit_again(submitted)
    page = officer.get(url)
    assert rows_of(page)[first].mark.value() == ""
    assert "they are not used for this submission" in page.content.decode()


def test_the_fee_is_a_ledger_and_the_case_follows_it(submitted, browsers):
    officer, url = browsers.case_officer, at("fee", submitted)
    today = timezone.localdate()

    def post(fee, version, **more):
        return officer.post(url, {"fee": fee, "version": version, **on(today, "on"), **more}).status_code

    assert post("paid", 5, reference="Order 1") == 409
    assert [post("invoiced", 0), post("paid", 0), post("waived", 0), post("due", 0)] == [422] * 4
    assert post("invoiced", 0, number="INV-7", **on(today + timedelta(days=1), "on")) == 422
    assert (fresh(submitted).fee, FeeEntry.objects.count()) == ("due", 0)

    assert post("invoiced", 0, number="INV-7", amount="USD 70,000") == 302
    assert post("paid", 1, reference="Order 1") == 302
    entries = list(submitted.fee_entries.all())
    assert [(e.what, e.number, e.amount, e.reference, e.on) for e in entries] == [
        ("invoiced", "INV-7", "USD 70,000", "", today), ("paid", "", "", "Order 1", today),
    ]  # fmt: skip
    assert fresh(submitted).fee == "paid"
    page = officer.get(url).content.decode()
    assert "USD 70,000" in page

    wrong = {"corrects": entries[1].pk}
    assert [post("due", 2, **wrong), post("due", 2, reason="Another firm paid.")] == [422, 422]
    assert post("due", 2, reason="Another firm paid.", **wrong) == 302
    assert (fresh(submitted).fee, submitted.fee_entries.last().corrects) == ("due", entries[1])
    assert "corrects entry 2" in officer.get(url).content.decode()
    assert browsers.reviewer.get(url).status_code == 403


def test_an_entry_of_another_case_is_not_corrected(submitted, filed, afsa, browsers, afsa_staff):
    other = filed(afsa, state="submitted")
    strange = FeeEntry.objects.create(application=other, what="paid", by=afsa_staff.case_officer)
    FeeEntry.objects.create(application=submitted, what="paid", by=afsa_staff.case_officer)
    data = {"fee": "invoiced", "number": "1", "reason": "r", "corrects": strange.pk, "version": 0}
    data |= on(timezone.localdate(), "on")
    assert browsers.case_officer.post(at("fee", submitted), data).status_code == 422


def test_an_entry_that_is_corrected_twice_says_what_the_second_correction_says(submitted, browsers):
    officer, url = browsers.case_officer, at("fee", submitted)

    def post(fee, **more):
        data = {"fee": fee, "version": fresh(submitted).version, **on(timezone.localdate(), "on"), **more}
        return officer.post(url, data).status_code, fresh(submitted).fee

    assert post("paid", reference="Order 1") == (302, "paid")
    slip = {"corrects": submitted.fee_entries.get().pk, "reason": "A slip."}
    assert post("invoiced", number="INV-7", **slip) == (302, "invoiced")
    assert post("waived", **slip) == (302, "waived")


def test_an_invoice_does_not_undo_that_the_fee_is_paid_or_waived(submitted, browsers):
    officer, url = browsers.case_officer, at("fee", submitted)

    def post(fee, **more):
        data = {"fee": fee, "version": fresh(submitted).version, **on(timezone.localdate(), "on"), **more}
        response = officer.post(url, data)
        reasons = [reason.text for reason in response.context["reasons"]] if response.context else []
        return response.status_code, fresh(submitted).fee, reasons

    def corrected(place):
        return {"corrects": submitted.fee_entries.all()[place - 1].pk, "reason": "A slip."}

    words = "The fee is %s already. Where that is wrong, record the invoice as a correction of that entry."
    assert post("invoiced", number="INV-7") == (302, "invoiced", [])
    assert post("paid", reference="Order 1") == (302, "paid", [])
    assert post("invoiced", number="INV-8") == (422, "paid", [words % "paid"])
    assert post("invoiced", number="INV-17", **corrected(1)) == (302, "paid", [])  # its number was wrong
    assert post("due", **corrected(1)) == (302, "paid", [])
    assert post("invoiced", number="INV-17", **corrected(2)) == (302, "invoiced", [])  # nothing was paid
    assert post("waived", reason="A pilot.") == (302, "waived", [])
    assert post("invoiced", number="INV-8") == (422, "waived", [words % "waived"])
    assert list(submitted.fee_entries.values_list("what", "number")) == [
        ("invoiced", "INV-7"), ("paid", ""), ("invoiced", "INV-17"), ("due", ""), ("invoiced", "INV-17"),
        ("waived", ""),
    ]  # fmt: skip
