// Who is signed in. The key stays with the server; the page has a cookie that scripts can't read.

import { CONSOLE_HEADER } from "./api.ts";

export interface Session {
  readonly account_id: string;
  readonly scopes: readonly string[];
  readonly key_id: string;
  readonly key_name: string;
  readonly expire_time?: string;
}

/** A refused sign-in, in the Connect protocol's form of errors. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

type State = { at: "unknown" } | { at: "out"; hasEnded: boolean } | { at: "in"; session: Session };

let state = $state<State>({ at: "unknown" });

const PATH = "/console/session";

async function ask(init: RequestInit): Promise<Session | Refusal> {
  let response: Response;
  try {
    response = await fetch(PATH, { ...init, headers: { ...CONSOLE_HEADER, ...init.headers } });
  } catch {
    return { code: "unavailable", message: "" };
  }
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) {
    return body as Session;
  }
  const { code = "unknown", message = "" } = body as Partial<Refusal>;
  return { code, message };
}

export const session = {
  get state(): State {
    return state;
  },
  get current(): Session | undefined {
    return state.at === "in" ? state.session : undefined;
  },
  has(scope: string): boolean {
    return state.at === "in" && state.session.scopes.includes(scope);
  },
  /** Finds out who is signed in. Returns false if the server can't be reached. */
  async load(): Promise<boolean> {
    const answer = await ask({ method: "GET" });
    if ("account_id" in answer) {
      state = { at: "in", session: answer };
      return true;
    }
    if (answer.code === "unavailable" || answer.code === "unknown") {
      return false;
    }
    state = { at: "out", hasEnded: false };
    return true;
  },
  /** Signs in. Returns undefined, or why it was refused. */
  async signIn(proof: { key: string } | { link: string }): Promise<Refusal | undefined> {
    const headers = { "content-type": "application/json" };
    const answer = await ask({ method: "POST", headers, body: JSON.stringify(proof) });
    if (!("account_id" in answer)) {
      return answer;
    }
    state = { at: "in", session: answer };
    return undefined;
  },
  async signOut(): Promise<void> {
    await fetch(PATH, { method: "DELETE", headers: CONSOLE_HEADER }).catch(() => undefined);
    state = { at: "out", hasEnded: false };
  },
  /** Notes that the server no longer knows the session. */
  end(): void {
    if (state.at === "in") {
      state = { at: "out", hasEnded: true };
    }
  },
};
