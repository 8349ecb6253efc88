#!/usr/bin/env bash
# Tests the package: a new module gets it as a user's module would, from a Go proxy (here dist/),
# compiles the code of the README, and runs its first program on a real server. Arguments: the
# version, and the program s2s-journey.
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
# Prints the README's blocks of Go with a number that fulfils the condition.
blocks() { awk '/^```/ { inside = /^```go$/; n += inside; next } inside && '"$1" README.md; }
blocks 'n == 1' >"$folder/first-conversion/main.go"
# The other blocks are functions.
{
	printf 'package main\n\nimport (\n'
	printf '\t"%s"\n' context errors fmt iter log/slog net/http time
	printf '\n\ts2s "s2s.example/sdk-go"\n\ts2sv1 "s2s.example/sdk-go/gen/s2s/v1"\n)\n'
	blocks 'n > 1'
} >"$folder/first-conversion/functions.go"
cd "$folder/first-conversion"
go mod init shop.example/first-conversion 2>../log || { cat ../log; exit 1; }
go get "s2s.example/sdk-go@$version" 2>../log || { cat ../log; exit 1; }
test -z "$(gofmt -l main.go)"
go vet .
go build -o first-conversion .
# The first of the two conversions counts; the other is a repetition.
cat >run.sh <<'END'
S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL ./first-conversion
END
"$journey" -- sh run.sh | tee ../output
test "$(grep -c '^conv_[0-9a-z]*: value 19.99 EUR, commission 2.50 EUR$' ../output)" = 1
