// The variables that `s2s-journey` sets for its command, and HTTP as merchants and visitors use it.

import { readFileSync } from "node:fs";
import type { HttpRequest, HttpResponse, Journey, Stage } from "./play.js";

/** Timeout of a whole journey, so that a journey that hangs ends. */
export const TIMEOUT_MS = 10 * 60 * 1_000;

export const journey: Journey = JSON.parse(readFileSync(variable("S2S_JOURNEY"), "utf8"));

export const stage: Omit<Stage, "browser" | "createClient" | "http"> = {
  url: variable("S2S_JOURNEY_URL"),
  silentUrl: variable("S2S_JOURNEY_SILENT_URL"),
  controlUrl: variable("S2S_JOURNEY_CONTROL_URL"),
  apiKey: variable("S2S_JOURNEY_KEY"),
};

// A client must find neither the key nor the server of the person who runs the journey.
delete process.env["S2S_API_KEY"];
delete process.env["S2S_ENDPOINT"];

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set; run this through s2s-journey, as \`make test\` does`);
  }
  return value;
}

export async function http({ method, url, headers, body }: HttpRequest): Promise<HttpResponse> {
  const response = await fetch(url, {
    method,
    headers: headers ?? {},
    body: body ?? null,
    redirect: "manual",
  });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}
