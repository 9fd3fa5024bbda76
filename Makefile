# Two commands are all you need: `make demo` and `make test`. They set up what is missing under .local/ and .venv/.
SHELL := /bin/bash
UV := $(shell command -v uv || echo .local/uv/bin/uv)
RUN := .venv/bin/python
PORT ?= 8000

# Settings with which the lint looks at production; nothing is contacted.
PRODUCTION = env SECRET_KEY=lint-$$(printf '%060d' 0 | tr 0 x)-0123456789abcdefghijklmnopqrstuv BASE_URL=https://kenniskring.example \
	DATABASE_URL=postgresql://kenniskring_app@127.0.0.1/kenniskring REDIS_URL=redis://127.0.0.1 SMTP_URL=smtp://127.0.0.1

.PHONY: demo test lint format messages manage

# PORT chooses the port; Ctrl-C stops everything; .local/demo holds its data.
demo: .venv/.ready
	@PORT=$(PORT) exec $(RUN) -m kenniskring.demo

# Where uv is absent, pip brings it; where Python 3.13 is neither here nor to be fetched, any from 3.12 will do.
.local/uv/bin/uv:
	python3 -m pip install --quiet --target .local/uv uv

.venv/.ready: uv.lock pyproject.toml | $(UV)
	$(UV) sync --locked --quiet || $(UV) sync --locked --quiet --python '>=3.12'
	@touch $@
