"""What is compared with what, and how far apart they may be."""

from dataclasses import dataclass

LARGE = 100_000


@dataclass(frozen=True, kw_only=True)
class Measure:
    """``limit`` is the goal in multiples of the floor, ``large`` the one from LARGE cases on where it is
    another, ``queries`` its most queries; None: no goal.
    """

    title: str
    house: str
    floor: str
    limit: float | None = None
    large: float | None = None
    queries: int | None = None

    def limit_with(self, cases: int) -> float | None:
        return self.large if self.large and cases >= LARGE else self.limit


APPROVE, APPROVE_PAGE = "approve", "approve_page"
PAGES = (
    Measure(title="worklist / list", house="worklist", floor="list", limit=1.8, queries=8),
    Measure(
        title="deep page of the worklist / list", house="worklist deep", floor="list", limit=1.8, queries=8
    ),
    Measure(title="one case by its reference / search", house="search", floor="search", queries=6),
    Measure(title="worklist / admin list", house="worklist", floor="admin list", limit=1.4, queries=9),
    Measure(title="case on the desk / detail", house="desk case", floor="detail"),
    Measure(
        title="case on the desk / admin change",
        house="desk case",
        floor="admin change",
        limit=1.4,
        queries=12,
    ),
    Measure(
        title="pipeline / dashboard", house="pipeline", floor="dashboard", queries=6, limit=1.5, large=0.15
    ),
    Measure(
        title="times of the pipeline / dashboard",
        house="pipeline time",
        floor="dashboard",
        queries=6,
        large=0.15,
    ),
    Measure(
        title="flow of the pipeline / dashboard",
        house="pipeline flow",
        floor="dashboard",
        queries=6,
        large=0.15,
    ),
    Measure(title="firm's cases / list", house="portal list", floor="list", limit=1.8, queries=8),
    Measure(title="case in the portal / detail", house="portal case", floor="detail", limit=2.0, queries=10),
    Measure(
        title="stage in the portal / detail", house="portal stage", floor="detail", limit=2.0, queries=10
    ),
    Measure(
        title="stage of 30 requirements / detail", house="portal stage of 30", floor="detail", queries=12
    ),
    Measure(
        title="stage of 120 requirements / detail", house="portal stage of 120", floor="detail", queries=12
    ),
)
ACTS = (
    Measure(title="approve a stage, service", house=APPROVE, floor=APPROVE, limit=2.0, queries=12),
    Measure(title="approve a stage, page", house=APPROVE_PAGE, floor=APPROVE_PAGE, limit=2.0),
)
MEASURES = (*PAGES, *ACTS)
THREADS = 8
TOGETHER = 0.5  # of the floor's approvals a second, at least
MEMORY = 1.6  # of a worker of the floor, at most
GROWTH = 1.3  # of a page from the smallest size to the largest

# The queries of the floor's pages, session and user among them.
FLOOR = {
    "list": 4,
    "search": 4,
    "detail": 5,
    "dashboard": 5,
    "admin list": 7,
    "admin change": 6,
    APPROVE: 5,
    APPROVE_PAGE: 7,
}
