"""The tests themselves run as the app role, whichever way they reach the database."""

import threading

import pytest
from django.conf import settings
from django.db import connection

from audit.models import Chain


def role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, usesuper FROM pg_user WHERE usename = current_user")
        return cursor.fetchone()


APP = (settings.DATABASE_APP_ROLE, False)


@pytest.mark.django_db
def test_in_an_ordinary_test():
    assert role() == APP


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [1, 2])
def test_in_a_committing_test_and_in_the_one_after_it(again):
    """The tables are emptied between the two by the owner."""
    assert role() == APP
    assert Chain.objects.count() == 0
    Chain.objects.create(subject="case:1")


@pytest.mark.django_db(transaction=True)
def test_in_a_thread():
    found = []

    def look():
        found.append(role())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [APP]


@pytest.mark.django_db
def test_after_the_connection_was_reset():
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert role() == APP
