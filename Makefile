# Everything one does with this repository. `make` alone lists it.
.DEFAULT_GOAL := help
.PHONY: help demo test long coverage soak check bench format translations settings lock clean

help: ## List these commands
	@grep -hE '^[a-z]+:.*## ' Makefile | awk 'BEGIN {FS = ":.*## "} {printf "  make %-13s %s\n", $$1, $$2}'

demo: ## Start everything and walk through the main job; ONCE=1 ends after the walk, FRESH=1 starts over
	@ONCE='$(ONCE)' FRESH='$(FRESH)' PORT='$(PORT)' PARTNER_PORT='$(PARTNER_PORT)' scripts/demo

test: ## Run the tests; ARGS='tests/web -k consent' chooses, BROWSER=no leaves out those that drive a browser
	@ARGS='$(ARGS)' BROWSER='$(BROWSER)' scripts/test

long: ## Run the long tests: whole machines, upgrades under load, long stories in a browser
	@LONG=only BROWSER='$(BROWSER)' scripts/test

coverage: ## Run the tests and say how much of the code they run
	@COVERAGE=yes BROWSER='$(BROWSER)' scripts/test

soak: ## Run the tests of races, crashes and revocation with the full counts
	@LATCHSTRING_SOAK=1 ARGS='tests/processes tests/web/api/test_openapi.py' scripts/test

check: ## Lint, formatting, types, import contracts, texts, settings page
	@scripts/check

bench: ## Measure the speed; PEERS=folder PEER=name adds a peer's figures of the same run
	@scripts/install dev
	@PEERS='$(PEERS)' PEER='$(PEER)' scripts/bench

format: ## Put the code into the house's format
	@scripts/install dev
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format --quiet .

translations: ## Collect the texts of the pages; what is new is left empty in ko.po
	@scripts/install dev
	@scripts/translations update

settings: ## Write docs/settings.md from the settings
	@scripts/install dev
	@.venv/bin/python scripts/settings_page.py

lock: ## Resolve the dependencies of pyproject.toml anew, with hashes
	@scripts/lock

clean: ## Remove what was installed and the demo's data
	rm -rf .venv var .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
