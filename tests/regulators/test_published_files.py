"""A file that was published is never edited: what changes is written under a new version."""

from regulators import books

PUBLISHED = {
    "afm-custody 2026.1": "10c64e0f408643c6c20ee2ce0b43653362d8d1371bbf06920e33cf3bae167bee",
    "afm-custody 2026.2": "8d905c8983523a7f3f3a7a41706f5e8bf67a20e0718a1d4d1c5d732601ccec6e",
    "afm-custody 2026.3": "3e0533840791fe6a235a154d32fd16b3a3ac22537d6f20c34784ffafb5f117d0",
    "afsa-custody 2026.1": "1b51c23be5c5107f9cd2ca9a908510f91aa30f1531244ba43391cf099ddd6ae0",
    "afsa-custody 2026.2": "2211b56e4e14d92b52216008c8a3131d3d72a0e2a71686281ddc994a21e6c848",
    "afsa-custody 2026.3": "6514d607ba0773abe9a13ee5db8799ded5e925a9badaaf4f0fb0230857ef27ad",
    "nbk-exchange 2026.1": "ccdc87a8b7a9abfab7808cb946f39cce7a7dea403afb3ac85b83928dc843db1a",
    "nbk-exchange 2026.2": "48729ba7fd64e322827d765919a5ed5196fc0f5e96f53fc385aad7d267168e7c",
}


def test_published_files_are_as_they_were_published():
    assert {f"{book.code} {book.version}": book.sha256 for book in books.all_books()} == PUBLISHED
