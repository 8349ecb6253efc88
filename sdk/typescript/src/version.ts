/** Versions of the package and of Connect, as in `package.json`. */
const VERSION = "0.1.0";
const CONNECT_VERSION = "2.1.2";

/** The SDK, then the library that sends its calls. */
export const USER_AGENT = `s2s-sdk-typescript/${VERSION} connect-es/${CONNECT_VERSION}`;
