import { ApiKeyScope } from "@s2s/sdk/gen/s2s/v1/api_key_pb";
import type { Key } from "../../lib/i18n.svelte.ts";

const LABELS: Partial<Record<ApiKeyScope, Key>> = {
  [ApiKeyScope.READ]: "scope.read",
  [ApiKeyScope.WRITE]: "scope.write",
  [ApiKeyScope.RECORD]: "scope.record",
  [ApiKeyScope.ADMIN]: "scope.admin",
  [ApiKeyScope.EDGE]: "scope.edge",
  [ApiKeyScope.PARTNER]: "scope.partner",
};

export const scopeLabel = (scope: ApiKeyScope): Key => LABELS[scope] ?? "state.unknown";

/** The scopes that can be combined, with what each allows. */
export const COMBINED: readonly { scope: ApiKeyScope; hint: Key }[] = [
  { scope: ApiKeyScope.READ, hint: "scope.read_hint" },
  { scope: ApiKeyScope.WRITE, hint: "scope.write_hint" },
  { scope: ApiKeyScope.RECORD, hint: "scope.record_hint" },
  { scope: ApiKeyScope.ADMIN, hint: "scope.admin_hint" },
];
