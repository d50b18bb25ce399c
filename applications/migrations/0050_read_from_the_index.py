"""What is counted is read from the index of the tallies alone."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0049_hands_counted'),
        ('regulators', '0006_keeping_period'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='tally',
            name='applications_tally_once',
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('what', 'licence_type', 'day', 'state', 'stage', 'turn', 'days', 'officer'), include=('cases',), name='applications_tally_once', nulls_distinct=False),
        ),
    ]
