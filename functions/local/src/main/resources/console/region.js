// SPDX-License-Identifier: Apache-2.0
import {element, notice} from './html.js';
import {Problem} from './api.js';

const SLOW = 200;
const REFUSALS = new Set([401, 403]);

/** Waits; not longer than until `signal` is aborted. */
export const pause = (millis, signal) => new Promise(resolve => {
  const end = () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  const timer = setTimeout(end, millis);
  signal.addEventListener('abort', end);
});

/** The place where a page shows an answer: progress while it waits, the answer, or the problem with what to do next. */
export class Region {
  #latest = 0;
  #polled;
  #problem = null;

  /** @param {boolean} polled whether answers come by themselves, so that screen readers do not announce each */
  constructor(label, {polled = false} = {}) {
    this.#polled = polled;
    this.element = element('section', {class: 'region', tabindex: -1, 'aria-label': label, 'aria-live': polled ? 'off' : 'polite'});
  }

  /**
   * Shows what `render` makes of the answer. The latest call wins if several run at once.
   *
   * @param {function(): Promise} load
   * @param {function(*): (Node|string)[]} render
   * @returns {Promise<boolean>} whether the answer was shown
   * @throws {Problem} an invalid request, for the form to show at its fields
   */
  async run(load, render) {
    const call = ++this.#latest;
    const progress = setTimeout(() => {
      if (call === this.#latest && !(this.#polled && this.element.hasChildNodes())) {
        this.element.setAttribute('aria-busy', 'true');
      }
    }, SLOW);
    let content;
    let invalid = null;
    let failed = null;
    try {
      const answer = await load();
      content = [answer?.degraded === true && degraded(), render(answer)];
    } catch (failure) {
      if (!(failure instanceof Problem)) {
        this.element.removeAttribute('aria-busy');
        throw failure;
      }
      failed = failure;
      failure.shown = true;
      invalid = failure.slug === 'invalid-request' ? failure : null;
      content = [problem(failure)];
    } finally {
      clearTimeout(progress);
    }
    if (call !== this.#latest) {
      return false;
    }
    this.element.removeAttribute('aria-busy');
    this.#problem = failed;
    // A screen reader announces each alert that is added.
    if (!(failed && this.#polled && isShown(this.element, content[0]))) {
      this.show(...content);
    }
    if (invalid) {
      throw invalid;
    }
    return failed === null;
  }

  /**
   * Runs again `interval` milliseconds after each answer, until `signal` is aborted or the server refuses the API key.
   *
   * @throws {Problem} an invalid request
   */
  async poll(load, render, interval, signal) {
    while (!signal.aborted) {
      await this.run(load, render);
      if (REFUSALS.has(this.#problem?.status)) {
        return;
      }
      await pause(interval, signal);
    }
  }

  /** Replaces the content. The focus stays on the same control, or on the region if the control is gone. */
  show(...content) {
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    this.element.replaceChildren(...content.flat(Infinity).filter(Boolean));
    if (focused && !focused.isConnected) {
      const same = [...this.element.querySelectorAll(focused.tagName)].find(control => identity(control) === identity(focused));
      (same ?? this.element).focus({preventScroll: true});
    }
  }

  clear() {
    this.#latest++;
    this.element.removeAttribute('aria-busy');
    this.show();
  }
}

const identity = control => [control.name, control.value, control.getAttribute('aria-label'), control.textContent].join();

/** Returns whether a place shows a problem, and nothing else, already. */
export const isShown = (place, shown) => place.childElementCount === 1 && place.firstElementChild.isEqualNode(shown);

/** Marks an answer that was made without Redis. */
export const degraded = () =>
  notice('degraded', element('strong', {}, 'Degraded'), ' Redis did not reply. This answer was made by the fallback policy from the memory of this server.');

const ADVICE = {
  0: 'Check that it runs, then try again.',
  unauthenticated: 'The server does not accept this API key. Use another key, at the top.',
  forbidden: 'This API key lacks the right for it. Use a key that has it.',
  413: 'Send less at once.',
  503: 'Redis does not reply. See Health for the reason; then try again.',
};

/** Shows a problem and what to do next. */
export function problem({status, slug, body, retryAfter}) {
  const advice = ADVICE[slug] ?? ADVICE[status];
  return notice('failure',
    element('strong', {}, body.title ?? `HTTP ${status}`),
    !body.errors?.length && body.detail && ` ${body.detail}`,
    (body.errors ?? []).map(({field, message}) => element('p', {}, element('code', {}, field), ` ${message}`)),
    advice && element('p', {}, advice),
    retryAfter !== null && element('p', {}, `Try again in ${retryAfter} s.`));
}
