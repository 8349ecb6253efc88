// What `/healthz` says, and what of it a person should look at.

import type { Key } from "../../lib/i18n.svelte.ts";
import type { Params } from "../../lib/message.ts";

export interface Health {
  readonly status: "serving" | "degraded: spooling" | "not serving";
  readonly core_cause?: string | null;
  readonly http2_refusals?: number;
  readonly clock?: { readonly wrong: boolean; readonly jumps: number };
  readonly spool?: {
    readonly records: number;
    readonly bytes: number;
    readonly oldest_age_seconds: number;
    readonly standing_seconds: number;
    readonly fsync_failures: number;
    readonly refusing: boolean;
    readonly lost: number;
    readonly put_aside: number;
  };
  readonly strangers?: { readonly shed: number; readonly dropped: number };
  readonly certificate?: { readonly ends: string; readonly seconds_left: number };
  readonly geo_database?: { readonly built: string | null; readonly fault: string | null };
}

const CERTIFICATE_S_MIN = 14 * 86_400;

export function faultsOf(health: Health): { key: Key; params: Params }[] {
  const { spool, clock, certificate, strangers, geo_database: geo, core_cause: cause } = health;
  const faults: [boolean, Key, Params][] = [
    [!!cause, "fault.core", { cause: cause ?? "" }],
    [!!clock?.wrong, "fault.clock", {}],
    [!!spool?.refusing, "fault.refusing", {}],
    [(spool?.lost ?? 0) > 0, "fault.lost", { n: spool?.lost ?? 0 }],
    [(spool?.put_aside ?? 0) > 0, "fault.put_aside", { n: spool?.put_aside ?? 0 }],
    [(spool?.fsync_failures ?? 0) > 0, "fault.fsync", { n: spool?.fsync_failures ?? 0 }],
    [(spool?.standing_seconds ?? 0) > 0, "fault.standing", { n: spool?.standing_seconds ?? 0 }],
    [(strangers?.shed ?? 0) + (strangers?.dropped ?? 0) > 0, "fault.strangers", {}],
    [(certificate?.seconds_left ?? CERTIFICATE_S_MIN) < CERTIFICATE_S_MIN, "fault.certificate", {}],
    [!!geo?.fault, "fault.geo", { fault: geo?.fault ?? "" }],
  ];
  return faults.filter(([isThere]) => isThere).map(([, key, params]) => ({ key, params }));
}
