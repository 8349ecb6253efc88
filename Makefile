# The targets that a person calls. CI calls `make test`.
CARGO ?= cargo
BUF := sdk/node_modules/.bin/buf
# Tools are pinned, and kept apart from the user's own.
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := target/tools/cargo-fuzz-$(CARGO_FUZZ_VERSION)/bin/cargo-fuzz
CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny
CARGO_CYCLONEDX_VERSION := 0.5.9
CARGO_CYCLONEDX := target/tools/cargo-cyclonedx-$(CARGO_CYCLONEDX_VERSION)/bin/cargo-cyclonedx
TYPOS_VERSION := 1.52.0
TYPOS := target/tools/typos-$(TYPOS_VERSION)/bin/typos
FUZZ_SECONDS ?= 600
FUZZERS := read_postback read_body read_query read_csv read_http1
FUZZ := $(CARGO_FUZZ) run --fuzz-dir server/fuzz --sanitizer none
FUZZ_CORPUS := server/fuzz/corpus
FUZZ_FOUND := server/fuzz/target/found
FUZZ_LEAST := server/fuzz/target/least
# The same crates and targets everywhere: cargo unites the features of what is selected, so another
# selection would compile most dependencies again.
BUILD := $(CARGO) build --locked --workspace --all-targets
# Without nextest: nextest runs each test in a process of its own, so tests that must not run at the
# same time could not exclude each other.
SUITE := $(CARGO) test --locked --workspace --test suite
# Most tests spend most of their time waiting. So the number of tests that run at once is twice the
# number of cores plus one.
export RUST_TEST_THREADS ?= $(shell expr 2 \* $$(nproc 2>/dev/null || echo 2) + 1)
# The server whose instructions are counted is optimised, so `make test` and `make test-long` test this one,
# too: the suite takes half the time with it.
COUNTED := target/counts
OPTIMISED := S2S_TESTED_SERVER=$(CURDIR)/$(COUNTED)/counts/s2s-server
# Notes the time of a part of `make test`; tests/budget.toml has the budgets.
TIMED := tests/timed.sh
# Leaves a command out if its program is not installed. In CI nothing is left out.
IF_INSTALLED := tests/if-installed.sh

.PHONY: run demo quick test test-long torture torture-sqlite torture-postgres torture-mariadb torture-edge
.PHONY: check check-schema check-schema-with-buf check-spelling generate bench fuzz fuzz-corpus deny advisories sbom tools databases php
.PHONY: counts optimised valgrind
.PHONY: packages test-sdks chromium test-console test-typescript test-python test-go test-java test-rust-package
.PHONY: generate-sdks generate-typescript generate-python generate-go generate-java build-console

# A development build takes a quarter of the time of a release build. For production:
# cargo build --release --locked.
run:
	$(CARGO) run --locked -p s2s-server

demo:
	$(CARGO) build --locked -p s2s-server -p s2s-tests --bins
	target/debug/s2s-demo

# To run before each commit. Leaves out PostgreSQL and MariaDB, the SDKs, and the slowest tests of
# the suite.
quick: php
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	$(BUILD)
	$(CARGO) test --locked --workspace --lib --bins --test client
	$(SUITE) -- $(addprefix --skip ,$(SLOW_TESTS))

SLOW_TESTS := attacks:: clocks:: commits:: concurrency:: flood:: hostile::a_hundred_thousand

# All checks and tests that a change must pass. On a clean checkout, with 2 cores, this target must
# end within an hour.
test: databases php valgrind
	rm -f target/minutes.tsv
	$(TIMED) check $(MAKE) check
	$(TIMED) build $(BUILD)
	$(TIMED) counts $(MAKE) counts
	$(TIMED) tests env $(OPTIMISED) $(CARGO) test --locked --workspace
	$(TIMED) suite-postgres env $(OPTIMISED) target/debug/s2s-databases postgres $(SUITE)
	$(TIMED) suite-mariadb env $(OPTIMISED) target/debug/s2s-databases mariadb $(SUITE)
	$(TIMED) sdks $(MAKE) --jobs 2 --output-sync=target test-sdks
	$(TIMED) torture-sqlite $(MAKE) torture-sqlite $(OPTIMISED) CYCLES=30 OUTAGE_SECONDS=4 HOSTILE_SECONDS=10 STOPPED_SECONDS=3
	$(TIMED) torture-postgres $(MAKE) torture-postgres $(OPTIMISED) CYCLES=30 OUTAGE_SECONDS=4 HOSTILE_SECONDS=10 STOPPED_SECONDS=3
	$(TIMED) torture-mariadb $(MAKE) torture-mariadb $(OPTIMISED) CYCLES=30 OUTAGE_SECONDS=4 STOPPED_SECONDS=3
	$(TIMED) torture-edge $(MAKE) torture-edge $(OPTIMISED) OUTAGE_SECONDS=4
	tests/minutes.sh

# Takes about an hour. Its result is written to docs/internals/test-long.md.
test-long: databases php optimised
	$(BUILD)
	env $(OPTIMISED) tests/test-long.sh

# The folder of every SDK except the Rust SDK has a Makefile with the same targets.
test-sdks: test-console test-typescript test-python test-go test-java test-rust-package
generate-sdks: generate-typescript generate-python generate-go generate-java build-console

# Both tests need a browser, which only one of them may install.
chromium:
	$(IF_INSTALLED) npm $(MAKE) -C sdk/console chromium
test-console test-typescript: chromium

test-console:
	$(IF_INSTALLED) npm $(MAKE) -C sdk/console tools check test
test-typescript: tools
	$(IF_INSTALLED) npm $(MAKE) -C sdk/typescript tools check test test-package
test-python: tools
	$(IF_INSTALLED) python3 $(MAKE) -C sdk/python tools check test test-package
test-go: tools
	$(IF_INSTALLED) go $(MAKE) -C sdk/go tools check test test-package
test-java: tools
	$(IF_INSTALLED) mvn $(MAKE) -C sdk/java tools check test test-package

generate-typescript: tools
	$(IF_INSTALLED) npm $(MAKE) -C sdk/typescript tools generate
generate-python: tools
	$(IF_INSTALLED) python3 $(MAKE) -C sdk/python tools generate
generate-go: tools
	$(IF_INSTALLED) go $(MAKE) -C sdk/go tools generate
generate-java: tools
	$(IF_INSTALLED) mvn $(MAKE) -C sdk/java tools generate

# The console's built files contain the TypeScript SDK.
build-console: generate-typescript
	$(IF_INSTALLED) npm $(MAKE) -C sdk/console build

# Builds the packages of all SDKs, each with the tool of its ecosystem, and records a first conversion with each of
# them from a new project.
packages: tools
	$(BUILD)
	set -e; for sdk in typescript python go java; do $(MAKE) -C sdk/$$sdk tools test-package; done
	$(MAKE) test-rust-package

# Tests only the package of the Rust SDK. Its other tests run with the tests of the workspace.
test-rust-package:
	sdk/rust/test-package.sh target/debug/s2s-journey

# Kills servers and databases under load, makes them unavailable, breaks disks, and attacks. Then
# checks that nothing acknowledged is lost or counted twice. `make test` does about a tenth of this.
# The torture of an edge runs once, not for each database, because an edge has no database.
# Attackers and stalls are part of the torture of SQLite and PostgreSQL only.
CYCLES ?= 300
OUTAGE_SECONDS ?= 30
HOSTILE_SECONDS ?= 60
STOPPED_SECONDS ?= 20
torture: torture-sqlite torture-postgres torture-mariadb torture-edge

torture-sqlite torture-postgres torture-mariadb: torture-%: databases
	$(BUILD)
	target/debug/s2s-torture $* $(CYCLES)
	target/debug/s2s-torture outage $* $(OUTAGE_SECONDS)
	$(if $(filter sqlite postgres,$*),target/debug/s2s-torture stalls $*)
	target/debug/s2s-torture stopped $* $(STOPPED_SECONDS)
	$(if $(filter sqlite postgres,$*),target/debug/s2s-torture hostile $* $(HOSTILE_SECONDS))

torture-edge: databases
	$(BUILD)
	target/debug/s2s-torture edge $(OUTAGE_SECONDS)

# Installs the distribution's packages of both databases. Tests start their own database servers from these packages.
databases:
	@if ls /usr/lib/postgresql/*/bin/postgres /usr/sbin/mariadbd >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y postgresql mariadb-server; \
	else echo "needs PostgreSQL and MariaDB, for example: apt-get install postgresql mariadb-server"; exit 1; fi

# Installs the distribution's packages of PHP. Tests run the code of the guides for shops with it.
php:
	@if php -r 'exit((int) !(extension_loaded("curl") && extension_loaded("pdo_sqlite")));' >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y php-cli php-curl php-sqlite3; \
	else echo "needs PHP, for example: apt-get install php-cli php-curl php-sqlite3"; exit 1; fi

# Installs the distribution's package of valgrind, which counts instructions.
valgrind:
	@if command -v valgrind >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y valgrind; \
	else echo "needs valgrind, for example: apt-get install valgrind"; exit 1; fi

check: check-schema check-spelling
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps -p s2s-sdk

# typos comes as a pinned Python package with a binary. Without python3 the check is left out, except in CI.
check-spelling:
	$(IF_INSTALLED) python3 $(MAKE) $(TYPOS)
	$(IF_INSTALLED) python3 $(TYPOS)

$(TYPOS):
	python3 -m pip install --quiet --root-user-action ignore --target $(TYPOS:/bin/typos=) typos==$(TYPOS_VERSION)

# buf comes as a pinned npm package. Without npm its checks are left out, except in CI.
check-schema:
	$(IF_INSTALLED) npm $(MAKE) check-schema-with-buf

check-schema-with-buf: tools
	$(BUF) lint
	$(BUF) format --diff --exit-code
	@if git rev-parse --quiet --verify HEAD~1 >/dev/null; then \
		$(BUF) breaking --against "$$(git rev-parse --git-common-dir)#ref=$$(git rev-parse HEAD~1)" || \
		{ ! git diff --quiet HEAD~1 -- proto/CHANGES.md && echo "these breaks are in proto/CHANGES.md"; } || \
		{ echo "a break of the schema needs its line in proto/CHANGES.md"; exit 1; }; \
	elif [ -n "$$CI" ]; then echo "buf breaking needs the commit before this one"; exit 1; \
	else echo "left out: buf breaking, since there is no commit before this one"; fi

# The lists and the schema come first, because the code of the other SDKs is generated from their results.
generate: tools
	$(CARGO) run --locked -p s2s-generate
	$(BUF) format --write
	S2S_GENERATE=1 $(CARGO) test --locked -p s2s-server --lib reference::
	$(MAKE) generate-sdks

# To measure all three databases: make bench DATABASES="sqlite postgres mariadb".
DATABASES ?= sqlite
bench: $(if $(filter-out sqlite,$(DATABASES)),databases)
	$(CARGO) build --release --locked -p s2s-server -p s2s-tests --bins
	set -e; for kind in $(DATABASES); do \
		if [ $$kind = sqlite ]; then on=; else on="target/release/s2s-databases $$kind"; fi; \
		$$on target/release/s2s-bench; \
		$$on target/release/s2s-bench --bytes; \
		$$on target/release/s2s-bench --payouts; \
		$$on target/release/s2s-bench --watch; \
		$$on target/release/s2s-bench --open 2000 --clicks 131072 --seconds 20; \
	done
	$(MAKE) counts
	$(CARGO) build --locked --profile counts -p s2s-tests --bin s2s-bench --target-dir $(COUNTED)
	$(COUNTED)/counts/s2s-bench --instructions $(COUNTED)/counts/s2s-server --bare

# By default, valgrind hides the table of the kernel that rustix reads, so rustix asks the C library instead.
optimised:
	RUSTFLAGS="--cfg rustix_use_libc" $(CARGO) build --locked --profile counts -p s2s-server --target-dir $(COUNTED)

# Counts the instructions of the server for each request, and compares them with tests/counts.toml.
counts: valgrind optimised
	$(BUILD)
	target/debug/s2s-bench --instructions $(COUNTED)/counts/s2s-server --counts tests/counts.toml

# Runs on stable Rust, without a sanitizer, because our code has nothing unsafe. New inputs go to $(FUZZ_FOUND). The
# committed corpus is only read.
fuzz: $(FUZZERS:%=fuzz-%)

$(FUZZERS:%=fuzz-%): fuzz-%: $(CARGO_FUZZ)
	mkdir -p $(FUZZ_FOUND)/$*
	$(FUZZ) $* $(FUZZ_FOUND)/$* $(FUZZ_CORPUS)/$* -- -dict=server/fuzz/$*.dict -max_len=1024 -timeout=5 \
		-max_total_time=$(FUZZ_SECONDS)

# Replaces the committed corpora with the fewest and smallest inputs that reach the same code.
fuzz-corpus: $(FUZZERS:%=fuzz-corpus-%)

$(FUZZERS:%=fuzz-corpus-%): fuzz-corpus-%: $(CARGO_FUZZ)
	rm -rf $(FUZZ_LEAST)/$*
	mkdir -p $(FUZZ_LEAST)/$* $(FUZZ_FOUND)/$*
	$(FUZZ) $* $(FUZZ_LEAST)/$* $(FUZZ_CORPUS)/$* $(FUZZ_FOUND)/$* -- -set_cover_merge=1 -use_counters=0 -max_len=1024
	rm -rf $(FUZZ_CORPUS)/$*
	mv $(FUZZ_LEAST)/$* $(FUZZ_CORPUS)/$*

# Checks licences, bans and sources of all dependencies. `make test` checks the same rules with
# tests/suite/dependencies.rs, because this tool takes longer to build than the server.
deny: $(CARGO_DENY)
	$(CARGO_DENY) --locked check licenses bans sources

# Reports known faults of dependencies. Needs a network, because the tool fetches its database.
advisories: $(CARGO_DENY)
	$(CARGO_DENY) --locked check advisories

# The bill of materials of the server, in CycloneDX. The tool writes a file beside each crate, with absolute paths.
sbom: $(CARGO_CYCLONEDX)
	$(CARGO_CYCLONEDX) cyclonedx --format json --spec-version 1.5 --describe binaries --manifest-path server/Cargo.toml
	mkdir -p target/sbom
	sed 's|$(CURDIR)|.|g' server/s2s-server_bin.cdx.json > target/sbom/s2s-server.cdx.json
	rm -f server/*_bin.cdx.json tests/*_bin.cdx.json sdk/rust/generate/*_bin.cdx.json

$(CARGO_FUZZ):
	$(CARGO) install --locked --root $(CARGO_FUZZ:/bin/cargo-fuzz=) --version $(CARGO_FUZZ_VERSION) cargo-fuzz

$(CARGO_DENY):
	$(CARGO) install --locked --root $(CARGO_DENY:/bin/cargo-deny=) --version $(CARGO_DENY_VERSION) cargo-deny

$(CARGO_CYCLONEDX):
	$(CARGO) install --locked --root $(CARGO_CYCLONEDX:/bin/cargo-cyclonedx=) --version $(CARGO_CYCLONEDX_VERSION) cargo-cyclonedx

# `npm ci` fails if the registry has no buf for other platforms. `npm install` follows the lock
# file, too.
tools:
	$(IF_INSTALLED) npm $(MAKE) sdk/node_modules/.installed

sdk/node_modules/.installed: sdk/package-lock.json
	npm install --prefix sdk --no-save --ignore-scripts
	touch $@
