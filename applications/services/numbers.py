"""References: one series a regulator and year, handed out under the lock of its counter row."""

from django.db import connection

NEXT = """
    INSERT INTO applications_counter (series, last) VALUES (%s, 1)
    ON CONFLICT (series) DO UPDATE SET last = applications_counter.last + 1
    RETURNING last
"""


def next_reference(*, regulator: str, year: int) -> str:
    """Such as ``KZC-AFSA-2026-0001``; given back if the transaction is."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [f"case:{regulator}:{year}"])
        (number,) = cursor.fetchone()
    return f"KZC-{regulator}-{year}-{number:04d}"
