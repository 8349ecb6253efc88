// Signs postbacks, for merchants who call a postback URL from their own server.

import { hexOf } from "./hex.js";

/**
 * Returns the URL with the time and its signature appended.
 *
 * `url` has all parameters filled in and percent-encoded, and no fragment. `body` is the body of a
 * `POST`, or empty. `secret` is the secret that `rotatePostbackSecret` returned. `unixSeconds` is
 * the present time; the server accepts the signature for 300 seconds. Never put a secret into a
 * page that others load.
 */
export async function signPostback(
  url: string,
  body: string | Uint8Array,
  secret: string,
  unixSeconds: number,
): Promise<string> {
  const timed = `${url}${url.includes("?") ? "&" : "?"}ts=${unixSeconds}`;
  const query = timed.slice(timed.indexOf("?") + 1);
  const signed = new Blob(
    body.length > 0 ? [query, "\n", typeof body === "string" ? body : new Uint8Array(body)] : [query],
  );
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, [
    "sign",
  ]);
  const signature = await crypto.subtle.sign("HMAC", key, await signed.arrayBuffer());
  return `${timed}&sig=${hexOf(new Uint8Array(signature))}`;
}
