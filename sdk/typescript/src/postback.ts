// Signs postbacks, and verifies signatures, for servers that call or receive postback URLs.

import { hexOf } from "./hex.js";

const TOLERANCE_SECONDS_DEFAULT = 300;
const MARK = "&sig=";
const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/**
 * Returns the URL with the time and its signature appended.
 *
 * `url` has all parameters filled in and percent-encoded, and no fragment. `body` is the body of a
 * `POST`, or empty. `secret` is the secret that `conversionCodes.rotatePostbackSecret` returned.
 * `unixSeconds` is the present time; the server accepts the signature for 300 seconds. Never put a
 * secret into a page that others load.
 */
export async function signPostback(
  url: string,
  body: string | Uint8Array,
  secret: string,
  unixSeconds: number,
): Promise<string> {
  const timed = `${url}${url.includes("?") ? "&" : "?"}ts=${unixSeconds}`;
  const signed = await signedBytes(queryOf(timed), body);
  const signature = await crypto.subtle.sign("HMAC", await keyOf(secret), signed);
  return `${timed}${MARK}${hexOf(new Uint8Array(signature))}`;
}

/**
 * Returns true if the URL has a valid signature that was made at most `toleranceSeconds` ago.
 *
 * `signedUrl` is the URL, or only its path and query, exactly as it arrived. `body` is the body of
 * a `POST`, or empty. `unixSeconds` is the time to judge at; default: now. The time of signing may
 * lie as far in the future as in the past, since clocks differ.
 *
 * If a call is sent again within that time, its signature is still valid. To count a call once,
 * remember its `sig`.
 */
export async function verifyPostback(
  signedUrl: string,
  body: string | Uint8Array,
  secret: string,
  toleranceSeconds = TOLERANCE_SECONDS_DEFAULT,
  unixSeconds = Math.floor(Date.now() / 1_000),
): Promise<boolean> {
  const query = queryOf(signedUrl);
  const end = query.lastIndexOf(MARK);
  const given = query.slice(end + MARK.length);
  if (end < 0 || !/^[0-9a-f]{64}$/i.test(given)) {
    return false;
  }
  const before = query.slice(0, end);
  const signature = Uint8Array.from(given.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  // `verify` compares in constant time.
  if (
    !(await crypto.subtle.verify("HMAC", await keyOf(secret), signature, await signedBytes(before, body)))
  ) {
    return false;
  }
  const times = new Set(Array.from(before.matchAll(/(?:^|&)ts=([^&]*)/g), ([, time]) => time));
  const [time = ""] = times;
  return (
    times.size === 1 && /^[0-9]{1,18}$/.test(time) && Math.abs(unixSeconds - Number(time)) <= toleranceSeconds
  );
}

function queryOf(url: string): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start + 1);
}

/** Returns the bytes that a signature covers. */
function signedBytes(query: string, body: string | Uint8Array): Promise<ArrayBuffer> {
  const bytes = typeof body === "string" ? body : new Uint8Array(body);
  return new Blob(body.length > 0 ? [query, "\n", bytes] : [query]).arrayBuffer();
}

function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  return crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["sign", "verify"]);
}
