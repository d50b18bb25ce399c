"""What holds of every mail, in every case that its words tell apart: read from the samples."""

import re
from collections import defaultdict
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context
from django.template.defaulttags import IfNode
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode

from notifications import mails
from tests.notifications.samples import (
    AT,
    DRAFT,
    KEY,
    LINK,
    REF,
    SAMPLES,
    Sample,
    all_words,
    one,
    words_of,
)

LANGUAGES = ("en", "kk", "ru")
FOLDERS = ("mail", "account/email", "accounts/email", "portal/email")
# No name of a person, of a file or of a firm, no address, no outcome: a new word here is to be thought about.
CONTEXT = {
    "at", "basis", "browser", "clock_paused", "clock_restarted", "clock_started_on", "coming",
    "decided", "decisions", "due", "entered", "factor", "firms", "first", "is_old", "items", "last",
    "left", "lines", "network", "next_stage", "number", "open", "ours", "over", "points", "received_on",
    "regulators", "reply_by", "requirement", "rows", "saved_on", "stage", "withdrawn_on",
    "working_days",
}  # fmt: skip
OF_AN_OUTCOME = (
    "not_accepted", "approved_in_principle", "decision", "letter", "corrected", "change_resolved",
    "licence_changed", "meeting_answered",
)  # fmt: skip


def templates() -> list[str]:
    root = Path(settings.BASE_DIR) / "templates"
    return sorted(str(file.relative_to(root)) for folder in FOLDERS for file in (root / folder).iterdir())


def test_every_mail_has_its_samples() -> None:
    assert sorted(SAMPLES) == sorted(mails.MAILS)


def test_each_is_told_what_it_may_be_told_and_is_shown_without_it_too() -> None:
    for template, mail in mails.MAILS.items():
        contexts = [sample.context.keys() for sample in SAMPLES[template]]
        assert set().union(*contexts) == mail.needs | mail.may, template
        assert set.intersection(*map(set, contexts)) == mail.needs, template


def test_what_mails_are_told_is_on_a_list_that_somebody_has_read() -> None:
    assert {name for mail in mails.MAILS.values() for name in mail.needs | mail.may} == CONTEXT


def chosen_by(node: IfNode, context: Context) -> int:
    """Which branch it takes; the number of its branches where none."""
    for number, (condition, _nodes) in enumerate(node.conditions_nodelists):
        if condition is None or condition.eval(context):
            return number
    return len(node.conditions_nodelists)


def nodes_of(kind: type[Any]) -> dict[int, tuple[Any, str]]:
    """Every node of this kind in the templates of mails, by its identity: templates are loaded once."""
    return {
        id(node): (node, f"{name}: {node.token.contents}")
        for name in templates()
        for node in get_template(name).template.nodelist.get_nodes_by_type(kind)  # type: ignore[attr-defined]
    }


def test_each_branch_of_each_template_and_each_form_of_a_number_is_in_a_sample(monkeypatch: Any) -> None:
    taken: dict[int, set[int]] = defaultdict(set)
    counts: dict[int, set[int]] = defaultdict(set)
    render_if, render_count = IfNode.render, BlockTranslateNode.render

    def watched_if(node: IfNode, context: Context) -> str:
        taken[id(node)].add(chosen_by(node, context))
        return render_if(node, context)

    def watched_count(node: BlockTranslateNode, context: Context, nested: bool = False) -> str:
        if node.countervar:
            counts[id(node)].add(node.counter.resolve(context))
        return render_count(node, context, nested)

    ifs, counters = nodes_of(IfNode), nodes_of(BlockTranslateNode)
    monkeypatch.setattr(IfNode, "render", watched_if)
    monkeypatch.setattr(BlockTranslateNode, "render", watched_count)
    list(all_words("en"))

    for key, (node, where) in ifs.items():
        branches = len(node.conditions_nodelists)
        assert taken[key] == set(range(2 if branches == 1 else branches)), where  # of one: with and without
    for key, (node, where) in counters.items():
        assert not node.countervar or counts[key] >= {1, 3, 5}, where


def said(html: str) -> str:
    """The words of the body, without its heading."""
    body = html.partition("<body>")[2].partition("</h1>")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_and_text_say_the_same_words(language: str) -> None:
    for name, title, words in all_words(language):
        link = LINK if LINK in words.text else KEY
        text = " ".join(words.text.replace(f":\n{link}\n", "\n").split())
        assert said(words.html) == text, (name, title)
        assert f"<h1>{words.subject}</h1>" in unescape(words.html), (name, title)
        assert f'<html lang="{language}">' in words.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_asks_for_one_thing_and_names_the_address_and_where_to_ask(language: str) -> None:
    for name, title, words in all_words(language):
        link = KEY if name not in SAMPLES else LINK
        assert re.findall(r'<a href="([^"]*)"', words.html) == [link], (name, title)
        assert words.text.splitlines().count(link) == 1, (name, title)
        assert words.text.count(link) == 1, (name, title)
        others = set(re.findall(r"https?://[^\s<>,;]*[^\s<>,;:.]", words.text)) - {link}
        known = {f"{settings.BASE_URL}{path}" for path in ("", "/help/", "/accounts/password/reset/")}
        assert settings.BASE_URL in others <= known, (name, title)
        of_account = name not in SAMPLES or mails.MAILS[name].of_account
        assert (f"{settings.BASE_URL}/help/" in others) is of_account, (name, title)
        assert settings.DEFAULT_FROM_EMAIL in words.text, (name, title)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_subject_of_a_case_has_its_reference_and_fits_one_line(language: str) -> None:
    for name, title, words in all_words(language):
        assert words.subject == " ".join(words.subject.split()) != "", (name, title)
        assert len(words.subject) <= 100, (name, title)
        if name in SAMPLES and not mails.MAILS[name].of_account:
            assert (REF if "of a draft" not in title else DRAFT) in words.subject, (name, title)
            assert (REF if "of a draft" not in title else DRAFT) in words.text.splitlines()[-1], (name, title)


def test_a_day_is_said_to_be_one_of_almaty_and_only_where_there_is_one() -> None:
    for template, samples in SAMPLES.items():
        for sample in samples:
            has_days = any(re.search(r"\b5 March 2026(?!, )", part) for part in _parts(template, sample))
            assert ("is a day in Almaty" in words_of(template, sample, "en").text) is has_days, template


def _parts(template: str, sample: Sample) -> tuple[str, str]:
    words = words_of(template, sample, "en")
    return words.subject, words.text


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Almaty", "5 March 2026, 14:07 (UTC+5)"),
        ("Europe/London", "5 March 2026, 09:07 (UTC+0)"),
        ("Asia/Kathmandu", "5 March 2026, 14:52 (UTC+5:45)"),
        ("Pacific/Auckland", "5 March 2026, 22:07 (UTC+13)"),
        ("America/Anchorage", "5 March 2026, 00:07 (UTC-9)"),
    ],
)
def test_a_time_is_in_the_zone_of_the_reader_and_says_which(zone: str, expected: str) -> None:
    [sample] = one(received_on=AT)
    words = words_of("submitted", sample, "en", zone)
    assert words.subject == f"{REF} received on {expected}"
    assert f"on {expected}." in words.text


def test_what_has_an_outcome_is_told_nothing_of_it() -> None:
    assert {name: mails.MAILS[name].needs | mails.MAILS[name].may for name in OF_AN_OUTCOME} == dict.fromkeys(
        OF_AN_OUTCOME, frozenset()
    )
    decided = ("not_accepted", "approved_in_principle", "decision")
    assert len({words_of(name, *SAMPLES[name], "en") for name in decided}) == 1
