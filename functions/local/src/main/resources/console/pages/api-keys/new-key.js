// SPDX-License-Identifier: Apache-2.0
import {element, facts, name, notice} from '../../html.js';
import {actionButton, announce} from '../../forms.js';
import {Region} from '../../region.js';
import {endOf} from './verification.js';

/** Shows the text of a new key once, until it is hidden or another page is shown. */
export class NewKey {
  #region = new Region('New key');

  constructor(signal) {
    const clear = () => this.#region.clear();
    signal.addEventListener('abort', clear);
    addEventListener('pagehide', clear, {signal});
  }

  get element() {
    return this.#region.element;
  }

  /**
   * Shows the key that `request` returns.
   *
   * @returns {Promise<boolean>} whether there is one
   */
  async run(request) {
    const issued = await this.#region.run(request, ({key, apiKey}) => this.#show(key, apiKey));
    this.element.querySelector('input')?.focus();
    return issued;
  }

  #show(key, apiKey) {
    const text = element('input', {readonly: true, value: key, 'aria-label': 'Text of the new key', spellcheck: 'false', autocomplete: 'off'});
    return element('div', {class: 'card'},
      element('h3', {}, 'The new key'),
      notice('info', 'This is the only time that the key is shown. Redis stores a digest of it.'),
      text,
      facts([['Owner', name(apiKey.ownerId)], ['Id', name(apiKey.id)], ['Ends', endOf(apiKey)]]),
      element('div', {class: 'buttons'},
        actionButton('Copy', null, () => copy(text)),
        actionButton('Hide', null, async () => this.#region.clear())));
  }
}

async function copy(text) {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    announce('The key was copied.');
  } catch {
    // Without TLS, and without the permission, a page cannot write to the clipboard.
    text.focus();
    announce('The browser does not let the page copy. The key is selected: press Ctrl+C.');
  }
}
