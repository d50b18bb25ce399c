from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('kzcustody_site', '0001_cache')]

    operations = [
        migrations.CreateModel(
            name='Timer',
            fields=[
                ('task', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('sent_at', models.DateTimeField(null=True)),
                ('begun_at', models.DateTimeField(null=True)),
            ],
            options={'verbose_name': 'timer'},
        ),
    ]
