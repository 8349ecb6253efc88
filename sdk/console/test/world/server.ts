// A real server with SQLite on loopback, which serves the console.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const SERVER = process.env.S2S_SERVER ?? resolve("../../target/debug/s2s-server");

/** A server, its administrator's key, and calls of it in JSON. */
export interface World {
  /** Origin of the server, and of the console. */
  readonly url: string;
  readonly key: string;
  call<T>(name: string, body: unknown, key?: string): Promise<T>;
  postback(query: string): Promise<{ verdict: string; postback_id: string; conversion_id?: string }>;
  stop(): Promise<void>;
}

export async function startWorld(flags: readonly string[] = []): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "s2s-console-"));
  const args = ["--listen", "127.0.0.1:0", "--database-url", `sqlite:${join(folder, "s2s.db")}`, ...flags];
  const child = spawn(SERVER, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const { url, key } = await said(child);

  async function call<T>(name: string, body: unknown, as = key): Promise<T> {
    const answer = await fetch(`${url}/s2s.v1.${name}`, {
      method: "POST",
      headers: { authorization: `Bearer ${as}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) {
      throw new Error(`${name}: ${await answer.text()}`);
    }
    return (await answer.json()) as T;
  }

  return {
    url,
    key,
    call,
    postback: async (query) => (await fetch(`${url}/s2s?${query}`)).json(),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolveEnd) => child.once("exit", resolveEnd));
        child.kill("SIGTERM");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the key and the address that the first start prints. */
async function said(child: ChildProcess): Promise<{ url: string; key: string }> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) {
    throw new Error("no output");
  }
  const lines: string[] = [];
  let key = "";
  return new Promise((found, failed) => {
    const read = (line: string) => {
      lines.push(line);
      key = /^KEY=(s2s_\w+)/.exec(line)?.[1] ?? key;
      const url = /listens on (http:\S+)/.exec(line)?.[1];
      if (url) {
        found({ url, key });
      }
    };
    createInterface({ input: stdout }).on("line", read);
    createInterface({ input: stderr }).on("line", read);
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}:\n${lines.join("\n")}`)));
  });
}
