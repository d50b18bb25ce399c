"""A worker of gunicorn is killed before every step of an upload."""

from drills.house import House, until
from drills.kills import Kills


class KilledWeb(Kills):
    def kill(self):
        killed = self.house.web_worker()
        self.house.kill_web()
        until(lambda: self.house.web_worker() not in (killed, None), "no other worker was started")


def drill():
    with House() as house:
        trials = KilledWeb(house)
        return trials.run()


if __name__ == "__main__":
    print(drill())
