"""Listens to pages of a browser: what they said, whom they asked, what was refused."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response


class Watch:
    """``faults`` is empty while no page says anything in its console, breaks its policy or asks another host.

    ``refused`` holds the answers of 400 and above as ``422 /path``: the test says which were meant.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.faults: list[str] = []
        self.refused: list[str] = []

    def follow(self, page: Page) -> Page:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", self._asked)
        page.on("response", self._answered)
        return page

    def _said(self, message: ConsoleMessage) -> None:
        # The browser repeats each refused answer here; those are in ``refused``. Its advice is not a fault.
        if message.type != "debug" and not message.text.startswith(("Failed to load resource", "[DOM]")):
            self.faults.append(f"{message.location['url']}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.host, "data:", "blob:")):
            self.faults.append(f"asked {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.append(f"{response.status} {urlsplit(response.url).path}")
