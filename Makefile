# Needs python3 and make only. PYTHON=python3.12 names another Python, ARGS= passes arguments to pytest.
PYTHON ?= python3
LAUNCH = @$(PYTHON) kzcustody_site/embedded

.PHONY: run manage test lint types messages bench drill locks clean

run:
	$(LAUNCH) run

test:
	$(LAUNCH) test $(ARGS)

lint:
	$(LAUNCH) lint

types:
	$(LAUNCH) types

# Takes the strings to translate from the sources into locale/. Needs gettext.
messages:
	$(LAUNCH) messages

bench:
	$(LAUNCH) bench $(ARGS)

# Long, and some of it as root: ARGS="killed-web full-store" names some.
drill:
	$(LAUNCH) drill $(ARGS)

# A command of manage.py on the servers of a make run that is going on: make manage ARGS="shell"
manage:
	$(LAUNCH) manage $(ARGS)

clean:
	$(LAUNCH) clean

# The locks pin every package by hash and name no address. Needs uv.
locks:
	@for lock in base run test tools drills; do \
		uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
			requirements/$$lock.in --output-file requirements/$$lock.lock || exit 1; \
	done
