"""Every file is read at the start of each process, so reading them must stay quick."""

import time

from regulators import books

MOST = 2.0  # seconds of the processor; it takes about a quarter of one


def test_all_books_are_read_in_less_than_two_seconds():
    start = time.process_time()
    found = books.read_folder(books.FOLDER)
    taken = time.process_time() - start
    assert {(book.code, book.version) for book in found} >= {
        ("afsa-custody", "2026.2"),
        ("nbk-exchange", "2026.1"),
    }
    assert taken < MOST
