/**
 * Returns bytes as lower-case hexadecimal digits. Browsers and Node.js have no common function for
 * this yet.
 */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
