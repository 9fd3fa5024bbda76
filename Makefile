# Two commands are all you need: `make demo` and `make test`. They set up what is missing under .local/ and .venv/.
SHELL := /bin/bash
UV := $(shell command -v uv || echo .local/uv/bin/uv)
RUN := .venv/bin/python
PORT ?= 8000
export PYTHONDONTWRITEBYTECODE :=  # tests start hundreds of processes; each would compile all it imports once more

# Settings with which the lint looks at production; nothing is contacted.
PRODUCTION = env SECRET_KEY=lint-$$(printf '%060d' 0 | tr 0 x)-0123456789abcdefghijklmnopqrstuv BASE_URL=https://kenniskring.example \
	DATABASE_URL=postgresql://kenniskring_app@127.0.0.1/kenniskring REDIS_URL=redis://127.0.0.1 SMTP_URL=smtp://127.0.0.1

.PHONY: demo test mutants bench crawl drill faults shots lint format messages

# PORT chooses the port; Ctrl-C stops everything; .local/demo holds its data.
demo: .venv/.ready
	@PORT=$(PORT) exec $(RUN) -m kenniskring.demo

# Where uv is absent, pip brings it; where Python 3.13 is neither here nor to be fetched, any from 3.12 will do.
.local/uv/bin/uv:
	python3 -m pip install --quiet --root-user-action ignore --target .local/uv uv

.venv/.ready: uv.lock pyproject.toml | $(UV)
	$(UV) sync --locked --quiet --compile-bytecode || $(UV) sync --locked --quiet --compile-bytecode --python '>=3.12'
	@touch $@

# All tests, on servers of their own, one worker per core. REQUIRE_BROWSER=1 makes a missing Chromium an error;
# WALKS=some, as in .ci/run, walks part of the longest walks (tests/sample.py).
test: .venv/.ready
	@$(RUN) -m pytest -n 2 --dist worksteal

# Every hole that the wall could have, one at a time; `make test` tries one in eight.
mutants: .venv/.ready
	@MUTANTS=all $(RUN) -m pytest -n 2 tests/wall/test_mutants.py

# What is killed, frozen or cut, and what was lost by it: some minutes. PARTS="senders links" plays those alone.
faults: .venv/.ready
	@$(RUN) -m tests.faults $(PARTS)

# How fast the pages are beside a bare Django view, with 100,000 meetings; some minutes, on a machine that does nothing else.
bench: .venv/.ready
	@$(RUN) -m tests.bench

# Pictures of the pages at three widths, light and dark, into .local/shots/. README=write also renews those of the README.
shots: .venv/.ready
	@$(RUN) -m tests.shots

# The canary crawl: plants words in a demo of its own and reads everything as everyone; some minutes.
crawl: .venv/.ready
	@$(RUN) -m tests.crawl

# Rehearses backup and restore with the demo network, which must not be running, and runs all tests of the wall on the result.
drill: .venv/.ready
	@$(RUN) -m tests.drill

lint: .venv/.ready
	@echo "— style and likely mistakes (ruff)"
	@$(RUN) -m ruff check --quiet --output-format concise .
	@$(RUN) -m ruff format --check --quiet . || (echo "make format puts these right:"; $(RUN) -m ruff format --check .; exit 1)
	@echo "— types (mypy)"
	@$(PRODUCTION) $(RUN) -m mypy --no-error-summary .
	@echo "— templates (djade)"
	@find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --check --target-version 6.1
	@echo "— migrations follow the models"
	@$(PRODUCTION) $(RUN) -W ignore manage.py makemigrations --check --dry-run
	@echo "— migrations lock no table in use (squawk)"
	@$(PRODUCTION) $(RUN) -m tests.house.squawk
	@echo "— production settings (check --deploy)"
	@$(PRODUCTION) $(RUN) manage.py check --deploy --fail-level WARNING
	@echo "— every word in Dutch (gettext)"
	@$(PRODUCTION) $(RUN) -m tests.house.words

format: .venv/.ready
	@$(RUN) -m ruff check --fix --quiet . || true
	@$(RUN) -m ruff format .
	@find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 6.1 || true

# Puts new words into the Dutch catalogue; translate them there, and run it again to compile.
messages: .venv/.ready
	@$(PRODUCTION) $(RUN) manage.py makemessages --locale nl --no-location --no-obsolete --no-wrap --ignore .venv --ignore .local --ignore tests
	@$(PRODUCTION) $(RUN) manage.py compilemessages --locale nl --verbosity 0
