#!/bin/sh
# Tests the package: a fresh project installs it and runs the README's first conversion, as the README says. All other
# TypeScript in the README is compiled, too. Run this through s2s-journey.
set -eu
sdk=$(cd "$(dirname "$0")/.." && pwd)
: "${S2S_JOURNEY_URL:?run this through s2s-journey}"
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"

awk '/^```ts$/ { file = "readme" ++count ".ts"; next }
	/^```sh$/ { file = "commands" ++shells ".sh"; next }
	/^```$/ { file = "" }
	file { print >file }' "$sdk/README.md"
mv readme1.ts first-conversion.ts

# The README leaves out the folder of the package and the key.
sed -e "s#…/sdk/typescript#$sdk#" -e "s#S2S_API_KEY=s2s_… #S2S_API_KEY=\$S2S_JOURNEY_KEY #" commands1.sh >commands.sh
S2S_ENDPOINT=$S2S_JOURNEY_URL npm_config_audit=false npm_config_fund=false sh -eu commands.sh >said
# The sale is sent twice and counts once.
[ "$(grep -c ': value 19.99 EUR, commission 2.50 EUR$' said)" = 1 ] || { cat said; exit 1; }

"$sdk/node_modules/.bin/tsc" --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noEmit \
	--module nodenext --target es2022 --types node first-conversion.ts readme*.ts

# Check that the entry for browsers imports nothing from Node.js.
echo 'export { createClient } from "@s2s/sdk/web";' >web.js
"$sdk/node_modules/.bin/esbuild" --bundle --platform=browser --log-level=warning --outfile=bundle.js web.js
