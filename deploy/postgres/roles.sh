#!/bin/sh
# Once, when the database's volume is empty: the owner of the tables, and the role that serves and owns nothing.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d postgres \
    -v owner_password="$DATABASE_OWNER_PASSWORD" -v app_password="$DATABASE_APP_PASSWORD" <<'SQL'
CREATE ROLE kzcustody_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE kzcustody_app LOGIN PASSWORD :'app_password';
CREATE DATABASE kzcustody OWNER kzcustody_owner;
SQL
