"""Each message says which cases it is about; of those written before it is read from the key and the links."""

import re

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

CASE = re.compile(r"/applications/(?:application/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")

OF_SEVERAL = ("digest", "internal_digest")
OF_ONE_CASE = r"""
UPDATE notifications_message SET about = ARRAY['application:' || substring(key || ' ' || url FROM place)]
FROM (VALUES (1, '^case:([0-9a-f-]{36}):'), (2, '/applications/([0-9a-f-]{36})/'),
             (3, '/applications/application/([0-9a-f-]{36})/')) AS places (number, place)
WHERE about = '{}' AND template NOT IN ('digest', 'internal_digest') AND key || ' ' || url ~ place
"""


def name_cases(apps, schema_editor):
    """The rows of a mail of several dates say it too, since the mail is written anew from them."""
    schema_editor.execute(OF_ONE_CASE)
    Message = apps.get_model("notifications", "Message")
    for message in Message.objects.filter(template__in=OF_SEVERAL).only("context").iterator():
        for row in message.context["rows"]:
            place = CASE.search(row.get("url", ""))
            row["about"] = f"application:{place[1]}" if place else ""
        message.about = sorted({row["about"] for row in message.context["rows"]} - {""})
        message.save(update_fields=["context", "about"])


def forget_cases(apps, schema_editor):
    Message = apps.get_model("notifications", "Message")
    for message in Message.objects.filter(template__in=OF_SEVERAL).only("context").iterator():
        for row in message.context["rows"]:
            row.pop("about", None)
        message.save(update_fields=["context"])


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0004_bounces"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="about",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100),
                blank=True,
                default=list,
                size=None,
                verbose_name="about",
            ),
        ),
        migrations.RunPython(name_cases, forget_cases),
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.GinIndex(fields=["about"], name="notifications_about"),
        ),
    ]
