"""Long lists: asked for, written outside of the request, opened by their owner alone."""

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from applications import tasks
from applications.models import Export, ExportPiece
from applications.pipeline.exports import background, sheets
from applications.runs import end_of
from notifications.models import Message
from notifications.sending import send_waiting
from regulators.models import Role
from tests.plugins.exported import CSV, EXPORTS, XLSX, ask, book, content, dismiss, fresh, kinds, rows_of

pytestmark = pytest.mark.django_db


def test_a_long_list_is_offered_first_and_written_when_asked(
    browser, lead, long, django_capture_on_commit_callbacks, monkeypatch
):
    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args=(), **_more: sent.append((name, args)))
    offered = browser.get(CSV, {"state": "in_review"})
    assert (offered.status_code, Export.objects.count(), kinds()) == (200, 0, [])
    assert "“Cases” has 3 rows." in offered.content.decode()
    with django_capture_on_commit_callbacks() as waiting:
        asked = browser.post(CSV + "?state=in_review", follow=True)
    assert sent == []
    for callback in waiting:
        callback()
    export = Export.objects.get()
    assert asked.redirect_chain == [(EXPORTS, 302)]
    assert sent == [("applications.tasks.write_export", [export.pk])]
    assert (export.owner, export.status, export.query, export.words, export.rows_of) == (
        lead, "queued", "state=in_review", ["State: In review"], 3,
    )  # fmt: skip
    html = asked.content.decode()
    assert "0 of 3" in html
    assert f'hx-get="{EXPORTS}"' in html
    assert kinds() == ["pipeline.export_asked"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_worker_writes_what_would_have_come_at_once(browser, lead, long, settings, form):
    export = ask(lead, form=form, query="state=in_review")
    tasks.write_export(export.pk)
    export = fresh(export)
    assert (export.status, export.rows_done, export.rows_of, export.tries) == ("done", 3, 3, 1)
    assert export.regulators == [long[0].licence_type.regulator_id]
    assert export.expires_at == end_of(timezone.localdate() + timedelta(days=7))
    page = browser.get(EXPORTS).content.decode()
    assert ("Ready" in page, "hx-get" in page, f"{EXPORTS}{export.pk}/" in page) == (True, False, True)
    response = browser.get(f"{EXPORTS}{export.pk}/")
    data = content(response)
    assert response["Content-Disposition"] == f'attachment; filename="pipeline-2026-11-23.{form}"'
    assert response["Content-Length"] == str(len(data)) == str(export.size)
    settings.EXPORT_ROWS_AT_ONCE = 3
    at_once = content(browser.get(f"/pipeline/cases.{form}?state=in_review"))
    if form == "csv":
        assert data == at_once
    else:
        one, other = (
            [[c.value for c in row] for page in book(x).worksheets for row in page] for x in (data, at_once)
        )
        assert one == other
    assert kinds() == [
        "pipeline.export_asked", "pipeline.export_written", "pipeline.export_opened", "pipeline.export",
    ]  # fmt: skip


def test_its_owner_is_told_once(lead, long):
    export = ask(lead)
    tasks.write_export(export.pk)
    tasks.write_export(export.pk)
    assert tasks.write_exports() == 0
    message = Message.objects.get()
    assert (message.recipient, message.template, message.context, message.internal) == (
        lead, "internal_export_ready", {"lines": 3, "due": "2026-11-30"}, True,
    )  # fmt: skip
    assert message.url.endswith(EXPORTS)
    assert ExportPiece.objects.count() == 1


def test_a_large_file_is_kept_in_pieces(browser, lead, long, monkeypatch):
    monkeypatch.setattr(background, "PIECE", 100)
    export = ask(lead)
    tasks.write_export(export.pk)
    export = fresh(export)
    assert export.pieces.count() == -(-export.size // 100) > 3
    assert len(rows_of(content(browser.get(f"{EXPORTS}{export.pk}/")))) == 4


def test_how_far_it_is_can_be_seen_meanwhile(browser, lead, long, monkeypatch):
    monkeypatch.setattr(background, "PORTION", 1)
    export, write, seen = ask(lead), sheets.write, []

    def looked_at(file, form, *, columns, rows, about):
        def watched():
            for row in rows:
                yield row
                seen.append(fresh(export).percent)

        return write(file, form, columns=columns, rows=watched(), about=about)

    monkeypatch.setattr(sheets, "write", looked_at)
    tasks.write_export(export.pk)
    assert seen == [0, 33, 66]


def test_three_may_wait_at_once(browser, lead, long, staff_of):
    for _three in range(3):
        browser.post(CSV)
    refused = browser.post(CSV)
    assert (refused.status_code, Export.objects.count()) == (409, 3)
    assert "3 lists of yours are being written." in refused.content.decode()
    ask(staff_of(long[0].licence_type, Role.DECISION_MAKER))  # others do not wait for that
    tasks.write_export(Export.objects.earliest("pk").pk)
    assert browser.post(CSV).status_code == 302


def test_a_sheet_that_excel_cannot_hold_is_not_offered(browser, long, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    page = browser.get(XLSX).content.decode()
    assert ("takes 2 rows at most" in page, "Write it as" in page) == (True, False)
    assert "Write it as CSV" in browser.get(CSV).content.decode()


# --- who may


def test_nobody_else_opens_it(lead, long, staff_of, signed_in):
    export = ask(lead)
    tasks.write_export(export.pk)
    other = signed_in(staff_of(long[0].licence_type, Role.DECISION_MAKER))
    assert other.get(f"{EXPORTS}{export.pk}/").status_code == 404
    assert other.post(f"{EXPORTS}{export.pk}/retry/").status_code == 404
    assert "You have exported no long list yet." in other.get(EXPORTS).content.decode()


def test_who_manages_its_regulator_no_more_does_not_open_it(browser, lead, long, afm, settings):
    export = ask(lead)
    tasks.write_export(export.pk)
    Export.objects.update(regulators=[*fresh(export).regulators, afm.regulator_id])
    response = browser.get(f"{EXPORTS}{export.pk}/")
    assert response.status_code == 403
    assert "cases of a regulator that you do not manage any more" in response.content.decode()
    dismiss(lead)
    assert browser.get(f"{EXPORTS}{export.pk}/").status_code == 404
    assert "pipeline.export_opened" not in kinds()


def test_it_is_not_written_for_who_manages_nothing_any_more(lead, long):
    export = ask(lead)
    dismiss(lead)
    tasks.write_export(export.pk)
    assert (fresh(export).status, fresh(export).problem) == ("failed", "rights")
    assert ExportPiece.objects.count() == 0
    send_waiting()
    message = Message.objects.get()
    assert (message.template, message.status, message.withheld_because) == (
        "internal_export_failed", "withheld", "manages no more",
    )  # fmt: skip


def test_a_filter_that_is_not_valid_any_more_ends_it(browser, lead, long):
    export = ask(lead, query="officer=999999")
    tasks.write_export(export.pk)
    assert (fresh(export).status, fresh(export).problem) == ("failed", "filter")
    assert "not valid any more" in browser.get(EXPORTS).content.decode()
