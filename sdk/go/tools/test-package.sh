#!/usr/bin/env bash
# Tests the package: a new module gets it as a user's module would, from a Go proxy (here dist/), and
# runs all code of the README on a real server. Arguments: the version, and the program s2s-journey.
set -euo pipefail
version=$1
journey=$(realpath "$2")
cd "$(dirname "$0")/.."
sdk=$PWD
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT

# Modules that were downloaded before come from the cache, but never the package itself.
GOPROXY="file://$PWD/dist,file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"
export GOPROXY GONOSUMDB=s2s.example GOMODCACHE="$folder/modules" GOWORK=off GOFLAGS=-mod=mod

mkdir "$folder/first-conversion"
# Prints the README's blocks of Go with a number that fulfils the condition.
blocks() { awk '/^```/ { inside = /^```go$/; n += inside; next } inside && '"$1" README.md; }
blocks 'n == 1' >"$folder/first-conversion/main.go"
# The other blocks are functions. This program calls them.
mkdir "$folder/first-conversion/others"
{
	printf 'package main\n\nimport (\n'
	printf '\t"%s"\n' context errors fmt iter log/slog net/http time
	printf '\n\ts2s "s2s.example/sdk-go"\n\ts2sv1 "s2s.example/sdk-go/gen/s2s/v1"\n)\n'
	blocks 'n > 1'
} >"$folder/first-conversion/others/functions.go"
cat >"$folder/first-conversion/others/main.go" <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"slices"

	s2s "s2s.example/sdk-go"
)

func main() {
	ctx := context.Background()
	client := must(s2s.New())
	code := must(client.ConversionCodes.Create(ctx, s2s.CreateConversionCodeParams{
		Name: "Other", DefaultCurrency: "EUR",
	})).GetConversionCode()
	link := must(client.TrackingLinks.Create(ctx, s2s.CreateTrackingLinkParams{
		Destination: "https://shop.example/?s1=[s2sidentifier]", ConversionCodeIDs: []string{code.GetId()},
	})).GetTrackingLink()
	click := must(client.Clicks.Record(ctx, s2s.RecordClickParams{TrackingLinkID: link.GetId()})).GetClick()
	value := must(s2s.ParseMoney("19.99", "EUR"))
	sale := s2s.RecordConversionParams{
		ConversionCodeID: code.GetId(), ClickID: click.GetId(), TransactionID: "order-1002", Value: value,
	}
	wrong := s2s.RecordConversionParams{ConversionCodeID: code.GetId(), ClickID: "x", Value: value}

	check(extend(ctx, client, code.GetId(), link.GetId()))
	must(connect(slog.Default())).Close()
	check(recordAll(ctx, client, []s2s.RecordConversionParams{sale, wrong}))
	check(recordMany(ctx, client, slices.Values([]s2s.RecordConversionParams{sale, wrong})))
	signed := sign("https://t.example/s2s?clickId=x", "secret")
	request := must(http.NewRequest(http.MethodGet, signed, nil))
	request.RequestURI = request.URL.RequestURI()
	fmt.Println("genuine:", isGenuine(request, nil, "secret"), isGenuine(request, nil, "other"))
	fmt.Println("clicks:", len(must(firstPage(ctx, client, link.GetId())).GetClicks()))
	fmt.Println("advice:", advise(ctx.Err()))
	status := must(client.Conversions.Record(ctx, sale)).GetConversion().GetStatus()
	fmt.Println("status:", status)
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
GO
cd "$folder/first-conversion"
go mod init shop.example/first-conversion 2>../log || { cat ../log; exit 1; }
go get "s2s.example/sdk-go@$version" 2>../log || { cat ../log; exit 1; }
test -z "$(gofmt -l main.go)"
go vet ./...
mkdir bin
go build -o bin ./...
# The first of the two conversions counts; the other is a repetition.
cat >run.sh <<'END'
S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL bin/first-conversion
END
"$journey" -- sh run.sh | tee ../output
test "$(grep -c '^conv_[0-9a-z]*: value 19.99 EUR, commission 2.50 EUR$' ../output)" = 1
cat >run.sh <<'END'
S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL bin/others
END
"$journey" -- sh run.sh | tee ../output
test "$(grep -c 'does not count: ' ../output)" = 2
grep -q '^genuine: true false$' ../output
grep -q '^clicks: 1$' ../output

# The README's commands, with the module's folder and the key, in a new folder.
mkdir "$folder/readme"
cd "$folder/readme"
cp ../first-conversion/main.go .
awk '/^```/ { inside = /^```sh$/; n += inside; next } inside && n == 1' "$sdk/README.md" |
	sed -e "s#…/sdk/go#$sdk#" -e "s#S2S_API_KEY=s2s_… #S2S_API_KEY=\$S2S_JOURNEY_KEY #" >run.sh
"$journey" -- sh -euc 'export S2S_ENDPOINT="$S2S_JOURNEY_URL"; . ./run.sh' | tee ../output
test "$(grep -c '^conv_[0-9a-z]*: value 19.99 EUR, commission 2.50 EUR$' ../output)" = 1
