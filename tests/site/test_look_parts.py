"""Each part says its state in a word, a shape and a tint, and its source by its name."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils import translation

from regulators.rulebook import (
    BENCHMARK,
    GUIDANCE,
    POLICY,
    READ_FULL,
    READ_NOTHING,
    RULE,
    Citation,
    Requirement,
)
from workflow.errors import Reason

LAW = Citation(
    act="Sample act",
    provision="3.2(1)",
    kind=RULE,
    applies=True,
    read=READ_FULL,
    in_force=True,
    as_at=date(2026, 10, 2),
    checked_by=("A. Sample",),
    confidence="V",
)


def render(text: str, **context: object) -> str:
    return re.sub(r"\s+", " ", Template(text).render(Context(context))).strip()


def test_a_tag_is_a_word_with_the_class_of_its_shape() -> None:
    assert render("{% tag 'ok' 'Met' %}") == '<span class="tag tag--ok">Met</span>'
    assert render("{% tag '' 'Not started' %}") == '<span class="tag">Not started</span>'


def test_a_tag_escapes_its_word() -> None:
    assert render("{% tag 'ok' word %}", word="<b>") == '<span class="tag tag--ok">&lt;b&gt;</span>'


def test_a_tag_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="'green' is no kind of tag"):
        render("{% tag 'green' 'Met' %}")


@pytest.mark.parametrize(
    ("change", "look", "word"),
    [
        ({}, "rule", "Rule"),
        ({"kind": GUIDANCE}, "guide", "Guidance"),
        ({"kind": POLICY}, "asked", "Asked"),
        ({"kind": BENCHMARK}, "asked", "Asked"),
        ({"in_force": False}, "asked", "Asked"),
        ({"applies": False}, "asked", "Asked"),
        ({"read": READ_NOTHING}, "asked", "Asked"),
        ({"applies": None}, "rule", "Rule"),
        ({"in_force": None}, "rule", "Rule"),
    ],
)
def test_a_citation_says_how_binding_it_is(change: dict[str, object], look: str, word: str) -> None:
    html = render("{% cite source %}", source=replace(LAW, **change))
    assert re.match(r'<span class="cite cite--(\w+)"><b>(\w+)</b>', html).groups() == (look, word)


def test_a_citation_names_the_act_the_day_of_its_text_and_whether_it_is_gone() -> None:
    html = render("{% cite source %}", source=replace(LAW, in_force=False))
    assert re.findall(r"<span>([^<]*)</span>", html) == [
        "Sample act 3.2(1)",
        "text of 2 October 2026",
        "no longer in force",
    ]


def test_a_citation_opens_beside_the_question() -> None:
    html = render("{% cite source %}", source=replace(LAW, url="https://example.test/act"))
    assert (
        '<a href="https://example.test/act" target="_blank" rel="noopener noreferrer">Sample act 3.2(1)'
        in html
    )


def test_a_requirement_without_a_citation_is_asked_and_says_so() -> None:
    requirement = Requirement(
        code="X-1",
        stage="capital",
        section="s",
        title={"en": "T"},
        guidance={"en": "G"},
        evidence=("text",),
        citations=(),
    )
    html = render("{% cite source %}", source=requirement)
    assert "<b>Asked</b><span>asked to compare applications; no rule requires it</span>" in html


def test_the_turn_panel_is_saffron_only_for_the_reader() -> None:
    assert 'class="turn turn--you stack"' in render("{% turn yours=True who='Your turn' days=11 %}")
    assert 'class="turn stack"' in render("{% turn yours=False who='With AFSA' days=11 %}")


def test_the_turn_panel_says_nothing_of_days_when_there_are_none() -> None:
    assert "turn__days" not in render("{% turn yours=False who='With AFSA' %}")
    assert '<p class="turn__days">0 working days left</p>' in render(
        "{% turn yours=False who='With AFSA' days=0 %}"
    )


def test_why_lists_each_reason_and_links_those_that_can_be_mended() -> None:
    html = render("{% why reasons %}", reasons=[Reason("File missing", "/f/"), Reason("Fee open")])
    assert re.findall(r"<li><span>(.*?)</span></li>", html) == ['<a href="/f/">File missing</a>', "Fee open"]
    assert render("{% why reasons %}", reasons=[]) == ""


def test_the_rail_is_empty_for_who_is_not_staff(db: None) -> None:
    html = Client().get("/parts/desk/").content.decode()
    assert re.findall(r'<nav class="rail".*?</nav>', html, re.S)[0].count("<li>") == 0


def test_where_a_question_comes_from_is_said_in_the_language_of_the_page():
    said = []
    for language in ("en", "ru", "kk", "en"):
        with translation.override(language):
            said.append(render("{% cite source %}", source=replace(LAW, url="https://example.test/act")))
    assert said[0] == said[3]
    assert len(set(said)) == 3
