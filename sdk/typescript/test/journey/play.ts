// Plays the steps of `tests/journey.json` through the public client, both on Node.js and in a page.

import { type DescMethod, fromJson, type JsonObject, type JsonValue, type Message } from "@bufbuild/protobuf";
import * as sdk from "../../src/sdk.js";
import { codeName, expect, match, valueAt } from "./match.js";
import { methodOf, paramsOf } from "./translate.js";

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The environment in which a journey is played. */
export interface Stage {
  url: string;
  silentUrl: string;
  controlUrl: string;
  apiKey: string;
  /** True for a page, which skips the steps with `"browser": false`. */
  browser: boolean;
  createClient(options: sdk.ClientOptions): object;
  /** Makes an HTTP request without following redirects. */
  http(request: HttpRequest): Promise<HttpResponse>;
}

export interface Journey {
  steps: (JsonObject & { name: string; browser?: boolean })[];
}

/** The fields that a pattern of an error may have. */
interface ErrorPattern {
  code: string;
  reason?: string;
  fields?: string[];
  metadata?: Record<string, string>;
}

type ItemPattern = { response: JsonObject } | { error: ErrorPattern };

interface MoneyStep {
  decimal: string;
  currency?: string;
  micros?: string;
  text?: string;
  error?: true;
}

interface Save {
  [name: string]: string | { from: string; regex: string };
}

/**
 * Time limit of a step with a timeout or a cancellation: well below the default deadline, so that a
 * step that ends only at the default deadline fails.
 */
const PATIENCE_MS = 5_000;

/** Plays all steps in order until one fails. Returns the number of steps played. */
export async function play(journey: Journey, stage: Stage): Promise<number> {
  const player = new Player(stage);
  let played = 0;
  for (const step of journey.steps) {
    if (!(stage.browser && step.browser === false)) {
      try {
        await player.play(step);
      } catch (cause) {
        throw new Error(`step "${step.name}": ${cause}`, { cause });
      }
      played += 1;
    }
  }
  return played;
}

class Player {
  private readonly saved: Map<string, string>;
  /** Clients by their settings, so that most steps share a connection. */
  private readonly clients = new Map<string, object>();

  constructor(private readonly stage: Stage) {
    this.saved = new Map([
      ["url", stage.url],
      ["silent_url", stage.silentUrl],
      ["random", crypto.randomUUID().replaceAll("-", "").slice(0, 16)],
    ]);
  }

  async play(raw: JsonObject): Promise<void> {
    const { name: _, browser: __, ...step } = this.filled(raw) as JsonObject;
    const actions: Record<string, (step: never) => Promise<void>> = {
      call: (step: never) => this.call(step),
      list: (step: never) => this.list(step),
      http: (step: never) => this.http(step),
      restart: (step: never) => this.restart(step),
      stream: (step: never) => this.stream(step),
      watch: (step: never) => this.watch(step),
      money: (step: never) => this.money(step),
      sign: (step: never) => this.sign(step),
      click_id: (step: never) => this.clickId(step),
    };
    const [action, ...others] = Object.keys(actions).filter((action) => action in step);
    expect(action !== undefined && others.length === 0, "one known action");
    const start = performance.now();
    await actions[action]?.(step as never);
    if ("timeout_ms" in step || "cancel_after_ms" in step) {
      expect(performance.now() - start < PATIENCE_MS, `an end within ${PATIENCE_MS} ms`);
    }
  }

  private async call(step: {
    call: string;
    request: JsonObject;
    response?: JsonObject;
    error?: ErrorPattern;
    results?: ItemPattern[];
    save?: Save;
  }): Promise<void> {
    const { call, request, response, error, results, save, ...settings } = step;
    const { client, options } = this.client(settings);
    const desc = methodNamed(call);
    const params = paramsOf(desc.input, fromJson(desc.input, request));
    const made = methodOf(client, desc)(params, options);
    // A method of a list makes its first call when its first item is read.
    const outcome = made instanceof Promise ? made : made.next().then(({ value }) => value as Message);
    if (error !== undefined) {
      matchError(await errorOf(outcome), error);
    } else if (results !== undefined) {
      matchItems(((await outcome) as sdk.BatchRecordConversionsResponse).results, results);
    } else {
      expect(response, "a response, results or an error is told");
      const json = jsonOf(await outcome);
      match(json, response, "response");
      this.save(json, save);
    }
  }

  private async list(step: {
    list: string;
    request: JsonObject;
    field: string;
    items?: JsonValue[];
    count?: number;
    error?: ErrorPattern;
  }): Promise<void> {
    const { list, request, field, items, count, error, ...settings } = step;
    const { client, options } = this.client(settings);
    const desc = methodNamed(list);
    expect(desc.output.field[field]?.message, `${list} has a field ${field}`);
    const listed: JsonValue[] = [];
    const input = fromJson(desc.input, request);
    const all = async () => {
      if ("pageToken" in request) {
        // A method has no page tokens; stubs have.
        await stubOf(client, desc)(input, options);
        return;
      }
      for await (const item of methodOf(client, desc)(
        paramsOf(desc.input, input),
        options,
      ) as AsyncGenerator<Message>) {
        listed.push(jsonOf(item));
      }
    };
    if (error !== undefined) {
      return matchError(await errorOf(all()), error);
    }
    await all();
    expect(items !== undefined || count !== undefined, "a list has items or a count");
    match(listed, items ?? listed, "items");
    match(listed.length, count ?? listed.length, "count");
  }

  private async http(step: {
    http: HttpRequest;
    status: number;
    headers?: JsonObject;
    json?: JsonObject;
    save?: Save;
  }): Promise<void> {
    const { http, status, headers = {}, json, save, ...unknown } = step;
    refuse(unknown);
    const { method, url, headers: sent, body, ...others } = http;
    refuse(others);
    const answer = await this.stage.http(http);
    match(answer.status, status, "status");
    match(answer.headers, headers, "headers");
    const read = json && JSON.parse(answer.body);
    match(read, json, "json");
    this.save({ headers: answer.headers, ...(read && { json: read }) }, save);
  }

  private async restart({
    restart,
    ...step
  }: {
    restart: JsonObject & { call: string; request: JsonObject };
  }) {
    const answer = await this.stage.http({ method: "POST", url: `${this.stage.controlUrl}/restart` });
    match(answer.status, 204, "restart");
    await this.call({ ...restart, ...step });
  }

  private async stream(step: { stream: { requests: JsonObject[]; results: ItemPattern[] } }): Promise<void> {
    const { stream, ...settings } = step;
    const { requests, results, ...unknown } = stream;
    refuse(unknown);
    const { client, options } = this.client(settings);
    const { conversions } = client as sdk.S2sClient;
    const schema = sdk.RecordConversionRequestSchema;
    const params = requests.map((request) => paramsOf(schema, fromJson(schema, request)));
    const items: sdk.RecordConversionResult[] = [];
    for await (const item of conversions.streamRecord(params as sdk.RecordConversionParams[], options)) {
      items.push(item);
    }
    matchItems(items, results);
  }

  /** Watches until as many events came as are expected, but for one message at least. */
  private async watch(step: {
    watch: string;
    request: JsonObject;
    items?: JsonValue[];
    error?: ErrorPattern;
    save?: Save;
  }): Promise<void> {
    const { watch, request, items = [], error, save, ...settings } = step;
    const { client, options } = this.client(settings);
    const desc = methodNamed(watch);
    const params = paramsOf(desc.input, fromJson(desc.input, request));
    const events: JsonValue[] = [];
    let last: JsonValue = null;
    const read = async () => {
      for await (const message of methodOf(client, desc)(params, options) as AsyncGenerator<Message>) {
        last = jsonOf(message);
        if (!("heartbeat" in (last as JsonObject))) {
          events.push(last);
        }
        if (events.length === items.length) {
          break;
        }
      }
    };
    if (error !== undefined) {
      return matchError(await errorOf(read()), error);
    }
    await read();
    match(events, items, "items");
    this.save(last, save);
  }

  private async money({ money, ...others }: { money: MoneyStep }) {
    const { decimal, currency = "EUR", micros, text, error, ...unknown } = money;
    refuse({ ...others, ...unknown });
    let read: sdk.Money | undefined;
    try {
      read = sdk.money(decimal, currency);
    } catch (thrown) {
      expect(error && thrown instanceof sdk.MoneyError, String(thrown));
      return;
    }
    match(String(read.micros), micros, "micros");
    match(sdk.moneyToDecimal(read), decimal, "decimal");
    if (text) {
      match(sdk.formatMoney(read), text, "text");
    }
  }

  private async sign({ sign, ...others }: { sign: Record<string, string> & { unixSeconds: number } }) {
    const { url = "", body = "", secret = "", unixSeconds, signedUrl, ...unknown } = sign;
    refuse({ ...others, ...unknown });
    match(await sdk.signPostback(url, body, secret, unixSeconds), signedUrl, "signedUrl");
    match(await sdk.verifyPostback(signedUrl ?? "", body, secret, 0, unixSeconds), true, "verified");
  }

  private async clickId(step: { click_id: { text: string; normalised: string | null } }): Promise<void> {
    const { click_id, ...others } = step;
    const { text, normalised, ...unknown } = click_id;
    refuse({ ...others, ...unknown });
    match(sdk.normaliseClickId(text) ?? null, normalised, "normalised");
    match(sdk.isClickId(text), normalised !== null, "isClickId");
  }

  /** Returns the client that a step's settings ask for, and the options of its call. */
  private client(settings: {
    endpoint?: string;
    api_key?: string;
    retries?: number;
    timeout_ms?: number;
    cancel_after_ms?: number;
  }): { client: object; options: sdk.CallOptions } {
    const { endpoint = this.stage.url, api_key = this.stage.apiKey, retries, ...call } = settings;
    const { timeout_ms, cancel_after_ms, ...unknown } = call;
    refuse(unknown);
    const options: sdk.CallOptions = {};
    if (timeout_ms !== undefined) {
      options.timeoutMs = timeout_ms;
    }
    if (cancel_after_ms !== undefined) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), cancel_after_ms);
      options.signal = controller.signal;
    }
    const apiKey = api_key === "" ? undefined : api_key;
    const made = { endpoint, apiKey, retries };
    const name = JSON.stringify(made);
    const client = this.clients.get(name) ?? this.stage.createClient(made);
    this.clients.set(name, client);
    return { client, options };
  }

  private filled(value: JsonValue): JsonValue {
    if (typeof value === "string") {
      return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
        const saved = this.saved.get(name);
        expect(saved !== undefined, `${name} was saved`);
        return saved;
      });
    }
    if (Array.isArray(value)) {
      return value.map((item) => this.filled(item));
    }
    if (typeof value === "object" && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.filled(item)]));
    }
    return value;
  }

  private save(json: JsonValue, save: Save = {}): void {
    for (const [name, what] of Object.entries(save)) {
      const { from, regex } = typeof what === "string" ? { from: what, regex: "(.+)" } : what;
      const value = new RegExp(regex).exec(String(valueAt(json, from)))?.[1];
      expect(value !== undefined, `${from} is there to be saved`);
      this.saved.set(name, value);
    }
  }
}

/** Returns a call of the schema, such as `ClickService/GetClick`. */
function methodNamed(path: string): DescMethod {
  const [service = "", name] = path.split("/");
  const methods = (sdk as unknown as Record<string, { methods: DescMethod[] }>)[service]?.methods;
  const method = methods?.find((method) => method.name === name);
  expect(method, `${path} is a call`);
  return method;
}

function stubOf(client: object, { parent, localName }: DescMethod) {
  type Stub = (request: Message, options: sdk.CallOptions) => Promise<unknown>;
  const { stubs } = client as { stubs: Record<string, Record<string, Stub>> };
  const member = parent.name.replace(/Service$/, "s");
  const stub = stubs[member.charAt(0).toLowerCase() + member.slice(1)]?.[localName];
  expect(stub, `${localName} is a stub`);
  return stub;
}

function jsonOf(message: Message): JsonValue {
  return sdk.toJson(message, { alwaysEmitImplicit: true });
}

/** Fails for keys that this program does not know, because it can't play their steps. */
function refuse(unknown: object): void {
  expect(Object.keys(unknown).length === 0, `${Object.keys(unknown)} is known`);
}

async function errorOf(outcome: Promise<unknown>): Promise<sdk.S2sError> {
  const thrown = await outcome.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown instanceof sdk.S2sError, `it fails with an S2sError and not with ${thrown}`);
  return thrown;
}

function matchError(error: sdk.S2sError, pattern: ErrorPattern): void {
  const { code, reason, fields, metadata = {}, ...unknown } = pattern;
  refuse(unknown);
  match(codeName(error.code), code, "code");
  match(sdk.ErrorReason[error.reason], reason ?? sdk.ErrorReason[error.reason], "reason");
  const violated = error.fieldViolations.map(({ field }) => field);
  match(violated, fields ?? violated, "fields");
  match(error.metadata, metadata, "metadata");
}

function matchItems(items: (sdk.RecordConversionResult | undefined)[], patterns: ItemPattern[]): void {
  match(items.length, patterns.length, "results");
  for (const [index, pattern] of patterns.entries()) {
    const result = items[index]?.result;
    if ("error" in pattern) {
      expect(result?.case === "error", `results.${index} is an error`);
      matchError(sdk.S2sError.fromStatus(result.value), pattern.error);
    } else {
      expect(result?.case === "response", `results.${index} is a response`);
      const { response, ...unknown } = pattern;
      refuse(unknown);
      match(jsonOf(result.value), response, `results.${index}`);
    }
  }
}
