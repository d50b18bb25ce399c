from django.db import migrations

# As createcachetable makes it.
TABLE = """
CREATE TABLE kzcustody_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX kzcustody_cache_expires ON kzcustody_cache (expires);
"""


class Migration(migrations.Migration):

    dependencies = []

    operations = [migrations.RunSQL(TABLE, "DROP TABLE kzcustody_cache")]
