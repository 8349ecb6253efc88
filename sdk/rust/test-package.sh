#!/usr/bin/env bash
# Tests the package as it would be published: a new project depends on it, not on this folder, and records a first
# conversion on a real server. Argument: the program s2s-journey.
set -euo pipefail
journey=$(realpath "$1")
cd "$(dirname "$0")/../.."
root=$PWD
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cargo package --quiet --locked --package s2s-sdk --no-verify --allow-dirty --target-dir "$folder/target"
tar -xzf "$folder"/target/package/s2s-sdk-*.crate -C "$folder"
mkdir -p "$folder/first-conversion/src"
cp sdk/rust/examples/first_conversion.rs "$folder/first-conversion/src/main.rs"
# Use the versions of dependencies with which this repository is tested.
cp Cargo.lock "$folder/first-conversion/"
cd "$folder/first-conversion"
cat >Cargo.toml <<TOML
[package]
name = "first-conversion"
version = "1.0.0"
edition = "2024"

[dependencies]
futures = "0.3"
s2s-sdk = { path = "$(echo "$folder"/s2s-sdk-*)" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
TOML
# Reuse dependencies that an earlier run built.
export CARGO_TARGET_DIR="$root/target/package"
cargo build --quiet
# shellcheck disable=SC2016 # the variables are those that s2s-journey sets
"$journey" -- sh -c 'S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL \
  "$CARGO_TARGET_DIR/debug/first-conversion"' | tee ../output
# The sale is recorded twice and counts once.
test "$(grep -c '^conv_' ../output)" = 1
