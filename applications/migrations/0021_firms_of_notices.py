"""Notices that were written before say of which firm they are."""

import re

from django.db import migrations, models

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MEETING = re.compile(r"^meeting:(\d+):")


def name_firms(apps, schema_editor):
    Message = apps.get_model("notifications", "Message")
    told = Message.objects.filter(firm=None, internal=False, recipient__isnull=False)
    of_firms = told.exclude(url__contains="/applications/own/")  # of one's own part: of a person, not of a firm
    for message in of_firms.only("key", "url", "context", "subject_ref").iterator():
        firm = firm_of(apps, message)
        if firm:
            Message.objects.filter(pk=message.pk).update(firm=firm)


def firm_of(apps, message):
    cases = apps.get_model("applications", "Application").objects
    meetings = apps.get_model("applications", "MeetingRequest").objects
    meeting = MEETING.match(message.key)
    if meeting:
        found = meetings.filter(pk=meeting[1])
    else:
        ids = UUID.findall(f"{message.key} {message.url} {message.context}")
        found = cases.filter(models.Q(pk__in=ids) | models.Q(reference=message.subject_ref))
    return found.values_list("firm", flat=True).first()


class Migration(migrations.Migration):
    dependencies = [
        ("applications", "0020_typed_on_any_page"),
        ("notifications", "0003_choices_and_firms"),
    ]

    operations = [migrations.RunPython(name_firms, migrations.RunPython.noop)]
