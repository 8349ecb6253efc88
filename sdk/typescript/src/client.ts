// The client, independent of its transport.

import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { withPolicy } from "./calls.js";
import { AccountService } from "./gen/s2s/v1/account_service_pb.js";
import { ApiKeyService } from "./gen/s2s/v1/api_key_service_pb.js";
import { ClickService } from "./gen/s2s/v1/click_service_pb.js";
import { ConversionCodeService } from "./gen/s2s/v1/conversion_code_service_pb.js";
import { ConversionService } from "./gen/s2s/v1/conversion_service_pb.js";
import { PostbackService } from "./gen/s2s/v1/postback_service_pb.js";
import { PresetService } from "./gen/s2s/v1/preset_service_pb.js";
import { TrackingLinkService } from "./gen/s2s/v1/tracking_link_service_pb.js";

const TIMEOUT_MS_DEFAULT = 10_000;
const RETRIES_DEFAULT = 4;

/** The settings of a client. */
export interface ClientOptions {
  /**
   * Scheme, host and port of the server, such as `https://t.example`, or `http://127.0.0.1:8080`
   * within one machine.
   */
  endpoint: string;
  /** The API key, which is sent with every call. Default: none. */
  apiKey?: string | undefined;
  /**
   * Timeout of a call over all its attempts, in milliseconds. Default: 10,000; at most one hour. A
   * call's own `timeoutMs` takes precedence. A stream has only its own `timeoutMs`.
   */
  timeoutMs?: number | undefined;
  /** Maximum number of retries of a call. Default: 4; 0 sends every call once. */
  retries?: number | undefined;
}

/**
 * A client of one server. It connects at its first call.
 *
 * Every call is retried after a transient failure (the server can't be reached, is stopping or
 * overloaded), with growing pauses and within the timeout. Retries never count anything twice: a
 * request that needs a request id and has none gets a random one before the first attempt. To
 * repeat a call yourself after an error, give the call a request id of your own. A call that can't
 * be repeated safely, such as `rotateApiKey`, is sent once.
 *
 * Calls fail with an `S2sError`. The `signal` in a call's options cancels the call; a cancelled
 * call may or may not have taken effect.
 */
export interface S2sClient {
  /** Accounts: each has its own codes, links and keys. */
  readonly accounts: Client<typeof AccountService>;
  /** API keys, which identify callers. */
  readonly apiKeys: Client<typeof ApiKeyService>;
  /** Conversion codes: kinds of conversions, such as "sale", each with its postback URL. */
  readonly conversionCodes: Client<typeof ConversionCodeService>;
  /** Tracking links: the URLs that visitors click. */
  readonly trackingLinks: Client<typeof TrackingLinkService>;
  /** Clicks: one for each visitor who followed a tracking link. */
  readonly clicks: Client<typeof ClickService>;
  /** Conversions: the sales and sign-ups that follow clicks. */
  readonly conversions: Client<typeof ConversionService>;
  /** Postbacks: the requests of merchants, their verdicts, and replays. */
  readonly postbacks: Client<typeof PostbackService>;
  /** Presets: the parameter names and macros of each network. */
  readonly presets: Client<typeof PresetService>;
}

/** Builds a client on the transport that `transportTo` makes for the endpoint's origin. */
export function clientOf(options: ClientOptions, transportTo: (origin: string) => Transport): S2sClient {
  const { apiKey, timeoutMs = TIMEOUT_MS_DEFAULT, retries = RETRIES_DEFAULT } = options;
  if (apiKey !== undefined && !/^[!-~]+$/.test(apiKey)) {
    throw new TypeError("the API key is empty, or has blanks or characters that no key contains");
  }
  if (!(timeoutMs > 0 && retries >= 0)) {
    throw new RangeError("the timeout must be more than 0 ms, and retries at least 0");
  }
  const transport = withPolicy(transportTo(originOf(options.endpoint)), { apiKey, timeoutMs, retries });
  return {
    accounts: createClient(AccountService, transport),
    apiKeys: createClient(ApiKeyService, transport),
    conversionCodes: createClient(ConversionCodeService, transport),
    trackingLinks: createClient(TrackingLinkService, transport),
    clicks: createClient(ClickService, transport),
    conversions: createClient(ConversionService, transport),
    postbacks: createClient(PostbackService, transport),
    presets: createClient(PresetService, transport),
  };
}

/**
 * Checks the endpoint and returns its origin. `URL` alone would accept much more, such as
 * `http:t.example`, and Connect would send calls to a path.
 */
function originOf(endpoint: string): string {
  if (!/^https?:\/\/[^\s/?#@\\]+\/?$/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new TypeError("the endpoint must have the form https://host:port, without a path");
  }
  return new URL(endpoint).origin;
}
