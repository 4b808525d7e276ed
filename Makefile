# ReviewHub. `make run` to try it, `make test` to check it; `make help` lists the rest.
PORT ?= 8000
export PORT

PYTHON := .venv/bin/python
DEMO := REVIEWHUB_MODE=demo

.PHONY: help run reset test chaos bench demo-shots pictures format lint pins

help:  ## Lists what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /: /' | awk -F': ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: .environment  ## Starts the demo at http://localhost:8000/ (PORT= chooses another port); Ctrl-C stops it.
	@$(DEMO) exec $(PYTHON) manage.py serve

reset: .environment  ## Forgets the demo's data, so that the next `make run` starts afresh.
	@$(DEMO) $(PYTHON) manage.py forget

test:  ## The whole gate and every test, as in continuous integration.
	@bash .ci/run

chaos: .environment-dev  ## Takes servers and workers away for two minutes under load; SEED=7 repeats one, SECONDS= its length.
	@CHAOS_SECONDS=$(or $(SECONDS),120) CHAOS_SEED=$(or $(SEED),$(shell date +%s)) .venv/bin/pytest -s --database=postgres tests/chaos/test_disasters.py

bench: .environment-dev  ## Measures; ONLY=desk takes one of benchmarks/.
	@$(PYTHON) -m benchmarks $(ONLY)

demo-shots: .environment-dev  ## Takes the pictures of the README from a running demo of its own.
	@$(PYTHON) scripts/demo_shots.py

pictures: .environment-dev  ## Looks at every page in every state, in four looks, into build/pictures/; ONLY=task the ones named so.
	@$(PYTHON) -m tests.pictures $(ONLY)

format: .environment-dev  ## Formats Python and templates.
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix . && .venv/bin/djlint --reformat --quiet templates

lint: .environment-dev  ## The gate without the tests.
	@bash .ci/run gate

pins:  ## Compiles requirements*.in anew (needs uv).
	@scripts/pin

.PHONY: .environment .environment-dev
.environment:
	@scripts/environment
.environment-dev:
	@scripts/environment --dev
