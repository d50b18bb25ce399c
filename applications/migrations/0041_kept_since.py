from django.db import migrations
from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import TruncDate

ENDED = ("granted", "lapsed", "not_accepted", "refused", "withdrawn")
LICENCE_ENDS = ("revoked", "surrendered", "expired")


def keep_since_when(apps, schema_editor):
    """As the services keep it from now on, for the cases that are there already."""
    ends = apps.get_model("licences", "RegisterEntry").objects.filter(
        licence=OuterRef("licence"), to_state__in=LICENCE_ENDS
    )
    first = Subquery(ends.order_by("at", "pk").values("at")[:1])
    ended = Case(
        When(state="granted", licence__isnull=False, then=first),
        When(state__in=ENDED, then=F("decided_at")),
    )
    apps.get_model("applications", "Application").objects.filter(state__in=ENDED).update(
        kept_since=TruncDate(ended)
    )


class Migration(migrations.Migration):
    dependencies = [("applications", "0040_retention")]

    operations = [migrations.RunPython(keep_since_when, migrations.RunPython.noop)]
