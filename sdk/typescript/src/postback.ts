// Signing postbacks, for those who call a postback URL from their own server.

import { hexOf } from "./hex.js";

/**
 * The URL with the time and its signature at its end.
 *
 * `url`: all parameters filled in and percent-encoded, without a fragment. `body`: that of a `POST`; empty where there is
 * none. `secret`: as `rotatePostbackSecret` answered it. `unixSeconds`: the time now; the server takes it for 300
 * seconds. A secret does not belong into a page that others load.
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
