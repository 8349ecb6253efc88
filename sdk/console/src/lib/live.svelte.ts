// The live stream of postbacks, in portions that the page can keep up with.

import type { WatchPostbacksParams } from "@s2s/sdk/gen/calls/postbacks";
import type { Postback } from "@s2s/sdk/gen/s2s/v1/postback_pb";
import { api } from "./api.ts";

/** Postbacks that are kept; older ones are in the list of postbacks. */
export const KEPT_MAX = 1_000;
/** Pause between two portions: many postbacks become one change of the page. */
const PORTION_MS = 100;
const RATE_WINDOW_MS = 5_000;

export interface LiveRow {
  /** Tells apart the events of one postback. */
  readonly key: number;
  readonly postback: Postback;
}

export class LiveLog {
  /** Newest first. */
  rows = $state.raw<readonly LiveRow[]>([]);
  /** Postbacks that wait while the log is paused. */
  waiting = $state(0);
  perSecond = $state(0);
  state = $state<"opening" | "open" | "failed">("opening");
  error = $state.raw<unknown>();
  isPaused = $state(false);

  #arrived: LiveRow[] = [];
  #times: number[] = [];
  #next = 0;
  #control = new AbortController();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Follows the stream until `stop`. */
  async start(params: WatchPostbacksParams): Promise<void> {
    const { signal } = this.#control;
    this.#timer = setInterval(() => this.#portion(), PORTION_MS);
    try {
      for await (const { event } of api.postbacks.watch(params, { signal })) {
        this.state = "open";
        if (event.case === "postback") {
          this.#arrived.push({ key: this.#next++, postback: event.value });
          this.#times.push(performance.now());
          // What is beyond the room of the log is never shown.
          if (this.#arrived.length > KEPT_MAX) {
            this.#arrived.splice(0, this.#arrived.length - KEPT_MAX);
          }
        }
      }
    } catch (error) {
      if (!signal.aborted) {
        this.state = "failed";
        this.error = error;
      }
    }
  }

  stop(): void {
    this.#control.abort();
    clearInterval(this.#timer);
  }

  clear(): void {
    this.rows = [];
    this.#arrived = [];
  }

  #portion(): void {
    const since = performance.now() - RATE_WINDOW_MS;
    const begin = this.#times.findIndex((time) => time >= since);
    this.#times = begin < 0 ? [] : this.#times.slice(begin);
    const perSecond = Math.round((this.#times.length * 1_000) / RATE_WINDOW_MS);
    if (perSecond !== this.perSecond) {
      this.perSecond = perSecond;
    }
    if (this.isPaused) {
      this.waiting = this.#arrived.length;
    } else if (this.#arrived.length > 0) {
      this.rows = [...this.#arrived.reverse(), ...this.rows].slice(0, KEPT_MAX);
      this.#arrived = [];
      this.waiting = 0;
    }
  }
}
