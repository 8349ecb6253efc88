#!/usr/bin/env bash
# Tests the package: a new module gets it as a user's module would, from a Go proxy (here dist/), and runs the
# README's first program on a real server. Arguments: the version, and the program s2s-journey.
set -euo pipefail
version=$1
journey=$(realpath "$2")
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT

# Modules that were downloaded before come from the cache, but never the package itself.
GOPROXY="file://$PWD/dist,file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"
export GOPROXY GONOSUMDB=s2s.example GOMODCACHE="$folder/modules" GOWORK=off GOFLAGS=-mod=mod

mkdir "$folder/first-conversion"
block() { awk -v wanted="$1" '/^```/ { inside = /^```go$/ && ++seen == wanted; next } inside' README.md; }
block 1 >"$folder/first-conversion/main.go"
# Build the README's function that reads errors as well.
{
	printf 'package main\n\nimport (\n\t"errors"\n\n'
	printf '\ts2s "s2s.example/sdk-go"\n\ts2sv1 "s2s.example/sdk-go/gen/s2s/v1"\n)\n\n'
	block 2
} >"$folder/first-conversion/advise.go"
cd "$folder/first-conversion"
go mod init shop.example/first-conversion 2>../log || { cat ../log; exit 1; }
go get "s2s.example/sdk-go@$version" 2>../log || { cat ../log; exit 1; }
test -z "$(gofmt -l .)"
go vet .
go build -o first-conversion .
# The first of the two conversions counts; the other is a repetition.
# shellcheck disable=SC2016 # the variables are those that s2s-journey sets
"$journey" -- sh -c './first-conversion "$S2S_JOURNEY_KEY" "$S2S_JOURNEY_URL"' | tee ../output
test "$(grep -c '^conv_[0-9a-z]*: value 19.99 EUR, commission 2.5 EUR$' ../output)" = 1
