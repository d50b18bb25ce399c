"""Something is killed before every step of an upload, once for each step; afterwards nothing is half there.

Each has a file of its own. In turn, the person goes away, and what is left is swept a day later; or the page
goes on by itself, as it does after a line that dropped, and the file is taken.
"""

import hashlib
import json
import sys
import time
from collections import Counter

from documents.stores import PIECE
from drills import truth
from drills.house import Failed, House, insist, until

SMALL = 40_000
LARGE = PIECE + SMALL
PATIENCE = 30


def pdf(number, size):
    head = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%" + b"%d" % number
    tail = b"\ntrailer <</Root 1 0 R>>\n%%EOF\n"
    return head + b"." * (size - len(head) - len(tail)) + tail


class Trial:
    """One file, given whole or in pieces, and a kill before one step of one of its requests."""

    def __init__(self, drill, *, in_pieces, request, step):
        self.drill, self.house, self.person = drill, drill.house, drill.person
        self.in_pieces, self.request, self.step = in_pieces, request, step
        drill.files += 1
        self.name = f"file {drill.files}.pdf"
        self.content = pdf(drill.files, LARGE if in_pieces else SMALL)
        self.sha256 = hashlib.sha256(self.content).hexdigest()

    def requests(self):
        """Each as a function of the step to stop at; a later one needs the answer before."""
        if not self.in_pieces:
            yield lambda stop_at: self.person.give_whole(self.name, self.content, stop_at=stop_at)
            return
        yield lambda stop_at: self.person.announce(self.name, LARGE, stop_at=stop_at)
        for at in (0, PIECE):
            piece = self.content[at : at + PIECE]
            yield lambda stop_at, piece=piece: self.person.give_piece(self.stands, piece, stop_at=stop_at)
        yield lambda stop_at: self.person.finish(self.stands, stop_at=stop_at)

    def run_until_killed(self):
        """Up to the request that is killed in its step; its answer, if there was any."""
        for number, ask in enumerate(self.requests()):
            if number == self.request:
                return self.drill.killed_while(lambda ask=ask: ask(self.step))
            self.stands = json.loads(ask(None).text)

    def goes_on(self):
        """What the page does, until it is answered: 201."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.in_pieces:
                answer = self.person.give_in_pieces(self.name, LARGE, self._piece_at)
            else:
                answer = self.person.give_whole(self.name, self.content)
            if answer.status == 201:
                return
            time.sleep(0.05)
        raise Failed(f"{self}: the file was not taken afterwards: {answer}")

    def _piece_at(self, at):
        return self.content[at : at + PIECE]

    def __str__(self):
        how = "in pieces" if self.in_pieces else "whole"
        return f"{how}, request {self.request}, before step {self.step} ({self.drill.stopped_at})"


class Kills:
    """``kill`` ends something; ``again`` brings it back while the stopped request still stands there."""

    def __init__(self, house: House):
        self.house = house
        self.files = 0
        self.stopped_at = ""
        self.told = Counter()
        self.wrong = []
        self.stops = house.state / "stops"
        self.stops.mkdir()
        house.start_database()
        house.start_web("drills.stops", "--preload", DRILL_STOPS=str(self.stops))
        self.person = house.person()

    def steps_of(self, *, in_pieces):
        """How many steps each request has, seen in one upload that nothing happens to."""
        trial = Trial(self, in_pieces=in_pieces, request=None, step=None)
        found = []
        for ask in trial.requests():
            answer = ask(0)
            if answer.status == 200:
                trial.stands = json.loads(answer.text)
            found.append(len(json.loads((self.stops / "passed").read_text())))
        insist(answer.status == 201, f"the file was not taken: {answer}")
        return found

    def killed_while(self, ask):
        from concurrent.futures import ThreadPoolExecutor

        for name in ("stopped", "go"):
            (self.stops / name).unlink(missing_ok=True)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            until(lambda: asked.done() or (self.stops / "stopped").exists(), "no step was reached")
            if asked.done():
                return asked.result()
            self.stopped_at = (self.stops / "stopped").read_text()
            try:
                self.kill()
            finally:
                (self.stops / "go").touch()
            answer = asked.result()
        until(self.house.answers, "the service did not answer again")
        return answer

    def kill(self):
        raise NotImplementedError

    def run(self):
        kills = Counter()
        for in_pieces in (False, True):
            for request, steps in enumerate(self.steps_of(in_pieces=in_pieces)):
                for step in range(1, steps + 1):
                    trial = Trial(self, in_pieces=in_pieces, request=request, step=step)
                    self._try(trial, goes_on=step % 2 == 0)
                    kills[in_pieces] += 1
        truth.whole_at_last()
        first = "; ".join(self.wrong[:1] + self.wrong[-1:])
        insist(not self.wrong, f"{len(self.wrong)} of {kills.total()} kills left something wrong: {first}")
        answers = ", ".join(f"{count} of {status or 'none'}" for status, count in sorted(self.told.items()))
        return f"{kills[False]} kills of a file given whole, {kills[True]} in pieces; answers: {answers}"

    def _try(self, trial, *, goes_on):
        answer = trial.run_until_killed()
        self.told[answer.status] += 1
        if goes_on:
            trial.goes_on()
        try:
            truth.sweep()
            truth.nothing_half(self.house)
            held = truth.held(trial.person, trial.name)
            if goes_on or answer.status == 201:
                insist(trial.sha256 in held, "what was told to be taken is not there")
            insist(set(held) <= {trial.sha256}, "another file than was given")
        except Failed as failed:
            self.wrong.append(f"{trial}, {'the page goes on' if goes_on else 'left'}: {failed}")
            print(self.wrong[-1], file=sys.stderr, flush=True)
            self._forget_what_is_wrong()

    def _forget_what_is_wrong(self):
        """So that each step is judged by itself."""
        from accounts.actors import System
        from applications.models import AnswerFile
        from documents.models import Document
        from documents.services import delete_unsealed

        for document in Document.objects.exclude(pk__in=AnswerFile.objects.values("document")):
            delete_unsealed(document=document, actor=System("drill"))
