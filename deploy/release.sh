#!/bin/sh
# Before a new version serves. Each step may be done again without harm.
set -eu
python deploy/make_bucket.py
python manage.py check --deploy --fail-level WARNING
python manage.py migrate --no-input
python manage.py grant_app_role
# The rest as the role that serves.
unset DATABASE_OWNER_URL
python manage.py load_rulebooks
