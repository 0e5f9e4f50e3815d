// SPDX-License-Identifier: Apache-2.0
const INTERVAL = 2000;
const TIMEOUT = 5000;
const KEPT = 10 * 60 * 1000;

/**
 * Polls the server's figures. Fires `change` after each poll.
 *
 * `samples` are those of the last ten minutes. `state` is unknown, healthy, degraded (Redis does not reply), unreachable (the
 * server does not), refused (the key lacks the right to read) or unauthenticated (the key is wrong, and polling has ended).
 */
export class LiveFigures extends EventTarget {
  samples = [];
  state = 'unknown';
  #api;
  #timer;
  #stopped = false;
  #startedAt;

  constructor(api) {
    super();
    this.#api = api;
  }

  /** Polls until {@link stop}. Returns after the first poll. */
  async start() {
    await this.#poll();
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  get latest() {
    return this.samples.at(-1);
  }

  async #poll() {
    try {
      this.#add(await this.#api.get(`/console/figures?after=${this.latest?.at ?? 0}`, {signal: AbortSignal.timeout(TIMEOUT)}));
    } catch (problem) {
      if (problem.status === 400) {
        // The clock of the server is behind the latest sample, as after a step back or on another machine.
        this.samples = [];
      }
      this.state = {401: 'unauthenticated', 403: 'refused'}[problem.status] ?? 'unreachable';
    }
    if (this.#stopped) {
      return;
    }
    if (this.state !== 'unauthenticated') {
      this.#timer = setTimeout(() => this.#poll(), INTERVAL);
    }
    this.dispatchEvent(new Event('change'));
  }

  #add({startedAt, now, samples}) {
    if (startedAt !== this.#startedAt || now < this.latest?.at) {
      this.samples = [];
      this.#startedAt = startedAt;
    }
    this.samples.push(...samples);
    const oldest = (this.latest?.at ?? 0) - KEPT;
    this.samples = this.samples.filter(({at}) => at > oldest);
    if (this.latest) {
      this.state = this.latest.connected && this.latest.circuit === 'closed' ? 'healthy' : 'degraded';
    }
  }
}
