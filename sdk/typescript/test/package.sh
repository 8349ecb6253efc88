#!/bin/sh
# Tests the package: a fresh project installs it and runs the README's first conversion. All other TypeScript in the
# README is compiled, too. Run this through s2s-journey.
set -eu
sdk=$(cd "$(dirname "$0")/.." && pwd)
: "${S2S_JOURNEY_URL:?run this through s2s-journey}"
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"

echo '{ "private": true, "type": "module" }' >package.json
types=$(node -p "require('$sdk/package.json').devDependencies['@types/node']")
npm install --ignore-scripts --no-audit --no-fund "$sdk"/dist/s2s-sdk-*.tgz "@types/node@$types" >/dev/null

awk '/^```ts$/ { file = "readme" ++count ".ts"; next } /^```$/ { file = "" } file { print >file }' "$sdk/README.md"
"$sdk/node_modules/.bin/tsc" --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess \
	--module nodenext --target es2022 --types node readme*.ts

node readme1.js "$S2S_JOURNEY_KEY" "$S2S_JOURNEY_URL" >said
# The sale is sent twice and counts once.
[ "$(grep -c 'value 19.99 EUR, commission 2.5 EUR$' said)" = 1 ] || { cat said; exit 1; }

# Check that the entry for browsers imports nothing from Node.js.
echo 'export { createClient } from "@s2s/sdk/web";' >web.js
"$sdk/node_modules/.bin/esbuild" --bundle --platform=browser --log-level=warning --outfile=bundle.js web.js
