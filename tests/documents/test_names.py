import pytest

from documents.names import display_name, extension_of, for_disk


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Charter.pdf", "Charter.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\win.PDF", "win.pdf"),
        ("/etc/passwd.pdf", "passwd.pdf"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("a\0b\r\nX: y.pdf", "abX y.pdf"),
        ("report\u202efdp.pdf", "reportfdp.pdf"),
        ("a\u200b\u2028b.pdf", "ab.pdf"),
        ("con.pdf", "_con.pdf"),
        ("LPT1.pdf", "_LPT1.pdf"),
        ("con.tar.pdf", "_con.tar.pdf"),
        ("contract.tar.pdf", "contract.tar.pdf"),
        (".hidden.pdf", "hidden.pdf"),
        ("...pdf", "document.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("Әділет үшін құжат (ҚР).pdf", "Әділет үшін құжат (ҚР).pdf"),
        ("и\u0306од.pdf", "йод.pdf"),
        ("plan 📈.pdf", "plan 📈.pdf"),
        ('a<b>:"|?*.pdf', "a b.pdf"),
        ("invoice.exe.pdf", "invoice.exe.pdf"),
        ("a" * 300 + ".pdf", "a" * 251 + ".pdf"),
        ("Ә" * 251 + ".pdf", "Ә" * 251 + ".pdf"),
        ("Ә" * 300 + ".pdf", "Ә" * 251 + ".pdf"),
    ],
)
def test_the_name_shown(given, shown):
    assert display_name(given, "pdf") == shown


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("Әділет.pdf", "Әділет.pdf"),
        ("Ә" * 118 + ".pdf", "Ә" * 118 + ".pdf"),
        ("Ә" * 119 + ".pdf", "Ә" * 118 + ".pdf"),
        ("a" + "Ә" * 118 + ".pdf", "a" + "Ә" * 117 + ".pdf"),
        ("a" * 251 + ".xlsx", "a" * 235 + ".xlsx"),
    ],
)
def test_a_name_is_as_short_as_a_file_may_be_called(name, saved):
    assert for_disk(name) == saved


@pytest.mark.parametrize(
    ("given", "extension"),
    [("a.PDF", "pdf"), ("a.pdf ", "pdf"), ("a", ""), (".pdf", ""), ("", ""), ("a.pdf.exe", "exe")],
)
def test_the_extension_claimed(given, extension):
    assert extension_of(given) == extension
