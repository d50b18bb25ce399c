"""Each export once, whatever fails, is killed or runs twice."""

import os
import signal
import threading
from datetime import timedelta

import pytest
from django.db import connection

from applications import tasks
from applications.models import Export, ExportPiece
from applications.pipeline import services
from applications.pipeline.exports import background, sheets
from notifications.models import Message
from tests.pipeline.conftest import TODAY, at
from tests.plugins.exported import EXPORTS, ask, fresh, kinds
from workflow.errors import NotReady

pytestmark = pytest.mark.django_db


def test_what_fails_is_tried_three_times_and_then_by_its_owner(browser, lead, long, monkeypatch):
    def fail(*_args, **_more):
        raise OSError

    export = ask(lead)
    with monkeypatch.context() as patch:
        patch.setattr(sheets, "write", fail)
        tasks.write_export(export.pk)
        assert (fresh(export).status, fresh(export).tries, Message.objects.count()) == ("queued", 1, 0)
        assert tasks.write_exports() == tasks.write_exports() == tasks.write_exports() == 0
    assert (fresh(export).status, fresh(export).problem, fresh(export).tries) == ("failed", "broken", 3)
    assert list(Message.objects.values_list("template", flat=True)) == ["internal_export_failed"]
    assert f"{EXPORTS}{export.pk}/retry/" in browser.get(EXPORTS).content.decode()
    browser.post(f"{EXPORTS}{export.pk}/retry/")
    assert (fresh(export).status, fresh(export).problem, fresh(export).tries) == ("queued", "", 0)
    assert tasks.write_exports() == 1
    assert fresh(export).status == "done"
    browser.post(f"{EXPORTS}{export.pk}/retry/")
    assert fresh(export).status == "done"


def test_a_retry_waits_for_room_too(lead, long):
    failed = ask(lead)
    Export.objects.update(status="failed", problem="broken")
    for _three in range(3):
        ask(lead)
    with pytest.raises(NotReady):
        services.retry_export(owner=lead, export_id=failed.pk)


def test_after_its_time_the_file_is_gone(browser, lead, long):
    export = ask(lead)
    tasks.write_export(export.pk)
    Export.objects.update(expires_at=at(TODAY) + timedelta(seconds=1))
    assert tasks.sweep_exports() == 0
    Export.objects.update(expires_at=at(TODAY))
    assert browser.get(f"{EXPORTS}{export.pk}/").status_code == 410  # also before the sweep
    assert (tasks.sweep_exports(), tasks.sweep_exports()) == (1, 0)
    assert (fresh(export).status, ExportPiece.objects.count()) == ("expired", 0)
    assert browser.get(f"{EXPORTS}{export.pk}/").status_code == 410
    assert kinds()[-1] == "pipeline.export_expired"


def test_the_page_asks_as_much_for_one_as_for_three(browser, lead, long, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(6) as queries:
            browser.get(EXPORTS)
        return len(queries)

    ask(lead)
    one = count()
    ask(lead)
    ask(lead)
    assert count() == one


# --- kills and crowds


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "is_done"), [("_fill", False), ("_fill", True), ("_keep_pieces", True)])
def test_a_worker_that_is_killed_is_made_up_for(lead, long, monkeypatch, step, is_done):
    export = ask(lead)
    killed(lambda: background.write(export_id=export.pk), step, is_done, monkeypatch)
    assert (fresh(export).status, fresh(export).tries) == ("running", 1)
    assert (ExportPiece.objects.count(), Message.objects.count()) == (0, 0)
    wait_until_free(export)
    assert tasks.write_exports() == 1
    assert (fresh(export).status, fresh(export).tries, fresh(export).rows_done) == ("done", 2, 3)
    assert (ExportPiece.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_what_kills_its_worker_each_time_is_given_up(lead, long, monkeypatch):
    export = ask(lead)
    for _three in range(3):
        killed(lambda: background.write(export_id=export.pk), "_fill", True, monkeypatch)
        wait_until_free(export)
    assert tasks.write_exports() == 0
    assert (fresh(export).status, fresh(export).problem) == ("failed", "broken")


@pytest.mark.django_db(transaction=True)
def test_two_workers_write_one_file(lead, long, monkeypatch):
    export, begun, go_on, fill = ask(lead), threading.Event(), threading.Event(), background._fill
    done = []

    def slow(file, one):
        begun.set()
        assert go_on.wait(30)
        return fill(file, one)

    def work():
        try:
            done.append(background.write(export_id=export.pk))
        finally:
            connection.close()

    monkeypatch.setattr(background, "_fill", slow)
    worker = threading.Thread(target=work)
    worker.start()
    assert begun.wait(30)
    assert background.write(export_id=export.pk) is False
    go_on.set()
    worker.join(60)
    assert (done, fresh(export).tries, Message.objects.count()) == ([True], 1, 1)


def killed(what, step, is_done, monkeypatch):
    """Does it in a process of its own, which is killed when it comes to the step, or has taken it."""
    child = os.fork()
    if child == 0:
        of_the_parent = connection.connection  # kept, so that nobody hangs up on it
        connection.connection = None
        taken = getattr(background, step)

        def die(*args, **kwargs):
            if is_done:
                taken(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(background, step, die)
        try:
            what()
        finally:
            os._exit(bool(of_the_parent))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def wait_until_free(export):
    """PostgreSQL notices a moment later that the process is gone."""
    with connection.cursor() as cursor:
        key = [background.LOCK, export.pk]
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s), %s::int)", key)
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s::int)", key)
