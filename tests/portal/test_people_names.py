"""Names as they are written: two spellings, every letter, Kazakh order, search in any script."""

import pytest
from django.urls import reverse

from accounts.models import Firm
from applications.models import Entity, Person
from applications.queries.drafts import load_draft
from applications.services.people import save_person
from look.kazakh import CYRILLIC, folded, sort_key
from tests.plugins.cases import new_firm, passport
from tests.plugins.own_part import a_person
from tests.portal.test_records import PERSON

EMPTY = {"given_names": "", "family_name": "", "patronymic": ""}


def post(browser, case, **typed):
    return browser.post(reverse("portal:person", args=[case.pk]), {**PERSON, **typed})


@pytest.mark.parametrize(
    ("typed", "full", "latin"),
    [
        ({**EMPTY, "given_names": "Әл-Фараби"}, "Әл-Фараби", ""),
        ({**EMPTY, "latin_family_name": "O'Brien", "latin_given_names": "Maeve Sinéad"},
         "Maeve Sinéad O'Brien", "Maeve Sinéad O'Brien"),
        ({**EMPTY, "latin_given_names": "Suharto"}, "Suharto", "Suharto"),
        ({**EMPTY, "given_names": "Ұлжан", "family_name": "Һәкім", "latin_given_names": " Ulzhan  Ai ",
          "latin_family_name": "Khakim"}, "Ұлжан Һәкім", "Ulzhan Ai Khakim"),
    ],
)  # fmt: skip
def test_a_name_is_kept_as_it_is_written(browser, draft_case, typed, full, latin):
    assert post(browser, draft_case, **typed).status_code == 302
    person = Person.objects.get()
    assert (person.full_name, person.latin_name) == (full, latin)
    page = browser.get(reverse("portal:people", args=[draft_case.pk])).content.decode()
    assert full.replace("'", "&#x27;") in page
    assert latin.replace("'", "&#x27;") in page


def test_only_the_patronymic_is_called_optional_and_one_sentence_says_what_is_needed(browser, draft_case):
    page = browser.get(reverse("portal:person", args=[draft_case.pk])).content.decode()
    assert page.count("(optional)") == 1
    label = page[: page.index("(optional)")].rsplit("<label", 1)[1]
    assert "Patronymic, if any" in label
    assert page.count("The given names are needed in at least one of them") == 1


def test_of_paper_and_place_of_a_consent_neither_is_called_optional(browser, draft_case, add_person):
    consent = reverse("portal:person_consent", args=[draft_case.pk, add_person().pk])
    for page in (browser.get(consent), browser.post(consent, {"language": "ru"})):
        assert "(optional)" not in page.content.decode()
        assert page.content.decode().count("One of the two is needed") == 1
    assert "Add the signed paper, or say where it is kept." in page.content.decode()


def test_the_example_of_a_date_of_birth_is_one(browser, draft_case):
    day = {"born_on_day": "31", "born_on_month": "2"}
    for typed in ({}, day, {**day, "born_on_year": "1984"}, dict.fromkeys((*day, "born_on_year"), "")):
        page = post(browser, draft_case, **typed) if typed else browser.get(
            reverse("portal:person", args=[draft_case.pk])
        )  # fmt: skip
        assert "27 3 1984" in page.content.decode(), typed
        assert "27 3 2026" not in page.content.decode(), typed


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (EMPTY, "latin_given_names"),
        ({**EMPTY, "family_name": "Һәкім"}, "latin_given_names"),
        ({**EMPTY, "family_name": "Һәкім", "latin_given_names": "Ulzhan"}, "given_names"),
        ({"latin_family_name": "Khakim"}, "latin_given_names"),
        ({"latin_given_names": "Дана"}, "latin_given_names"),
        ({"given_names": "Dana"}, "given_names"),
    ],
)
def test_what_is_wrong_with_a_name_is_said_at_its_box(browser, draft_case, typed, field):
    page = post(browser, draft_case, **typed)
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert f'href="#id_{field}"' in page.content.decode()
    assert not Person.objects.exists()


def test_the_boxes_of_a_name_are_left_alone_by_the_browser(browser, draft_case):
    page = browser.get(reverse("portal:person", args=[draft_case.pk])).content.decode()
    names = ("latin_family_name", "latin_given_names", "family_name", "given_names", "patronymic")
    for name in names:
        [box] = [part for part in page.split("<input")[1:] if f'name="{name}"' in part.split(">")[0]]
        assert 'autocomplete="off"' in box.split(">")[0]
        assert 'spellcheck="false"' in box.split(">")[0]
    assert 'name="title"' not in page


ORDER = [
    "А", "Ә", "Б", "В", "Г", "Ғ", "Д", "Е", "Ё", "Ж", "З", "И", "Й", "К", "Қ", "Л", "М", "Н", "Ң", "О", "Ө",
    "П", "Р", "С", "Т", "У", "Ұ", "Ү", "Ф", "Х", "Һ", "Ц", "Ч", "Ш", "Щ", "Ъ", "Ы", "І", "Ь", "Э", "Ю", "Я",
]  # fmt: skip


def test_the_42_letters_stand_in_their_order_in_either_case():
    assert len(CYRILLIC) == len(ORDER) == 42
    assert [letter.upper() for letter in CYRILLIC] == ORDER
    for letters in (ORDER, [letter.lower() for letter in ORDER]):
        assert sorted(set(letters), key=sort_key) == letters
    assert all(sort_key(letter) == sort_key(letter.lower()) for letter in ORDER)


def test_what_comes_before_and_what_does_not_count():
    names = ["7 Жарық", "Ай", "Ай Бек", "Айбек", "Әлем", "Яна", "Aigul", "Élan", "Ewa", "日本"]
    assert sorted(set(names), key=sort_key) == names
    assert sort_key("Әл-Фараби") == sort_key("әлфараби")
    assert sort_key("O'Brien") == sort_key("OBRIEN") == sort_key("O’Brien")
    assert sort_key("Łukasz") == sort_key("Lukasz")


def test_search_ignores_case_in_every_script():
    assert folded("әлем") == folded("ӘЛЕМ")
    for letter in "ӘҒҚҢӨҰҮҺІ":
        assert folded(letter.lower()) in folded(f"сөз {letter} сөз")
    assert folded("ＡＢ  c") == "ab c"


def test_the_database_sorts_as_python_does(draft_case, firm_user):
    names = ["Янович", "Әлімжанов", "Азаматов", "Һәкімов", "Хасенов", "Ибраев", "Ісләмов", "Ыбраев", "Қалиев",
             "Кемелов", "Łukasz", "O'Brien", "Өмірұлы", "Оспанов"]  # fmt: skip
    for name in names:
        Entity.objects.create(application=draft_case, name=name)
        person = a_person(draft_case, firm_user, "Ә")
        latin = name in ("O'Brien", "Łukasz")
        changed = {"latin_family_name": name, "latin_given_names": "Ә", "given_names": "", "family_name": ""}
        Person.objects.filter(pk=person.pk).update(**(changed if latin else {"family_name": name}))
    ordered = sorted(names, key=sort_key)
    bodies = draft_case.entities.filter(is_applicant=False)
    assert [body.name for body in bodies] == ordered
    assert {body.name: body.sort_key for body in bodies} == {name: sort_key(name) for name in names}
    in_draft = [name.removeprefix("Ә ") for name in load_draft(draft_case).people.values()]
    assert in_draft == ordered
    assert ordered[0] == "Азаматов"
    assert ordered.index("Хасенов") < ordered.index("Һәкімов") < ordered.index("Ыбраев")


def test_the_list_of_firms_and_the_key_of_a_changed_name(browser, firm_user, custody_firm, draft_case):
    for name in ("Яшма", "Әлем", "Азия"):
        firm = new_firm(firm_user, name)
        assert Firm.objects.get(pk=firm.pk).sort_key == sort_key(name)
    page = browser.get(reverse("portal:home")).content.decode()
    places = [page.index(name) for name in ("Азия", "Әлем", "Яшма", custody_firm.name)]
    assert places == sorted(places)
    Firm.objects.filter(name="Яшма").update(name="Абай")
    assert Firm.objects.first().name == "Абай"


def test_the_service_wants_one_whole_spelling_and_takes_one(draft_case, firm_user):
    common = {
        "actor": firm_user, "case_id": draft_case.pk, "functions": ["director"], "born_on": "1980-01-01",
        "citizenship": "IE", "residence": "KZ", "identifier_kind": "passport", "identifier": passport(),
    }  # fmt: skip
    saved = save_person(**common, latin_given_names="Suharto")
    assert saved.full_name == "Suharto"
    assert Person.objects.get().family_name == ""
