"""The volume of the database and its log of writes is full. It may stop, and goes on once there is room."""

from drills import truth
from drills.house import House, insist, until
from drills.kills import pdf
from drills.volumes import fill, refused, volume

SMALL = 2000
MOST = 3000
ROOM = 2_000_000


def drill():
    with volume("size=192m") as folder, House() as house:
        return full_database(house, folder)


def full_database(house, database):
    house.start_database(folder=database)
    house.start_web()
    person = house.person()
    filler = fill(database, but=ROOM)
    told, answer = _until_refused(person)
    filler.unlink()
    stopped = not house.server.alive
    if stopped:
        house.family.children.remove(house.server)
        house.restart_database()
    until(lambda: person.give_whole("after.pdf", pdf(MOST, SMALL)).status == 201, "not free again", 30)
    truth.sweep()
    truth.nothing_half(house)
    lost = [name for name in told if not truth.held(person, name)]
    insist(not lost, f"told to be taken and not there: {lost[:3]}")
    truth.whole_at_last()
    status = refused(answer, "database")
    how = "it stopped and was started again" if stopped else "free again without a restart"
    return f"a tmpfs of 192 MB: {status} after {len(told)} files, each of which is there; {how}"


def _until_refused(person):
    told = []
    for number in range(MOST):
        name = f"file {number}.pdf"
        answer = person.give_whole(name, pdf(number, SMALL))
        if answer.status != 201:
            return told, answer
        told.append(name)
    insist(False, "the database was never full")


if __name__ == "__main__":
    print(drill())
