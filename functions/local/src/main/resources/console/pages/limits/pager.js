// SPDX-License-Identifier: Apache-2.0
import {actionButton} from '../../forms.js';
import {element} from '../../html.js';
import {Region} from '../../region.js';

/** Shows a list of the API a page at a time. */
export class Pager {
  #load;
  #render;
  #region;
  #after;

  /**
   * @param {string} label
   * @param {function(string|undefined): Promise<{next: string|null}>} load returns the page after that
   * @param {function(object): Node} render
   */
  constructor(label, load, render) {
    this.#region = new Region(label);
    this.#load = load;
    this.#render = render;
  }

  get element() {
    return this.#region.element;
  }

  clear() {
    this.#region.clear();
  }

  /** Shows the page after `after`, the first without it. */
  open(after) {
    this.#after = after;
    return this.refresh();
  }

  /** Reads the shown page again. */
  refresh() {
    return this.#region.run(() => this.#load(this.#after), page => [
      this.#render(page),
      element('div', {class: 'buttons'},
        this.#after !== undefined && actionButton('First page', null, () => this.open()),
        page.next !== null && actionButton('Next page', null, () => this.open(page.next))),
    ]);
  }
}
