"""The database is stopped at once and started again before every step of an upload."""

from drills.house import House
from drills.kills import Kills


class KilledDatabase(Kills):
    def kill(self):
        self.house.kill_database()
        self.house.restart_database()


def drill():
    with House() as house:
        trials = KilledDatabase(house)
        return trials.run()


if __name__ == "__main__":
    print(drill())
