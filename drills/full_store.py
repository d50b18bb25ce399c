"""The volume of the documents is full while a file is given, whole and in pieces."""

import subprocess

from drills import truth
from drills.house import House, insist
from drills.kills import pdf
from drills.volumes import in_pieces, refused, volume

SMALL = 200_000
LARGE = 12_000_000


def drill():
    with volume("size=8m") as folder:
        stores = {"DOCUMENTS_DIR": str(folder / "documents"), "QUARANTINE_DIR": str(folder / "quarantine")}
        with House(**stores) as house:
            return full_store(house, folder)


def full_store(house, folder):
    house.start_database()
    house.start_web()
    person = house.person()
    whole = refused(person.give_whole("large.pdf", pdf(1, LARGE)), "whole")
    truth.sweep()
    truth.nothing_half(house)
    insist(person.give_whole("small.pdf", pdf(2, SMALL)).status == 201, "not free again")
    content = pdf(3, LARGE)
    pieces = refused(in_pieces(person, "pieces.pdf", content), "in pieces")
    subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
    insist(in_pieces(person, "pieces.pdf", content).status == 201, "it did not go on")
    truth.sweep()
    truth.nothing_half(house)
    truth.whole_at_last()
    return f"a tmpfs of 8 MB: {whole} whole, {pieces} in pieces, which go on once there is room; in our words"


if __name__ == "__main__":
    print(drill())
