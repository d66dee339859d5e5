/** The service's public endpoints. The page computes nothing that they answer. */

import { language } from "./texts.js";

const KEY = "padstride-key";
const TRIES = 4; // of a question that a busy service puts off
const AT_ONCE = 3; // questions on their way: of more at once, a small service refuses some
const waiting = [];
let asking = 0;
const listeners = new Set();

/** What `Latest.run` resolves to when a newer question has been asked since. */
export const STALE = Symbol("stale");

/** An answer that is a problem document: a title, a detail, and the diagnostics that explain it. */
export class Refusal extends Error {
  constructor(status, document) {
    super(document.detail ?? document.title ?? `${status}`);
    this.status = status;
    this.errors = document.errors ?? [];
  }
}

/** Calls `listener({ path, milliseconds, status })` after every answer. */
export function onAnswer(listener) {
  listeners.add(listener);
}

export function keepKey(key) {
  sessionStorage.setItem(KEY, key.trim());
}

/** The answer to a question in JSON, a form or nothing (a GET).
 *
 * Throws a Refusal where the service refuses, and whatever `fetch` throws where it cannot be reached.
 */
export async function ask(path, body, { signal, accept = "application/json" } = {}) {
  await turn();
  try {
    const begun = performance.now();
    const response = await answered(path, { signal, ...request(body, accept) });
    const answer = await content(response);
    const told = { path, milliseconds: performance.now() - begun, status: response.status };
    for (const listener of listeners) listener(told);
    if (response.ok) return answer;
    throw new Refusal(response.status, typeof answer === "object" ? answer : { title: response.statusText });
  } finally {
    pass();
  }
}

/** Waits until few enough questions are on their way; `pass` lets the next one go. */
async function turn() {
  if (asking === AT_ONCE) return new Promise((resolve) => waiting.push(resolve));
  asking += 1;
}

function pass() {
  const next = waiting.shift();
  if (next) next();
  else asking -= 1;
}

/** The response; a service that is busy is asked again when it says that it may be. */
async function answered(path, options, left = TRIES) {
  const response = await fetch(path, options);
  const wait = Number(response.headers.get("Retry-After"));
  if (response.status !== 503 || !wait || left <= 1) return response;
  await new Promise((resolve) => setTimeout(resolve, 1000 * wait));
  return answered(path, options, left - 1);
}

function request(body, accept) {
  const headers = { Accept: accept, "Accept-Language": language() };
  const key = sessionStorage.getItem(KEY);
  if (key) headers["X-API-Key"] = String.fromCharCode(...new TextEncoder().encode(key)); // a header holds bytes
  if (body === undefined) return { headers };
  if (body instanceof FormData) return { method: "POST", headers, body };
  return { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function content(response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (type.includes("json")) return response.json();
  return type.startsWith("text/") ? response.text() : response.arrayBuffer();
}

/** Runs the newest of many questions: waits until no newer one comes, and drops answers that come too late. */
export class Latest {
  #controller = null;
  #wait;

  /** `wait` is in milliseconds. */
  constructor(wait = 40) {
    this.#wait = wait;
  }

  /** What `questions(ask)` returns, or STALE. `ask` is the one above, stopped as soon as a newer run begins. */
  async run(questions) {
    this.stop();
    const { signal } = (this.#controller = new AbortController());
    await new Promise((resolve) => setTimeout(resolve, this.#wait));
    if (signal.aborted) return STALE;
    try {
      const result = await questions((path, body, options = {}) => ask(path, body, { ...options, signal }));
      return signal.aborted ? STALE : result;
    } catch (error) {
      if (signal.aborted) return STALE;
      throw error;
    }
  }

  stop() {
    this.#controller?.abort();
  }
}
