"""An attempt keeps the address it went to once its message goes to another one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_taken_back_and_waiting_since")]

    operations = [
        migrations.AddField(
            model_name="attempt",
            name="email",
            field=models.EmailField(blank=True, default="", max_length=254, verbose_name="e-mail"),
        ),
    ]
