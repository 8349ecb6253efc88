// The program in the page of the browser's journey.

import { createClient } from "../../src/web.js";
import { type HttpRequest, type HttpResponse, type Journey, play, type Stage } from "./play.js";

declare global {
  interface Window {
    playJourney(journey: Journey, stage: Omit<Stage, "browser" | "createClient" | "http">): Promise<number>;
    /**
     * Makes an HTTP request outside the page. The page itself sees no redirects and can't call URLs
     * without CORS headers.
     */
    httpOutside(request: HttpRequest): Promise<HttpResponse>;
  }
}

window.playJourney = (journey, stage) =>
  play(journey, { ...stage, browser: true, createClient, http: window.httpOutside });
