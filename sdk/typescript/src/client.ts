// The client, whatever carries its calls.

import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { withPolicy } from "./calls.js";
import { AccountService } from "./gen/s2s/v1/account_pb.js";
import { ApiKeyService } from "./gen/s2s/v1/api_key_pb.js";
import { ClickService } from "./gen/s2s/v1/click_pb.js";
import { ConversionCodeService } from "./gen/s2s/v1/conversion_code_pb.js";
import { ConversionService } from "./gen/s2s/v1/conversion_pb.js";
import { PostbackService } from "./gen/s2s/v1/postback_pb.js";
import { PresetService } from "./gen/s2s/v1/preset_pb.js";
import { TrackingLinkService } from "./gen/s2s/v1/tracking_link_pb.js";

const TIMEOUT_MS_DEFAULT = 10_000;
const RETRIES_DEFAULT = 4;

/** The settings of a client. */
export interface ClientOptions {
  /** Scheme, host and port of the server, such as `https://t.example`, or `http://127.0.0.1:8080` within one machine. */
  endpoint: string;
  /** The key that the account is known by, sent with every call. Default: none. */
  apiKey?: string | undefined;
  /**
   * How many milliseconds a call may take, over all its attempts. Default: 10,000; at most one hour. A call's own
   * `timeoutMs` comes first. Streams have none but their own.
   */
  timeoutMs?: number | undefined;
  /** How often a call is sent again at the most. Default: 4; 0 sends every call once. */
  retries?: number | undefined;
}

/**
 * A client of one server. It connects at its first call.
 *
 * Every call is sent again where it failed for a passing reason (the server can't be reached, is stopping or overloaded),
 * with growing pauses and within the timeout. That never counts anything twice: requests that need a request id for
 * it, and have none, get a random one before the first attempt. To repeat a call yourself, after an error, give it a
 * request id of your own. Where a repetition is not safe, as with `rotateApiKey`, a call is sent once.
 *
 * Calls fail with an `S2sError`. The `signal` among a call's options cancels it; it may or may not have taken effect.
 */
export interface S2sClient {
  /** Whoever shares one installation with others. */
  readonly accounts: Client<typeof AccountService>;
  /** What callers are known by. */
  readonly apiKeys: Client<typeof ApiKeyService>;
  /** Kinds of conversions, such as "sale", each with its postback URL. */
  readonly conversionCodes: Client<typeof ConversionCodeService>;
  /** Where visitors are sent, and what for. */
  readonly trackingLinks: Client<typeof TrackingLinkService>;
  /** One for each visitor who followed a tracking link. */
  readonly clicks: Client<typeof ClickService>;
  /** What clicks led to. */
  readonly conversions: Client<typeof ConversionService>;
  /** What merchants sent, what became of it, and replays. */
  readonly postbacks: Client<typeof PostbackService>;
  /** What each network calls things. */
  readonly presets: Client<typeof PresetService>;
}

/** A client whose calls go through what `transportTo` makes of the endpoint's origin. */
export function clientOf(options: ClientOptions, transportTo: (origin: string) => Transport): S2sClient {
  const { apiKey, timeoutMs = TIMEOUT_MS_DEFAULT, retries = RETRIES_DEFAULT } = options;
  if (apiKey !== undefined && !/^[!-~]+$/.test(apiKey)) {
    throw new TypeError("the API key is empty or has blanks or characters that no key has");
  }
  if (!(timeoutMs > 0 && retries >= 0)) {
    throw new RangeError("a timeout is more than 0 ms, and retries are not less than 0");
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

/** `URL` alone would take much more, such as `http:t.example`, and Connect would send calls to a path. */
function originOf(endpoint: string): string {
  if (!/^https?:\/\/[^\s/?#@\\]+\/?$/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new TypeError("an endpoint is of the form https://host:port, without a path");
  }
  return new URL(endpoint).origin;
}
