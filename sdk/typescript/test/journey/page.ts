// What the page of the browser's journey runs.

import { createClient } from "../../src/web.js";
import { type HttpRequest, type HttpResponse, type Journey, play, type Stage } from "./play.js";

declare global {
  interface Window {
    playJourney(journey: Journey, stage: Omit<Stage, "browser" | "createClient" | "http">): Promise<number>;
    /** Outside of the page: a page sees no redirects, and may not call what sends no CORS headers. */
    httpOutside(request: HttpRequest): Promise<HttpResponse>;
  }
}

window.playJourney = (journey, stage) =>
  play(journey, { ...stage, browser: true, createClient, http: window.httpOutside });
