# Every target is a task of deno.json by the same name: `deno task test` is `make test` for those who have Deno.
# `.ci/deno` is the Deno on PATH, or the tested version, which it fetches into `.cache/` the first time.
#
# Settings go through the environment, as DURATION=10 make demo, or make demo DURATION=10.

DENO := .ci/deno
.DEFAULT_GOAL := help

##@ Run

demo: ## everything at once, nothing to install: embedded Pub/Sub, simulator, monitor, SQLite file
lms: ## any command of LMS: make lms ARGS="mock", make lms ARGS="mon --help"
up: ## MySQL, Pub/Sub emulator and LMS in Docker (compose.yaml)
down: ## stop what `up` started; the data stays
build: ## the executables, dist/lms and dist/lms-mon; make build TARGET=... for another machine
dist: ## a release in dist/release: executables for every target, and their sums
sbom: ## what they are made of: dist/release/lms.cdx.json

##@ Check

test: ## every test that needs no preparation, with real MySQL and MariaDB servers
ok: ## what must hold before a commit: format, lint, types, examples, and the tests that need no server
e2e: ## a minute and more against Google's Pub/Sub emulator and a real MySQL; results in output/
protections: ## take each protection out of a copy of the program, and see a test notice
soak: ## break everything on purpose for minutes, and prove that nothing is lost or doubled; report in output/
bench: ## how fast it is, and what that costs, against other ways to do the job; results in output/
cover: ## line coverage of src by the unit and contract tests; fails below 85 %
fmt: ## format everything
docs: ## write the documents that are made of the program: commands.md and settings.md
lint: ## find what is suspect
check: ## check types

##@ Keep

clean: ## remove dist, coverage and output; databases and .cache stay

help: ## this list
	@awk -F ':.*## ' '/^##@ /{ printf "\n%s\n", substr($$0, 5) } /^[a-z0-9-]+:.*## /{ printf "  make %-11s %s\n", $$1, $$2 }' \
	  $(MAKEFILE_LIST)

TASKS := demo lms up down build dist sbom test ok e2e soak protections bench cover fmt docs lint check clean

$(TASKS):
	@$(DENO) task --quiet $@ $(ARGS)

.PHONY: help $(TASKS)
