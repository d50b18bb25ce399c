"""Redis is stopped while firms submit and an officer decides: nobody meets an error, and afterwards all mail
leaves, once and in order.
"""

import os
import time

from drills import outbox
from drills.house import all_is_well, until, whole_house

SECONDS = float(os.environ.get("DRILL_SECONDS", "600"))  # without Redis
LATEST = 120  # seconds after it is back, in which everything has to have left


def drill():
    with whole_house(waits=SECONDS) as (house, mailbox, acts):
        before = len(mailbox.taken)
        house.kill_redis()
        acts.run()
        without = outbox.unsent()
        house.restart_redis()
        back = time.monotonic()
        until(lambda: not outbox.unsent(), "not everything left", LATEST)
        took = time.monotonic() - back
        repeats = all_is_well(house, mailbox)
        outbox.in_order(mailbox)
        return (
            f"{acts.done} acts through the web in {SECONDS:.0f} s without Redis, no error, "
            f"{acts.slowest:.1f} s for the slowest; {without} messages waited; all left {took:.0f} s after "
            f"it was back, in order, {repeats} twice ({len(mailbox.taken) - before} mails)"
        )


if __name__ == "__main__":
    print(drill())
