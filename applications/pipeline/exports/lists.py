"""The lists that can leave as a file: read in portions, so that a long one takes no more memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.due.batches import batches
from applications.pipeline import case_filter, filters, named, queries
from applications.pipeline.exports import columns
from applications.pipeline.exports.columns import Column
from applications.queries.passages import took

PORTION = 500  # rows


class Step(NamedTuple):
    event: Any
    case: Any


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list by its code. ``form`` reads its address for a person; ``found`` are its rows in the database,
    ``rows`` the same as the columns take them, ``type_of`` the key of the licence type of one.
    """

    code: str
    title: str | Promise
    file: str
    columns: tuple[Column, ...]
    form: Callable[[QueryDict, Any, date], Any]
    found: Callable[[Any, Any], Any]
    rows: Callable[[Any, Any], Iterator[Any]]
    type_of: Callable[[Any], int]

    def query(self, form: Any) -> str:
        """What the list is narrowed to, as it stands in an address."""
        return str(form.query().removeprefix("?"))

    def in_words(self, form: Any) -> list[str]:
        return _of_cases(form) if isinstance(form, case_filter.CaseFilter) else _of_period(form)


def _cases(data: QueryDict, user: Any, today: date) -> case_filter.CaseFilter:
    mine, managed = queries.cases_of(user), queries.managed_by(user)
    return case_filter.CaseFilter(data, cases=mine, regulators=managed, today=today)


def _of_cases(form: case_filter.CaseFilter) -> list[str]:
    return [chip["text"] for chip in form.chips()]


def _of_period(form: filters.OfPeriodFilter) -> list[str]:
    given, titles = form.cleaned_data, named.stage_titles()
    said = [
        (form.fields["act"].label, queries.STEPS[given["act"]]) if "act" in given else None,
        (form.fields["period"].label, given["period"].words),
        (form.fields["stage"].label, titles[given["stage"]]) if given["stage"] else None,
        (_("Regulator"), named.regulator_names()[given["regulator"]]) if given["regulator"] else None,
        (_("Licence type"), named.type_titles().get(given["type"], given["type"])) if given["type"] else None,
    ]
    return [f"{label}: {words}" for label, words in filter(None, said)]


def _portions(found: Any) -> Iterator[list[Any]]:
    return batches(found.iterator(chunk_size=PORTION), PORTION)


def _passages_found(form: filters.PassageFilter, user: Any) -> Any:
    given = form.cleaned_data
    return queries.passages(user, types=form.types, stage=given["stage"], period=given["period"])


def _steps_found(form: filters.StepFilter, user: Any) -> Any:
    given, mine = form.cleaned_data, form.narrowed(queries.cases_of(user))
    return queries.steps(mine, given["period"], act=given["act"], stage=given["stage"])


def _steps(found: Any, user: Any) -> Iterator[Step]:
    """Without those of a case that went out of reach meanwhile."""
    mine = queries.cases_of(user)
    for events in _portions(found):
        behind = queries.cases_behind(events, mine)
        yield from (Step(one, behind[one.subject]) for one in events if one.subject in behind)


LISTS = {
    one.code: one
    for one in (
        Listed(
            code="cases",
            title=_("Cases"),
            file="pipeline",
            columns=columns.CASES,
            form=_cases,
            found=lambda form, _user: form.narrowed().with_case(),
            rows=lambda found, _user: found.iterator(chunk_size=PORTION),
            type_of=lambda case: case.licence_type_id,
        ),
        Listed(
            code="passages",
            title=_("How long it took"),
            file="pipeline-passages",
            columns=columns.PASSAGES,
            form=lambda data, user, today: filters.PassageFilter(
                data, codes=queries.codes_managed_by(user), today=today
            ),
            found=_passages_found,
            rows=lambda found, _user: (one for some in _portions(found) for one in took(some)),
            type_of=lambda one: one.licence_type_id,
        ),
        Listed(
            code="steps",
            title=_("Steps taken"),
            file="pipeline-steps",
            columns=columns.STEPS,
            form=lambda data, user, today: filters.StepFilter(
                data, codes=queries.codes_managed_by(user), today=today
            ),
            found=_steps_found,
            rows=_steps,
            type_of=lambda step: step.case.licence_type_id,
        ),
    )
}
