"""Reading what stands in several places of a rule book file: texts by language, acts, pages."""

from regulators import rulebook as rb
from regulators.toml_table import Table

LANGUAGES = ("en", "ru", "kk")
ACT_FACTS = ("kind", "applies", "in_force", "as_at", "checked_by", "note")


def acts_by_key(acts: Table) -> dict[str, dict]:
    """The acts, each a table with a title and facts; the facts are read with each citation."""
    for key in acts.data:
        act = acts.table(key)
        act.text("title")
        act.asked.update(ACT_FACTS)
        act.done()
    return acts.data


def page(pages: Table, key: str) -> str:
    url = pages.text(key)
    if not url.startswith(("https://", "http://")):
        pages.fail(key, f"is {url!r}", "an address that starts with https:// or http://")
    return url


def words(table: Table, key: str, needed: tuple[str, ...] = ("en",)) -> rb.Text:
    """A text by language: English always, the others where translated."""
    inner = table.table(key)
    texts = {
        language: inner.text(language)
        for language in LANGUAGES
        if language in inner.data or language in needed
    }
    inner.asked.update(LANGUAGES)
    inner.done()
    for language, text in texts.items():
        if not text.strip():
            inner.fail(language, "is empty", "the text, or leave the language out")
    return texts


def choice(table: Table) -> rb.Choice:
    label = {
        language: table.text(language) for language in LANGUAGES if language == "en" or language in table.data
    }
    found = rb.Choice(code=table.name(), label=label)
    table.done()
    return found


def condition(table: Table) -> rb.Condition | None:
    if "applies_when" not in table.data:
        return None
    inner = table.table("applies_when")
    found = rb.Condition(requirement=inner.text("requirement"), choices=inner.texts("choices"))
    inner.done()
    return found
