"""The register: open to everybody, true to the licences, and silent about readiness."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Firm
from licences import services
from licences.text import cell
from tests.licences.acting import by_two

PAGES = ["register:list", "register:json", "register:csv"]


@pytest.fixture
def visitor():
    return Client(HTTP_ACCEPT_LANGUAGE="en")


@pytest.fixture
def ready(licence_type, firm, person):
    with transaction.atomic():
        return services.record_readiness(
            actor=person("Clerk", "N1000009"),
            firm=firm,
            licence_type=licence_type,
            rulebook_version="afm-custody 2026.1",
            case_reference="KZC-2026-0009",
            content_hash="ab" * 32,
        )


def text(answer):
    return (answer.getvalue() if answer.streaming else answer.content).decode("utf-8-sig")


def found(visitor, words):
    page = visitor.get(reverse("register:list"), {"q": words}).context["page"]
    return [licence.number for licence in page]


def test_an_empty_register_says_so(visitor, db):
    page = visitor.get(reverse("register:list"))

    assert page.status_code == 200
    assert "The register is empty" in text(page)
    assert json.loads(text(visitor.get(reverse("register:json"))))["licences"] == []
    assert len(list(csv.reader(io.StringIO(text(visitor.get(reverse("register:csv"))))))) == 1


def test_readiness_is_in_no_page_and_no_export(visitor, ready):
    for name in PAGES:
        for words in ("", ready.reference, "Turan"):
            answer = visitor.get(reverse(name), {"q": words})
            shown = text(answer).replace(words, "") if words else text(answer)
            assert answer.status_code == 200
            assert [
                part for part in (ready.reference, "Turan", "KZC-2026-0009", "abab") if part in shown
            ] == []
    assert visitor.get(reverse("register:entry", args=[ready.reference])).status_code == 404
    assert json.loads(text(visitor.get(reverse("register:json"))))["licences"] == []


def test_the_pages_say_what_an_entry_is(visitor, grant):
    licence = grant(conditions=["Keep 90% in cold storage."])
    listed = text(visitor.get(reverse("register:list")))
    entry = text(visitor.get(reverse("register:entry", args=[licence.number])))

    assert "AFSA granted the firm its “Providing Custody” licence" in listed
    for page in (listed, entry):
        assert "It is not the official register of AFSA" in page
        assert '<span class="tag tag--ok">In force</span>' in page
    for fact in (
        "AFSA-2026-0001",
        "210340012345",
        "Framework Regulations, s 35",
        "Keep 90% in cold storage.",
        "2 November 2026",
        "Astana Financial Services Authority",
    ):
        assert fact in entry


def test_a_licence_past_its_last_day_is_not_shown_as_in_force(visitor, grant):
    licence = grant(valid_until=timezone.localdate() - timedelta(days=1))
    entry = text(visitor.get(reverse("register:entry", args=[licence.number])))

    assert '<span class="tag tag--bad">Past its last day</span>' in entry
    assert "This licence is not in force today" in entry
    (record,) = json.loads(text(visitor.get(reverse("register:json"))))["licences"]
    assert (record["state"], record["in_force"]) == ("active", False)


@pytest.mark.parametrize(
    "words", ["turan", "TURAN vault", "тұран", "Туран", "210340012345", "AFSA-2026-0001", " afsa-2026-0001 "]
)
def test_a_firm_is_found_by_any_of_its_names_and_numbers(words, visitor, grant):
    grant()
    other = Firm.objects.create(name="Other", legal_form="llp", no_bin_reason="foreign")
    grant(firm=other)

    assert found(visitor, words) == ["AFSA-2026-0001"]


@pytest.mark.parametrize("words", ["nobody", "%", "_", "turan nobody", "x" * 5000, "\x00%'\"<script>"])
def test_a_search_that_finds_nothing_says_so(words, visitor, grant):
    grant()
    page = visitor.get(reverse("register:list"), {"q": words})

    assert page.status_code == 200
    assert "No licence was found" in text(page)
    assert "<script>" not in text(page)


def test_json_holds_the_public_history(visitor, grant, firm):
    grant(conditions=["One."])

    assert json.loads(text(visitor.get(reverse("register:json"))))["licences"] == [
        {
            "number": "AFSA-2026-0001",
            "firm": "Turan Vault Ltd",
            "bin": "210340012345",
            "licence_type": "afsa-custody",
            "regulator": "afsa",
            "rulebook_version": "afsa-custody 2026.1",
            "legal_basis": "Framework Regulations, s 35",
            "case": "KZC-2026-0001",
            "granted_on": "2026-11-02",
            "valid_until": "",
            "state": "active",
            "in_force": True,
            "restricted": False,
            "winding_down": False,
            "scope": "",
            "conditions": [
                {"number": 1, "text": "One.", "in_force": True, "since_line": 1, "until_line": None}
            ],
            "history": [
                {
                    "line": 1,
                    "on": "2026-11-02",
                    "what": "granted",
                    "from": "",
                    "to": "active",
                    "changes": {},
                    "corrects_line": None,
                    "note": "",
                }
            ],
        }
    ]


def test_a_firm_named_like_a_formula_stays_text_in_a_sheet(visitor, grant, firm):
    firm.name = '=HYPERLINK("http://elsewhere.test","Click")'
    grant(firm=firm)
    rows = list(csv.DictReader(io.StringIO(text(visitor.get(reverse("register:csv"))))))

    assert [row["firm"] for row in rows] == ["'" + firm.name]
    assert [row["number"] for row in rows] == ["AFSA-2026-0001"]


@pytest.mark.parametrize("sign", [*"=+-@|%＝＋－＠", "\t=", "\r=", " ="])
def test_no_cell_begins_a_formula(sign):
    assert cell(f"{sign}1+1")[0] == "'"
    assert cell(f"A; {sign}1+1") == f"A; '{sign.strip()}1+1"
    quoted, bare = f'A; "" "{sign}1+1"', sign.strip()
    assert cell(quoted) == " ".join(quoted.split()).replace(bare, f"'{bare}", 1)


@pytest.mark.parametrize("value", ["Turan", "210340012345", "AFSA-2026-0001", "2026-11-02", ""])
def test_other_cells_are_left_as_they_are(value):
    assert cell(value) == value


@pytest.mark.parametrize("name", PAGES)
def test_three_licences_cost_no_more_queries_than_one(name, visitor, grant):
    grant()
    one = _queries(visitor, name)
    grant()
    grant()

    assert _queries(visitor, name) == one


def _queries(visitor, name):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        text(visitor.get(reverse(name)))
    return len(captured)


@pytest.mark.parametrize("name", PAGES)
def test_the_register_only_answers_reads(name, visitor, db):
    assert visitor.post(reverse(name)).status_code == 405
    assert visitor.head(reverse(name)).status_code == 200


def test_long_registers_have_pages(visitor, grant):
    for _ in range(26):
        grant()

    first = visitor.get(reverse("register:list"), {"q": "turan"})
    assert (len(first.context["page"]), "q=turan&amp;page=2" in text(first)) == (25, True)
    second = visitor.get(reverse("register:list"), {"q": "turan", "page": "2"})
    assert [licence.number for licence in second.context["page"]] == ["AFSA-2026-0026"]
    assert visitor.get(reverse("register:list"), {"page": "nonsense"}).status_code == 200


def test_the_register_is_narrowed_by_state_and_regulator_and_keeps_both_over_pages(visitor, grant, two):
    for _ in range(26):
        grant()
    suspended = grant()
    by_two(suspended, "suspend", *two, reason="r")

    page = visitor.get(reverse("register:list"), {"state": "suspended", "regulator": "afsa"})
    assert [licence.number for licence in page.context["page"]] == [suspended.number]
    active = text(visitor.get(reverse("register:list"), {"q": "turan", "state": "active"}))
    assert "q=turan&amp;state=active&amp;page=2" in active
    assert "No licence was found" in text(visitor.get(reverse("register:list"), {"state": "revoked"}))
    for nonsense in ("x", "active' OR 1=1", "\x00"):
        everything = visitor.get(reverse("register:list"), {"state": nonsense, "regulator": nonsense})
        assert everything.context["page"].paginator.count == 27


def test_a_correction_and_what_it_corrects_are_both_shown(visitor, grant, two):
    licence = grant()
    wrong = licence.history.get()
    by_two(
        licence, "correct", *two, reason="secret", entry=wrong.pk, public_note="Granted for custody alone."
    )
    page = text(visitor.get(reverse("register:entry", args=[licence.number])))

    for words in ("Wrong: corrected by line 2.", "(line 1)", "Granted for custody alone.", "Entry corrected"):
        assert words in page, words
    record = json.loads(text(visitor.get(reverse("register:entry_json", args=[licence.number]))))
    assert [(line["line"], line["what"], line["corrects_line"]) for line in record["history"]] == [
        (1, "granted", None),
        (2, "correct", 1),
    ]
    assert "secret" not in page + json.dumps(record)


def test_conditions_say_where_they_come_from_and_what_ended_them(visitor, grant, two):
    licence = grant(conditions=["Two keys.", "=1+1"])
    by_two(licence, "vary", *two, reason="secret", changes={"remove": [1], "add": ["Three keys."]})
    page = text(visitor.get(reverse("register:entry", args=[licence.number])))

    for words in ("<s>Two keys.</s>", "line 2 of the history", "Carried over from the case", "Three keys.",
                  "Condition 1 was removed", "Condition added: Three keys."):  # fmt: skip
        assert words in page, words
    record = json.loads(text(visitor.get(reverse("register:json"))))["licences"][0]
    shown = [(c["number"], c["in_force"], c["since_line"], c["until_line"]) for c in record["conditions"]]
    assert shown == [(1, False, 1, 2), (2, True, 1, None), (3, True, 2, None)]
    before = timezone.now()
    (row,) = csv.DictReader(io.StringIO(text(visitor.get(reverse("register:csv")))))
    assert (row["conditions"], row["in_force"], row["restricted"]) == ("'=1+1; Three keys.", "yes", "no")
    assert before <= datetime.fromisoformat(row["generated_at"]) <= timezone.now()


def test_a_renamed_firm_is_found_by_both_names(visitor, grant, two):
    licence = grant()
    by_two(licence, "vary", *two, reason="r", changes={"firm_name": "Burkit Keys Ltd"})

    assert found(visitor, "burkit") == found(visitor, "turan") == [licence.number]


@pytest.mark.parametrize("name", ["register:json", "register:csv"])
def test_an_unchanged_register_is_not_sent_twice(name, visitor, grant, two):
    licence = grant()
    first = visitor.get(reverse(name))
    assert first.streaming
    mark = first["ETag"]
    assert visitor.get(reverse(name), headers={"if-none-match": mark}).status_code == 304
    by_two(licence, "correct", *two, reason="r", entry=licence.history.get().pk, public_note="x")
    assert visitor.get(reverse(name), headers={"if-none-match": mark}).status_code == 200


def test_the_register_is_read_in_parts(visitor, grant, monkeypatch):
    monkeypatch.setattr("licences.views.register.AT_ONCE", 2)
    numbers = [grant().number for _ in range(5)]

    licences = json.loads(text(visitor.get(reverse("register:json"))))["licences"]
    assert [one["number"] for one in licences] == numbers


def test_a_readiness_record_is_no_entry_for_machines(visitor, ready, grant):
    grant(case_reference="KZC-2026-0001")
    for number in (ready.reference, "KZC-2026-0009", "READY"):
        for name in ("entry", "entry_json"):
            assert visitor.get(reverse(f"register:{name}", args=[number])).status_code == 404, (name, number)
    everything = text(visitor.get(reverse("register:json"))) + text(visitor.get(reverse("register:csv")))
    assert [part for part in ("READY", "KZC-2026-0009", "abab", "afm-custody") if part in everything] == []
