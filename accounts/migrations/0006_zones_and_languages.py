from django.db import migrations, models

import accounts.zones

LANGUAGE = {
    "choices": [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")],
    "default": "en",
    "max_length": 2,
    "verbose_name": "language",
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sessions_ended"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="zone",
            field=models.CharField(
                default="Asia/Almaty",
                max_length=50,
                validators=[accounts.zones.check_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.AddField(
            model_name="firminvitation", name="language", field=models.CharField(**LANGUAGE)
        ),
        migrations.AddField(
            model_name="staffinvitation", name="language", field=models.CharField(**LANGUAGE)
        ),
    ]
