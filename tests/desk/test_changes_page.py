"""What changed between two submissions: word by word, file by file, row by row."""

import copy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.desk.changes import MOST_WORDS, Run, file_changes, word_runs
from documents.models import Document
from tests.desk.conftest import at, question_of
from tests.plugins.files import pdf


def runs(before, after):
    return [(run.kind[0], run.text) for run in word_runs([before], [after])]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("One two", "One two", [("s", "One two")]),
        ("", "All new", [("a", "All new")]),
        ("All gone", "", [("r", "All gone")]),
        ("30 June 2026", "30 May 2026", [("s", "30 "), ("r", "June "), ("a", "May "), ("s", "2026")]),
        ("USD 548,100.", "USD 592,840.", [("s", "USD "), ("r", "548,100."), ("a", "592,840.")]),
        ("Қала Алматы", "Қала Астана", [("s", "Қала "), ("r", "Алматы"), ("a", "Астана")]),
        ("a  b", "a b", [("s", "a b")]),
        ("a b", "a\nb", [("s", "a"), ("a", "\n"), ("s", "b")]),
    ],
)  # fmt: skip
def test_an_answer_is_compared_word_by_word(before, after, expected):
    assert runs(before, after) == expected


def test_both_texts_can_be_read_out_of_the_runs():
    before, after = "We keep the keys in two places.\nNo more.", "We hold the keys in three safe places.\nNo."
    found = word_runs([before], [after])
    assert "".join(run.text for run in found if run.kind != "removed") == after
    assert "".join(run.text for run in found if run.kind != "added") == before


@pytest.mark.parametrize(("words", "by_word"), [(MOST_WORDS // 2, True), (MOST_WORDS // 2 + 1, False)])
def test_a_very_long_answer_is_compared_by_its_lines(words, by_word):
    before = " ".join(["word"] * words)
    found = word_runs([before], [before[:-4] + "last"])
    assert (Run("added", "last") in found) is by_word


def given(*names):
    return [{"document": name, "name": f"{name}.pdf"} for name in names]


@pytest.mark.parametrize(
    ("before", "after", "supersedes", "expected"),
    [
        ("a", "a", {}, []),
        ("", "a", {}, [("added", "a.pdf", "")]),
        ("a", "", {}, [("removed", "a.pdf", "")]),
        ("a", "b", {}, [("added", "b.pdf", ""), ("removed", "a.pdf", "")]),
        ("a", "b", {"b": "a"}, [("replaced", "b.pdf", "a.pdf")]),
        ("a", "c", {"c": "b", "b": "a"}, [("replaced", "c.pdf", "a.pdf")]),
        ("ax", "bx", {"b": "a"}, [("replaced", "b.pdf", "a.pdf")]),
        ("a", "ab", {"b": "a"}, [("added", "b.pdf", "")]),
        ("a", "b", {"b": "b"}, [("added", "b.pdf", ""), ("removed", "a.pdf", "")]),
    ],
)
def test_a_file_is_new_a_newer_version_or_taken_out(before, after, supersedes, expected):
    found = file_changes(given(*before), given(*after), supersedes)
    assert [(one.kind, one.name, one.before) for one in found] == expected


@pytest.fixture
def submitted_again(filed, afsa):
    """A function: a case with three questions whose submission is followed by others, as ``change`` leaves
    their content.
    """

    def make(*changes):
        case = filed(afsa, questions=3)
        snapshot = case.snapshots.get()
        for number, change in enumerate(changes, start=2):
            content = copy.deepcopy(snapshot.content)
            change(content)
            snapshot.pk, snapshot.number, snapshot.content = None, number, content
            snapshot.save(force_insert=True)
        return case

    return make


def reword(position, words):
    def change(content):
        content["questions"][position]["value"] = {"text": words}

    return change


def shown(response):
    return [
        (one.requirement.code, one.kind) for stage in response.context["stages"] for one in stage.questions
    ]


def test_all_changes_of_a_case_between_any_two_submissions(submitted_again, browsers):
    case = submitted_again(reword(0, "Second."), reword(1, "Third."))
    codes = [q["requirement"] for q in case.snapshots.get(number=1).content["questions"]]
    url, reviewer = at("changes", case), browsers.reviewer

    assert shown(reviewer.get(url)) == [(codes[1], "changed")]
    assert shown(reviewer.get(f"{url}?from=1&to=3")) == [(codes[0], "changed"), (codes[1], "changed")]
    assert shown(reviewer.get(f"{url}?to=2")) == [(codes[0], "changed")]
    everything = reviewer.get(f"{url}?from=2&to=3&show=all")
    assert sorted(shown(everything)) == sorted(
        [(codes[0], "same"), (codes[1], "changed"), (codes[2], "same")]
    )
    for wrong in ("?from=9&to=x", "?from=-1", "?from=99999999999", "?from=²"):
        assert shown(reviewer.get(url + wrong)) == [(codes[1], "changed")], wrong
    assert reviewer.get(f"{url}?from=2&to=2").status_code == 200


def test_a_question_that_came_and_one_that_went_are_said(submitted_again, browsers):
    def swap(content):
        content["questions"].pop(0)

    def back(content):
        content["questions"].insert(0, dict(content["questions"][0]) | {"requirement": "CUS-14"})

    case = submitted_again(swap, back)
    gone = case.snapshots.get(number=1).content["questions"][0]["requirement"]
    assert (gone, "gone") in shown(browsers.reviewer.get(f"{at('changes', case)}?from=1&to=2"))
    assert ("CUS-14", "new") in shown(browsers.reviewer.get(f"{at('changes', case)}?from=2&to=3"))


def test_words_and_signs_say_what_changed_not_colour_alone(submitted_again, browsers):
    case = submitted_again(reword(0, "Answer to nobody."))
    code = case.snapshots.get(number=1).content["questions"][0]["requirement"]
    finding = case.findings.get(requirement=code)
    for url in (question_of(finding), at("changes", case)):
        page = browsers.reviewer.get(url).content.decode()
        for kind, sign, words, text in (
            ("del", "−", "removed:", f"{code}."),
            ("ins", "+", "added:", "nobody."),
        ):
            assert (
                f'<{kind}><span class="sign" aria-hidden="true">{sign}</span>'
                f'<span class="vh">{words} </span>{text}</{kind}>' in page
            ), url


def test_the_list_of_a_stage_shows_changes_only(submitted_again, browsers):
    case = submitted_again(reword(0, "Answer to nobody."))
    code = case.snapshots.get(number=1).content["questions"][0]["requirement"]
    stage = at("stage", case, case.book.stage_codes[0])
    found = browsers.reviewer.get(f"{stage}?show=changes").context["list"]
    assert [entry.first.requirement.code for group in found.groups for entry in group.entries] == [code]
    assert (found.total, found.changed) == (3, 1)


def test_tables_are_compared_row_by_row(submitted_again, browsers):
    person = {"name": "Dana", "posts": ["seo"], "human": "h", "number": "••1"}
    holding = {
        "owner": "Holder",
        "owned": "Firm",
        "kind": "own",
        "held_for": "",
        "economic": "10",
        "voting": "10",
    }

    def first(content):
        content["people"] = {"1": person, "2": person | {"name": "Bolat"}}
        content["holdings"] = [holding]

    def second(content):
        content["people"] = {"1": person | {"posts": ["fo"]}, "3": person | {"name": "Aida"}}
        content["holdings"] = [holding | {"economic": "12"}]
        content["capital"] = [{"line": "x", "period": "now", "amount": "5", "currency": "USD"}]

    case = submitted_again(first, second)
    tables = browsers.reviewer.get(at("changes", case)).context["tables"]
    assert [[(row.kind, row.name) for row in table.rows] for table in tables] == [
        [("changed", "Dana"), ("added", "Aida"), ("removed", "Bolat")],
        [("changed", "Holder → Firm")],
        [("added", "x, Now")],
    ]


def test_the_page_costs_the_same_for_one_change_as_for_three(submitted_again, browsers):
    counts = []
    for changes in (1, 3):

        def change(content, changes=changes):
            for question in content["questions"][:changes]:
                question["value"] = {"text": "Other."}
                question["files"] = [{"document": str(new_file().pk), "name": "a.pdf", "sha256": "0"}]

        case = submitted_again(change)
        browsers.reviewer.get(at("changes", case))
        with CaptureQueriesContext(connection) as queries:
            browsers.reviewer.get(at("changes", case))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def new_file():
    body = pdf()
    return Document.objects.create(
        key=f"key-{Document.objects.count()}", name="a.pdf", size=len(body), sha256="0" * 64, extension="pdf",
        content_type="application/pdf", sealed=True, status="clean", uploaded_by_name="Firm",
    )  # fmt: skip
