"""Redis is emptied, and then dies and comes back with nothing, while firms submit and an officer decides:
nobody meets an error, and all mail leaves once.
"""

import os

from drills import outbox
from drills.house import all_is_well, until, whole_house

SECONDS = float(os.environ.get("DRILL_SECONDS", "120"))
LATEST = 6 * 60  # seconds: what a queue lost that was emptied is sent again after five minutes


def drill():
    with whole_house(waits=SECONDS) as (house, mailbox, acts):
        emptied = 0

        def between(done, of):
            nonlocal emptied
            if done in (of // 4, of // 2):
                house.empty_redis()
                emptied += 1
            if done == 3 * of // 4:
                house.kill_redis()
                house.restart_redis()

        acts.run(between)
        until(lambda: not outbox.unsent(), "not everything left", LATEST)
        repeats = all_is_well(house, mailbox)
        return (
            f"{acts.done} acts through the web, no error, {acts.slowest:.1f} s for the slowest; emptied "
            f"{emptied} times and once started anew with nothing; {len(mailbox.taken)} mails, {repeats} twice"
        )


if __name__ == "__main__":
    print(drill())
