"""Somebody signed in who opens pages of the service and sends their forms."""

import http.client
from html.parser import HTMLParser
from urllib.parse import urlencode

TOKEN = "d" * 32


class Form(HTMLParser):
    """The fields of the first form on a page that posts to ``path``, as they stand there."""

    def __init__(self, page, path):
        super().__init__()
        self.path, self.inside, self.found, self.fields = path, False, False, {}
        self.area, self.names = "", set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form" and not self.found and given.get("method", "").lower() == "post":
            self.inside = self.found = given.get("action", self.path) == self.path
        name = given.get("name")
        if not self.inside or not name:
            return
        if tag in ("input", "textarea", "select"):
            self.names.add(name)
        if tag == "textarea":
            self.area = name
        if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(name, given.get("value", ""))

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] = self.fields.get(self.area, "") + data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = ""
        if tag == "form":
            self.inside = False


class Browser:
    def __init__(self, port, cookies):
        from django.conf import settings

        self.port = port
        cookies = {**cookies, settings.CSRF_COOKIE_NAME: TOKEN}
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def send(self, path, fill):
        """Opens the page and sends its form; ``fill(names, fields)`` says what is filled in. The status of
        either that is an error, else that of the second; and the page.
        """
        status, page = self.ask("GET", path)
        if status != 200:
            return status, page
        form = Form(page, path)
        return self.ask("POST", path, {**form.fields, **fill(form.names, form.fields)})

    def ask(self, method, path, fields=None):
        """Status 0 where nothing came back."""
        headers = {"Host": f"localhost:{self.port}", "Cookie": self.cookie, "X-CSRFToken": TOKEN}
        body = None
        if fields is not None:
            body = urlencode({**fields, "csrfmiddlewaretoken": TOKEN})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            line.request(method, path, body=body, headers=headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            line.close()
