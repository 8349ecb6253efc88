# What a person runs. `make test` is what CI runs.
CARGO ?= cargo
BUF := sdk/node_modules/.bin/buf
# The programs of the demo and of `make bench` are timed, so they are built as they would be deployed.
RELEASE := --release --locked

.PHONY: run demo test check check-schema generate bench tools

run:
	$(CARGO) run $(RELEASE) -p s2s-server

demo:
	$(CARGO) build $(RELEASE) -p s2s-server -p s2s-tests
	target/release/s2s-demo

test: check
	$(CARGO) build --locked --workspace --all-targets
	$(CARGO) test --locked --workspace

check: check-schema
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps -p s2s-sdk

# buf comes as a pinned npm package. Without npm its checks are left out, but not in CI.
ifneq ($(or $(CI),$(shell command -v npm)),)
check-schema: tools
	$(BUF) lint
	$(BUF) format --diff --exit-code
else
check-schema:
	@echo "left out: buf lint and buf format of proto/, since npm is not installed"
endif

generate: tools
	$(BUF) format --write
	$(CARGO) run --locked -p s2s-generate

bench:
	$(CARGO) build $(RELEASE) -p s2s-server -p s2s-tests
	target/release/s2s-bench

# Not `npm ci`: it fails where a registry has no buf for other platforms. The lock file is kept to all the same.
tools: sdk/node_modules/.installed

sdk/node_modules/.installed: sdk/package-lock.json
	npm install --prefix sdk --no-save --ignore-scripts
	touch $@
