"""How a process of a bench answers: a line of JSON in, one out."""

import json
import logging
import os
import sys


class Counter:
    """Of statements, and not of their words, which would be in the memory that is measured."""

    queries = 0

    def __call__(self, execute, sql, params, many, context):
        self.queries += 1
        return execute(sql, params, many, context)


def answer(make):
    """``make`` gives what answers, once Django is there: an order names one of its methods."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "kzcustody_site.settings"
    answers, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    logging.disable(logging.INFO)
    worker = make()
    for line in sys.stdin:
        order = json.loads(line)
        result = getattr(worker, order.pop("do"))(**order)
        print(json.dumps(result), file=answers, flush=True)
