"""Countries: stored by their code, shown by their name in each language."""

import re

import pytest
from django.utils import translation

from look import countries
from look.fields import CountryField
from look.kazakh import sort_key

LANGUAGES = ("en", "ru", "kk")
CYRILLIC = re.compile(r"[А-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІіЁё ’(),.—-]+")


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Kazakhstan", "Türkiye", "Ireland"]),
        ("ru", ["Казахстан", "Турция", "Ирландия"]),
        ("kk", ["Қазақстан", "Түркия", "Ирландия"]),
    ],
)
def test_a_country_is_named_in_the_language_of_the_reader(language, names):
    with translation.override(language):
        assert [countries.name(code) for code in ("KZ", "TR", "IE")] == names
        assert countries.name("–") == "–"


def test_every_country_has_a_name_of_its_own_in_each_language():
    for language in LANGUAGES:
        with translation.override(language):
            shown = [name for _code, name in countries.choices()]
        assert len(set(shown)) == len(shown) == 249
        assert language == "en" or [name for name in shown if not CYRILLIC.fullmatch(name)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_kazakhstan_comes_first_and_the_others_in_order(language):
    with translation.override(language):
        first, *others = countries.choices()
        field = CountryField(label="Country", required=False)
        assert list(field.choices)[1:] == [first, *others]
    assert first[0] == "KZ"
    assert others == sorted(others, key=lambda one: sort_key(one[1]))


@pytest.mark.parametrize("code", ["XX", "kz", "Kazakhstan", "ZZ"])
def test_what_is_no_country_is_refused(code):
    assert not countries.is_country(code)
    with pytest.raises(Exception, match="Choose a country from the list"):
        CountryField(label="Country").clean(code)
