"""The volume is full where the web server puts what comes in."""

from drills import truth
from drills.house import House, insist
from drills.kills import pdf
from drills.volumes import fill, in_pieces, refused, volume

SMALL = 200_000
LARGE = 12_000_000


def drill():
    with volume("size=8m") as folder, House() as house:
        return full_temporary(house, folder)


def full_temporary(house, temporary):
    house.start_database()
    house.start_web("kzcustody_site.wsgi", "--worker-tmp-dir", "/dev/shm", TMPDIR=str(temporary))
    person = house.person()
    insist(
        person.give_whole("first.pdf", pdf(0, SMALL)).status == 201, "not taken"
    )  # and the folder is chosen
    filler = fill(temporary)
    whole = person.give_whole("small.pdf", pdf(1, SMALL))
    pieces = in_pieces(person, "pieces.pdf", pdf(2, LARGE))
    filler.unlink()
    truth.sweep()
    truth.nothing_half(house)
    insist(person.give_whole("small.pdf", pdf(1, SMALL)).status == 201, "not free again")
    insist(in_pieces(person, "pieces.pdf", pdf(2, LARGE)).status == 201, "not free again, in pieces")
    insist(in_pieces(person, "other.pdf", pdf(3, LARGE)).status == 201, "not free again, anew")
    found = [refused(whole, "whole"), pieces.status and refused(pieces, "in pieces")]  # 0: the page goes on
    left = sum(path.stat().st_size for path in temporary.iterdir())
    insist(not left, f"answered {found}, and the folder keeps {left} bytes")
    return f"a tmpfs of 8 MB: {found[0]} given whole, {found[1]} in pieces; free again without a restart"


if __name__ == "__main__":
    print(drill())
