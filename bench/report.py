"""The figures of a run as a page of Markdown."""

import statistics

from bench.measures import GROWTH, MEASURES, MEMORY, THREADS, TOGETHER


def markdown(sizes, rounds):
    parts = [
        "# The house against the floor",
        "",
        f"{rounds} alternating rounds. × is the median of the rounds' ratios.",
    ]
    for size in sizes:
        parts += ["", f"## {size.cases:,} cases", "", *_table(size)]
    if len(sizes) > 1:
        parts += ["", *_growth(sizes[0], sizes[-1])]
    return "\n".join(parts)


def _table(size):
    rows = [
        "| house / floor | × | goal | queries | goal | floor's queries | ms house | ms floor | holds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for m in MEASURES:
        found = size.results[m.title]
        figures = (
            f"{found.ratio:.2f}",
            _goal("≤", m.limit_with(size.cases)),
            found.queries,
            _goal("≤", m.queries),
            size.floor_queries[m.floor],
            f"{statistics.median(found.house):.1f}",
            f"{statistics.median(found.floor):.1f}",
            _holds(m, found, size.cases),
        )
        rows.append("| " + " | ".join(map(str, (m.title, *figures))) + " |")
    return [*rows, "", _memory(size), "", _together(size)]


def _memory(size):
    house, floor = size.memory
    word = "yes" if house <= MEMORY * floor else "no"
    return f"A worker: {house} MB, {house / floor:.2f} of the floor's {floor} MB, goal ≤ {MEMORY}: {word}."


def _together(size):
    ratio = statistics.median(house / floor for house, floor in size.together)
    house, floor = (statistics.median(figures) for figures in zip(*size.together, strict=True))
    word = "yes" if ratio >= TOGETHER else "no"
    return (
        f"{THREADS} threads approving: {ratio:.2f} of the floor's approvals a second "
        f"({house:.0f} and {floor:.0f}), goal ≥ {TOGETHER}: {word}."
    )


def _growth(small, large):
    rows = [
        f"## Growth from {small.cases:,} to {large.cases:,} cases",
        "",
        f"Times of the same process, so the noise of the machine is in them. Goal ≤ {GROWTH}.",
        "",
        "| house | × | holds |",
        "|---|---|---|",
    ]
    seen = set()
    for m in MEASURES:
        if m.house in seen:
            continue
        seen.add(m.house)
        before, after = (min(size.results[m.title].house) for size in (small, large))
        rows.append(f"| {m.house} | {after / before:.2f} | {'yes' if after <= GROWTH * before else 'no'} |")
    return rows


def _goal(sign, value):
    return "–" if value is None else f"{sign} {value:g}"


def _holds(measure, found, cases):
    limit = measure.limit_with(cases)
    fast = limit is None or found.ratio <= limit
    few = measure.queries is None or found.queries <= measure.queries
    if limit is None and measure.queries is None:
        return "–"
    return (
        "yes"
        if fast and few
        else "no: " + " and ".join(word for word, well in (("time", fast), ("queries", few)) if not well)
    )
