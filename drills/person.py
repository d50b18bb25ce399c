"""Who gives files at a question, in the requests that the script of the page makes."""

import http.client
import json
from dataclasses import dataclass

TOKEN = "d" * 32
BOUNDARY = "kzcustody-drill"
AT_ONCE = 256 * 1024
QUESTION = "BP-04"


@dataclass
class Answer:
    """Status 0 where nothing came back."""

    status: int
    text: str = ""


class Person:
    def __init__(self, port, case, user, cookies):
        from django.conf import settings

        self.port, self.case, self.user = port, case, user
        stage = case.book.by_code[QUESTION].stage
        self.place = f"/applications/{case.pk}/stages/{stage}/{QUESTION}/"
        cookies = {**cookies, settings.CSRF_COOKIE_NAME: TOKEN}
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())

    def give_whole(self, name, content, *, stop_at=None):
        """``content``: bytes, or a file."""
        return self.ask({}, {"files": (name, content)}, stop_at)

    def announce(self, name, size, *, stop_at=None):
        return self.ask({"name": name, "size": size, "declared_type": "", "mark": "1"}, {}, stop_at)

    def give_piece(self, stands, piece, *, stop_at=None):
        where = f"?incoming={stands['incoming']}&at={stands['came']}"
        return self.post(where, "application/octet-stream", (b"", piece, b""), stop_at)

    def finish(self, stands, *, stop_at=None):
        return self.ask({"incoming": stands["incoming"]}, {}, stop_at)

    def give_in_pieces(self, name, size, piece_at):
        """Goes on from where it stands, as often as it must; the answer to the last request."""
        answer = self.announce(name, size)
        while answer.status == 200:
            stands = json.loads(answer.text)
            if stands["came"] >= size:
                return self.finish(stands)
            answer = self.give_piece(stands, piece_at(stands["came"]))
        return answer

    def ask(self, fields, files, stop_at=None):
        return self.post("", f"multipart/form-data; boundary={BOUNDARY}", _form(fields, files), stop_at)

    def post(self, where, content_type, parts, stop_at=None):
        head, content, tail = parts
        headers = {
            "Host": f"localhost:{self.port}",
            "Cookie": self.cookie,
            "Content-Type": content_type,
            "Content-Length": str(len(head) + len(tail) + _length(content)),
            "X-CSRFToken": TOKEN,
        }
        if stop_at is not None:
            headers["X-Stop-At"] = str(stop_at)
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            line.request(
                "POST", f"{self.place}file/{where}", body=_sent(head, content, tail), headers=headers
            )
            response = line.getresponse()
            return Answer(response.status, response.read().decode())
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            line.close()


def _form(fields, files):
    """What goes before the content of the one file, that content, and what goes after."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    content = b""
    for field, (name, given) in files.items():
        about = f'form-data; name="{field}"; filename="{name}"'
        parts.append(
            f"--{BOUNDARY}\r\nContent-Disposition: {about}\r\nContent-Type: application/octet-stream\r\n\r\n"
        )
        content = given
    after = "\r\n" if files else ""
    return "".join(parts).encode(), content, f"{after}--{BOUNDARY}--\r\n".encode()


def _length(content):
    if isinstance(content, bytes):
        return len(content)
    return content.seek(0, 2)


def _sent(head, content, tail):
    yield head
    if isinstance(content, bytes):
        yield content
    else:
        content.seek(0)
        while part := content.read(AT_ONCE):
            yield part
    yield tail
