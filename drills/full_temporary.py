"""The volume is full where the web server puts what comes in."""

import tempfile
from pathlib import Path

from drills import truth
from drills.house import House, insist
from drills.kills import pdf
from drills.volumes import fill, in_pieces, refused, volume

SMALL = 200_000
LARGE = 12_000_000


def drill():
    with tempfile.TemporaryDirectory() as folder, volume(Path(folder) / "temporary", "size=8m") as temporary:
        with House() as house:
            return full_temporary(house, temporary)


def full_temporary(house, temporary):
    house.start_database()
    house.start_web("kzcustody_site.wsgi", "--worker-tmp-dir", "/dev/shm", TMPDIR=str(temporary))
    person = house.person()
    insist(person.give_whole("first.pdf", pdf(0, SMALL)).status == 201, "not taken")  # and the folder is chosen
    filler = fill(temporary)
    whole = person.give_whole("small.pdf", pdf(1, SMALL))
    pieces = in_pieces(person, "pieces.pdf", pdf(2, LARGE))
    left = [path.name for path in temporary.iterdir() if path != filler]
    filler.unlink()
    truth.sweep()
    truth.nothing_half(house)
    insist(not left, f"temporary files are left: {left}")
    insist(person.give_whole("small.pdf", pdf(1, SMALL)).status == 201, "not free again")
    insist(in_pieces(person, "pieces.pdf", pdf(2, LARGE)).status == 201, "not free again, in pieces")
    insist(in_pieces(person, "other.pdf", pdf(3, LARGE)).status == 201, "not free again, anew")
    found = [refused(whole, "whole"), refused(pieces, "in pieces")]
    return f"a tmpfs of 8 MB: {found[0]} given whole, {found[1]} in pieces; free again without a restart"


if __name__ == "__main__":
    print(drill())
