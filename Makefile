# What a person runs. `make test` is what CI runs.
CARGO ?= cargo
BUF := sdk/node_modules/.bin/buf
# Pinned, and kept out of the user's own tools.
CARGO_FUZZ_VERSION := 0.13.2
CARGO_FUZZ := target/tools/cargo-fuzz-$(CARGO_FUZZ_VERSION)/bin/cargo-fuzz
CARGO_DENY_VERSION := 0.20.2
CARGO_DENY := target/tools/cargo-deny-$(CARGO_DENY_VERSION)/bin/cargo-deny
CARGO_CYCLONEDX_VERSION := 0.5.9
CARGO_CYCLONEDX := target/tools/cargo-cyclonedx-$(CARGO_CYCLONEDX_VERSION)/bin/cargo-cyclonedx
FUZZ_SECONDS ?= 600
FUZZ := $(CARGO_FUZZ) run --fuzz-dir server/fuzz --sanitizer none read_postback
FUZZ_CORPUS := server/fuzz/corpus/read_postback
FUZZ_FOUND := server/fuzz/target/found
FUZZ_LEAST := server/fuzz/target/least
# Each with a Makefile of its own, of the same targets, and the program that its toolchain is known by.
SDKS := typescript:npm python:python3 go:go java:mvn
.PHONY: run demo test torture check check-schema generate bench fuzz fuzz-corpus deny advisories sbom tools databases

# Built for development, which takes a quarter of the time; for production: cargo build --release --locked.
run:
	$(CARGO) run --locked -p s2s-server

demo:
	$(CARGO) build --locked -p s2s-server -p s2s-tests --bins
	target/debug/s2s-demo

SUITE := $(CARGO) test --locked -p s2s-tests --test suite

test: check databases
	$(CARGO) build --locked --workspace --all-targets
	$(CARGO) test --locked --workspace
	target/debug/s2s-databases postgres $(SUITE)
	target/debug/s2s-databases mariadb $(SUITE)
	$(MAKE) test-sdks
	$(MAKE) torture CYCLES=30 OUTAGE_SECONDS=4

# Without its toolchain an SDK is left out, but not in CI.
define SDK
.PHONY: test-$(1) generate-$(1)
ifneq ($(or $(CI),$(shell command -v $(2))),)
test-$(1): tools
	$$(MAKE) -C sdk/$(1) tools check test test-package
generate-$(1): tools
	$$(MAKE) -C sdk/$(1) tools generate
else
test-$(1) generate-$(1):
	@echo "left out: sdk/$(1), since $(2) is not installed"
endif
test-sdks: test-$(1)
generate-sdks: generate-$(1)
endef
.PHONY: test-sdks test-rust-package generate-sdks
$(foreach sdk,$(SDKS),$(eval $(call SDK,$(firstword $(subst :, ,$(sdk))),$(lastword $(subst :, ,$(sdk))))))

# What else there is to test of the SDK for Rust is in the workspace.
test-sdks: test-rust-package
test-rust-package:
	sdk/rust/test-package.sh target/debug/s2s-journey

# Kills servers and databases under load, takes them away for long, and fills and breaks disks meanwhile, and looks what is
# left; a tenth of it in `make test`. What happens to an edge is the same with any database.
CYCLES ?= 300
OUTAGE_SECONDS ?= 30
torture: databases
	$(CARGO) build --locked --workspace --bins
	set -e; for kind in sqlite postgres mariadb; do \
		target/debug/s2s-torture $$kind $(CYCLES); \
		target/debug/s2s-torture outage $$kind $(OUTAGE_SECONDS); \
	done
	target/debug/s2s-torture edge $(OUTAGE_SECONDS)

# The distribution's packages; what a test starts are servers of its own.
databases:
	@if ls /usr/lib/postgresql/*/bin/postgres /usr/sbin/mariadbd >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y postgresql mariadb-server; \
	else echo "needs PostgreSQL and MariaDB, for example: apt-get install postgresql mariadb-server"; exit 1; fi

check: check-schema
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps -p s2s-sdk

# buf comes as a pinned npm package. Without npm its checks are left out, but not in CI.
ifneq ($(or $(CI),$(shell command -v npm)),)
check-schema: tools
	$(BUF) lint
	$(BUF) format --diff --exit-code
	@if git rev-parse --quiet --verify HEAD~1 >/dev/null; then \
		$(BUF) breaking --against "$$(git rev-parse --git-common-dir)#ref=$$(git rev-parse HEAD~1)"; \
	else echo "left out: buf breaking, since there is no commit before this one"; fi
else
check-schema:
	@echo "left out: buf lint and buf format of proto/, since npm is not installed"
endif

# The lists and the schema come first: the code of the other SDKs is made of what they give.
generate: tools
	$(CARGO) run --locked -p s2s-generate
	$(BUF) format --write
	S2S_GENERATE=1 $(CARGO) test --locked -p s2s-server --lib config::reference
	$(MAKE) generate-sdks

# On all three: make bench DATABASES="sqlite postgres mariadb".
DATABASES ?= sqlite
bench: $(if $(filter-out sqlite,$(DATABASES)),databases)
	$(CARGO) build --release --locked -p s2s-server -p s2s-tests --bins
	set -e; for kind in $(DATABASES); do \
		if [ $$kind = sqlite ]; then target/release/s2s-bench; else target/release/s2s-databases $$kind target/release/s2s-bench; fi; \
	done

# On stable Rust, since no sanitizer is asked for: there is no unsafe code of ours. What is found goes to the
# first folder; the committed corpus is only read.
fuzz: $(CARGO_FUZZ)
	mkdir -p $(FUZZ_FOUND)
	$(FUZZ) $(FUZZ_FOUND) $(FUZZ_CORPUS) -- -dict=server/fuzz/read_postback.dict -max_len=1024 -timeout=5 \
		-max_total_time=$(FUZZ_SECONDS)

# The fewest and smallest of what was found that reach the same code become the committed corpus.
fuzz-corpus: $(CARGO_FUZZ)
	rm -rf $(FUZZ_LEAST)
	mkdir -p $(FUZZ_LEAST) $(FUZZ_FOUND)
	$(FUZZ) $(FUZZ_LEAST) $(FUZZ_CORPUS) $(FUZZ_FOUND) -- -set_cover_merge=1 -use_counters=0 -max_len=1024
	rm -rf $(FUZZ_CORPUS)
	mv $(FUZZ_LEAST) $(FUZZ_CORPUS)

# Licences, bans and sources of all dependencies. `make test` holds the same rules (tests/suite/dependencies.rs) without
# this tool, which takes longer to build than the server.
deny: $(CARGO_DENY)
	$(CARGO_DENY) --locked check licenses bans sources

# Known faults of dependencies. Fetches the database of them from its home, so it is not for a build without network.
advisories: $(CARGO_DENY)
	$(CARGO_DENY) --locked check advisories

# The bill of materials of the server, in CycloneDX. The tool writes one beside each crate, with the path of this folder.
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

# Not `npm ci`: it fails where a registry has no buf for other platforms. The lock file is kept to all the same.
tools: sdk/node_modules/.installed

sdk/node_modules/.installed: sdk/package-lock.json
	npm install --prefix sdk --no-save --ignore-scripts
	touch $@
