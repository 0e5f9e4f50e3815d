// SPDX-License-Identifier: Apache-2.0
import {parseExactly} from './json.js';

/** A request that was not answered as wanted. */
export class Problem extends Error {
  /** Whether a Region shows it. */
  shown = false;

  /**
   * @param {number} status the HTTP status; 0 if the server did not reply
   * @param {object} body the problem document, RFC 9457
   * @param {number|null} retryAfter seconds
   */
  constructor(status, body, retryAfter = null) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.retryAfter = retryAfter;
  }

  /** The last part of the problem's type, such as store-unavailable. */
  get slug() {
    return (this.body.type ?? '').split(/[:#]/u).at(-1);
  }
}

/** Calls the API with a key, which is kept in this object only. */
export class Api {
  #key;

  /** @param {string} key the API key; empty if the server needs none */
  constructor(key) {
    this.#key = key;
  }

  get(path, options) {
    return this.#call('GET', path, undefined, options);
  }

  post(path, body, options) {
    return this.#call('POST', path, body, options);
  }

  put(path, body, options) {
    return this.#call('PUT', path, body, options);
  }

  patch(path, body, options) {
    return this.#call('PATCH', path, body, options);
  }

  delete(path, body, options) {
    return this.#call('DELETE', path, body, options);
  }

  /**
   * @param {boolean} exact whether to keep the numbers of the response as they were written; see json.js
   * @returns {Promise<object>} the response's body; {} if it has none, {text} if it is no JSON. Its member degraded is true if it
   *     was made without Redis
   * @throws {Problem} for every status but 2xx
   */
  async #call(method, path, body, {signal, exact = false} = {}) {
    const headers = this.#key ? {'X-Api-Key': this.#key} : {};
    if (body !== undefined) {
      headers['Content-Type'] = 'application/json';
    }
    let response;
    let content;
    try {
      response = await fetch(path, {method, headers, body: body && JSON.stringify(body), signal, credentials: 'omit'});
      content = await read(response, exact);
    } catch (failure) {
      if (failure.name === 'AbortError') {
        throw failure;
      }
      throw new Problem(0, {title: 'The server does not reply'});
    }
    if (!response.ok) {
      const retryAfter = response.headers.get('Retry-After');
      throw new Problem(response.status, content, retryAfter === null ? null : Number(retryAfter));
    }
    return response.headers.get('Gatehouse-Source') === 'local' ? {...content, degraded: true} : content;
  }
}

async function read(response, exact) {
  const text = await response.text();
  try {
    return text ? (exact ? parseExactly : JSON.parse)(text) : {};
  } catch {
    return {title: `HTTP ${response.status}`, text};
  }
}
