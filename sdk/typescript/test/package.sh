#!/bin/sh
# Tests the package: a fresh project installs it and runs all code of the README, as the README says. Run this through
# s2s-journey.
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

# The other blocks are modules. This program calls what they export.
cat >others.ts <<'END'
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";

import { createClient, formatMoney, money, S2sError, signPostback } from "@s2s/sdk";

const files = readdirSync(".").filter((file) => /^readme\d+\.ts$/.test(file));
const exported = await Promise.all(files.map((file) => import(`./${file}`)));
const readme = Object.assign({}, ...exported);

const client = createClient();
const { conversionCode } = await client.conversionCodes.create({ name: "Other", defaultCurrency: "EUR" });
const { trackingLink } = await client.trackingLinks.create({
  destination: "https://shop.example/?s1=[s2sidentifier]",
  conversionCodeIds: [conversionCode.id],
});
const { click } = await client.clicks.record({ trackingLinkId: trackingLink.id });
const sale = { conversionCodeId: conversionCode.id, clickId: click.id, value: money("19.99", "EUR") };
const { conversion } = await client.conversions.record(sale);
assert.ok(conversion.value && formatMoney(conversion.value) === "19.99 EUR");

assert.ok(await readme.isCounted(client, conversion.id));
await readme.prolong(client, conversionCode.id, trackingLink.id);
assert.match(readme.logLine(conversion), new RegExp(conversion.id));
const wrong = { ...sale, clickId: "x", transactionId: "order-1003" };
const error = await client.conversions.record(wrong).catch((error: unknown) => error);
assert.ok(error instanceof S2sError && readme.advise(error).startsWith("CLICK_ID_INVALID: "));
await readme.recordAll(client, [sale, wrong]);
await readme.recordMany(
  client,
  (async function* () {
    yield* [sale, wrong];
  })(),
);
const target = `/s2s?clickId=${click.id}&id=${conversionCode.id}`;
await readme.handOn(client, target);
const answer = await readme.report(`${process.env["S2S_ENDPOINT"]}${target}&val=19.99&com=0`, "secret");
assert.equal(answer.headers.get("s2s-verdict"), "DUPLICATE");
const signed = await signPostback(`https://t.example${target}`, "", "secret", Math.floor(Date.now() / 1000));
const pathAndQuery = signed.replace("https://t.example", "");
assert.ok(await readme.isGenuine(pathAndQuery, new Uint8Array(), "secret"));
assert.ok(!(await readme.isGenuine(pathAndQuery, new Uint8Array(), "other")));
console.log(`${Object.keys(readme).length} exports of the README were called or created`);
END
S2S_API_KEY=$S2S_JOURNEY_KEY S2S_ENDPOINT=$S2S_JOURNEY_URL npx tsx others.ts

"$sdk/node_modules/.bin/tsc" --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noEmit \
	--module nodenext --target es2022 --types node first-conversion.ts readme*.ts

# Check that the entry for browsers imports nothing from Node.js.
echo 'export { createClient } from "@s2s/sdk/web";' >web.js
"$sdk/node_modules/.bin/esbuild" --bundle --platform=browser --log-level=warning --outfile=bundle.js web.js
