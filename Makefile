# Every target does all its own set-up, from a bare clone; what is done already is skipped
# (tools/setup.py knows by content). ARGS is handed on: make test ARGS="-k layer-norm".
.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench bench-room bench-editor bench-replay bench-scale
# Bytecode that is not kept would be compiled anew at every start.
unexport PYTHONDONTWRITEBYTECODE
ARGS ?=

help: ## say what the targets are
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

setup: ## get everything ready for work on Torchroom itself
	@sh tools/setup.sh dev

run: ## start Torchroom and print its address
	@sh tools/setup.sh run
	@exec .venv/bin/torchroom serve $(ARGS)

test: ## run the tests and say what this machine left out
	@sh tools/setup.sh dev
	@exec .venv/bin/python -m pytest $(ARGS)

lint: ## check style, types and who imports whom
	@sh tools/setup.sh dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

bench: ## measure how fast verdicts come, against two other ways
	@sh tools/setup.sh run
	@exec .venv/bin/torchroom bench $(ARGS)

bench-room: ## measure how fast rooms acknowledge what is typed: one, then 200 at once
	@sh tools/setup.sh dev
	@exec .venv/bin/python -m tests.load.bench_room $(ARGS)

bench-editor: ## measure how soon a room's editor can be written in, also on a slow processor
	@sh tools/setup.sh dev
	@exec .venv/bin/python -m tests.load.bench_editor $(ARGS)

bench-replay: ## measure how fast a replay opens and seeks: a short one, then 20,000 edits
	@sh tools/setup.sh dev
	@exec .venv/bin/python -m tests.load.bench_replay $(ARGS)

bench-scale: ## measure how executors share a queue: 1, 2 and 4 of them, and what it costs
	@sh tools/setup.sh dev
	@exec .venv/bin/python -m tests.load.bench_scale $(ARGS)
