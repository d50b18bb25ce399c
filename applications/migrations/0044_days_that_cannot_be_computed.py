"""Deadlines without a day yet, and of pauses that count no more; the clocks of consultations and notices that
were open before clocks were kept of them, or whose deadlines a way back to 0041 has forgotten.
"""

from datetime import datetime

from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone

from applications.runs import end_of
from regulators import books
from regulators.calendars import kazakhstan, reach

OVER = ("granted", "refused", "lapsed", "withdrawn", "discarded", "not_accepted")
CONCURRENCE, OF_NOTICES = ("concurrence",), ("representations", "objection")
STOP = "stop"

# What was paused is computed again by the next ``load_rulebooks``: a pause of what was over counts no more.
COMPUTE_PAUSED_AGAIN = """
    update applications_deadline d set calendar = ''
    where d.met_at is null and d.working_days is not null and d.about = '' and exists (
        select from applications_clockentry e
        where e.application_id = d.application_id and e.clock = d.code and e.about = '' and e.what = 'pause')
"""


def start_clocks(apps, schema_editor):
    for about, case, codes, since, cause in [*_consultations(apps), *_notices(apps), *_people(apps)]:
        day = timezone.localdate(since) if isinstance(since, datetime) else since
        for clock in books.get(case.rulebook.code, case.rulebook.version).clocks:
            if clock.code in codes:
                _start(apps, case, clock, about, day, cause)


def _consultations(apps):
    """Without a day another body has the period of the book since it was asked; one whose clock had stopped
    with the case, since that came back. One with a day and no clock has a day that a person chose.
    """
    asked = apps.get_model("applications", "Consultation").objects.filter(outcome="", inside=False)
    for one in asked.exclude(application__state__in=OVER).select_related("application__rulebook"):
        about, case = f"consultation:{one.pk}", one.application
        last = _entries(case, CONCURRENCE[0], about).last()
        if last is None and one.due_on is None:
            yield about, case, CONCURRENCE, one.asked_at, "notice"
        elif last and last.what == STOP:
            remitted = case.decisions.filter(kind="remit").order_by("at").last()
            yield about, case, CONCURRENCE, remitted.at if remitted else last.at, "remit"
        elif last:
            yield about, case, CONCURRENCE, last.at, last.cause


def _notices(apps):
    served = apps.get_model("applications", "RefusalNotice").objects.filter(served_on__isnull=False)
    for one in served.filter(application__state="refusal_proposed").select_related("application__rulebook"):
        if one == one.application.refusal_notices.order_by("proposed_at").last():
            yield f"refusal:{one.pk}", one.application, OF_NOTICES, one.served_on, "notice"


def _people(apps):
    people = apps.get_model("applications", "IndividualApproval").objects.exclude(application__state__in=OVER)
    people = people.filter(state="refusal_proposed", noticed_at__isnull=False)
    for one in people.select_related("application__rulebook"):
        yield f"person:{one.pk}", one.application, OF_NOTICES, one.noticed_at, "notice"


def _entries(case, code, about):
    return case.clock_entries.filter(clock=code, about=about).order_by("at", "pk")


def _start(apps, case, clock, about, day, cause):
    """What runs and has its deadline stays as it is."""
    last = _entries(case, clock.code, about).last()
    if last is None or last.what == STOP:
        case.clock_entries.create(
            clock=clock.code, about=about, what="start", at=timezone.now(), cause=cause
        )
    deadline = case.deadlines.filter(code=clock.code, about=about).first()
    if not clock.has_length or (deadline and deadline.met_at is None):
        return
    end = reach(clock, day)
    length = (clock.working_days, "working days") if clock.working_days else (
        (clock.calendar_days, "calendar days") if clock.calendar_days else (clock.months, "months")
    )
    facts = {
        "rule": f"{length[0]} {length[1]} from {cause} ({case.rulebook.code} {case.rulebook.version})",
        "starts_on": day, "working_days": clock.working_days, "calendar_days": clock.calendar_days,
        "months": clock.months, "pause_cap": clock.pause_cap, "met_at": None,
        "calendar": str(kazakhstan()) if clock.working_days and end.day else "",
        "due_on": end.day, "due_at": end_of(end.day) if end.day else None, "missing_year": end.missing_year,
    }  # fmt: skip
    case.deadlines.update_or_create(code=clock.code, about=about, defaults=facts)
    kind, _colon, pk = about.partition(":")
    if kind == "consultation":
        apps.get_model("applications", "Consultation").objects.filter(pk=pk).update(due_on=end.day)


def give_each_a_day(apps, schema_editor):
    """On the way back: before, a deadline without a day could not be kept. Those that are met are over."""
    without = apps.get_model("applications", "Deadline").objects.filter(due_on=None)
    without.filter(met_at__isnull=False).delete()
    if waiting := without.first():
        raise RuntimeError(
            f"The deadline {waiting.pk} has no day, since {waiting.missing_year} is not in the calendar. Add the "
            "year to regulators/calendars/kz.toml under a new version, run load_rulebooks, then go back."
        )


class Migration(migrations.Migration):
    dependencies = [("applications", "0043_tallies")]

    operations = [
        migrations.AlterField("deadline", "due_on", models.DateField(null=True)),
        migrations.AlterField("deadline", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("deadline", "missing_year", models.PositiveSmallIntegerField(blank=True, null=True)),
        migrations.AddField("deadline", "spent_on", models.DateField(blank=True, null=True)),
        migrations.AddField("deadline", "spent_due_on", models.DateField(blank=True, null=True)),
        migrations.AddConstraint(
            "deadline",
            models.CheckConstraint(
                condition=Q(due_on__isnull=False, due_at__isnull=False, missing_year=None)
                | Q(due_on=None, due_at=None, missing_year__isnull=False),
                name="applications_deadline_day_or_missing_year",
            ),
        ),
        migrations.AddConstraint(
            "deadline",
            models.CheckConstraint(
                condition=Q(spent_on=None, spent_due_on=None)
                | Q(spent_on__isnull=False, spent_due_on__isnull=False),
                name="applications_deadline_spent",
            ),
        ),
        migrations.RunSQL(COMPUTE_PAUSED_AGAIN, migrations.RunSQL.noop),
        migrations.RunPython(start_clocks, give_each_a_day),
    ]
