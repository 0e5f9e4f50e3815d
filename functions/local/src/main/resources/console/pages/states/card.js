// SPDX-License-Identifier: Apache-2.0
import {element, facts, json, name, notice, time} from '../../html.js';
import {actionButton, announce, form} from '../../forms.js';
import {EXACT} from '../../json.js';
import {Region} from '../../region.js';

const LEASE = 60_000;

/**
 * Shows one state, and saves and deletes it on the version that is shown. It can take over the claim of another writer; then
 * it writes with the fence of its own claim.
 */
export class StateCard {
  #api;
  #signal;
  #changed;
  #key;
  #fence;
  #edited;
  #state = new Region('State');
  #outcome = new Region('Outcome of the change');

  /** @param {function(): Promise} changed runs after a change */
  constructor(api, signal, changed) {
    this.#api = api;
    this.#signal = signal;
    this.#changed = changed;
  }

  get nodes() {
    return [this.#state.element, this.#outcome.element];
  }

  /** Reads and shows the state of a key: {id, group}. */
  async open(key) {
    if (key !== this.#key) {
      this.#fence = undefined;
      // The buttons and the editor act on the current key.
      this.#state.clear();
    }
    this.#key = key;
    this.#edited = undefined;
    this.#outcome.clear();
    if (await this.#read()) {
      this.#state.element.focus();
    }
  }

  #read() {
    return this.#state.run(
      () => this.#api.post('/v1/states/read', this.#key, {signal: this.#signal, exact: true}).catch(unknown),
      state => state.version === undefined
        ? notice('info', element('strong', {}, 'No state'), ' ', name(this.#key.id),
          ' was never saved, has ended or was deleted. Check its group too: one id can be in several groups.')
        : this.#show(state));
  }

  #show(state) {
    const {version, createdAt, savedAt, expiresAt, writer, value} = state;
    return [
      element('div', {class: 'card'},
        element('h3', {}, name(this.#key.id)),
        facts([
          ['Group', this.#key.group === undefined ? 'none' : name(this.#key.group)],
          ['Version', String(version)],
          ['Created', time(createdAt)],
          ['Saved', time(savedAt)],
          ['Ends', time(expiresAt)],
          ['Claim', writer ? ['by ', name(writer.heldBy || 'unnamed'), ', until ', time(writer.leaseExpiresAt)] : 'none'],
          ['Fence of this page', this.#fence && String(this.#fence)],
        ]),
        json(value, 'Value'),
        element('div', {class: 'buttons'},
          actionButton('Read again', null, () => this.open(this.#key)),
          writer && !this.#fence && this.#takeOverButton(writer),
          this.#fence && actionButton('Release the claim', null, () => this.#release()),
          this.#deleteButton(version))),
      EXACT ? this.#editor(version, value) : notice('info', 'This browser would round long numbers, so it cannot edit the value.'),
    ];
  }

  #deleteButton(version) {
    return actionButton('Delete', {
      question: ['Delete the state ', name(this.#key.id), '?'],
      explanation: `Its value is lost. Nothing is deleted if the state has another version than ${version} by now, or is claimed.`,
    }, () => this.#change('deleted', () =>
      this.#api.post('/v1/states/delete', {...this.#key, expect: version, fence: this.#fence}, {signal: this.#signal})));
  }

  #takeOverButton({heldBy}) {
    return actionButton('Take the claim over', {
      question: ['Take the claim of ', name(heldBy || 'an unnamed writer'), ' over?'],
      explanation: 'Nothing that it writes afterwards is accepted. Its work so far may be lost.',
    }, async () => {
      const key = this.#key;
      const {fence} = await this.#api.post('/v1/states/claim', {...key, takeOver: true, leaseMillis: LEASE}, {signal: this.#signal});
      if (key !== this.#key) {
        return;
      }
      this.#fence = fence;
      announce('The claim was taken over. Release it after the change.');
      await this.#refresh();
    });
  }

  async #release() {
    await this.#api.post('/v1/states/claim/release', {...this.#key, fence: this.#fence}, {signal: this.#signal});
    this.#fence = undefined;
    announce('The claim was released.');
    await this.#refresh();
  }

  /** Reads the state and its group again. */
  async #refresh() {
    this.#outcome.clear();
    await Promise.all([this.#read(), this.#changed()]);
  }

  /** Returns the form of a version. It stays with what was typed while the version is the same. */
  #editor(version, value) {
    if (this.#edited?.version !== version) {
      this.#edited = {version, form: this.#createEditor(version, value)};
    }
    return this.#edited.form;
  }

  #createEditor(version, value) {
    let sent = {};
    return form('Edit the value', [
      {name: 'value', label: 'Value', type: 'json', required: true, value: JSON.stringify(value, null, 2), rows: 12},
      {
        name: 'ttlSeconds', label: 'Ends in (seconds)', type: 'number', min: 1, max: 2_592_000,
        hint: 'Empty leaves the end as it is.',
      },
    ], 'Save', ({value, ttlSeconds}) => {
      const content = JSON.stringify([value, ttlSeconds]);
      if (sent.content !== content) {
        sent = {content, saveId: randomId()};
      }
      return this.#change('saved', () => this.#api.post('/v1/states/save',
        {...this.#key, expect: version, fence: this.#fence, value, ttlSeconds, saveId: sent.saveId}, {signal: this.#signal}));
    });
  }

  /** Makes a change and reads the state again. A refusal leaves the editor as it is and offers to read. */
  async #change(done, send) {
    let changed = false;
    await this.#outcome.run(
      async () => {
        const answer = await send().catch(refusal);
        changed = !answer.refused;
        if (answer.refused?.slug === 'writer-lost') {
          this.#fence = undefined;
        }
        return answer;
      },
      ({refused}) => refused ? this.#refusal(refused) : notice('success', `The state was ${done}.`));
    if (changed) {
      announce(`The state was ${done}.`);
      await Promise.all([this.#read(), this.#changed()]);
    }
  }

  #refusal(refused) {
    return notice('failure', element('strong', {}, refused.title), ` ${EXPLANATION[refused.slug](refused)}`,
      element('p', {}, 'Nothing was changed. What you typed stays until you read the state again: copy what you need.'),
      element('div', {class: 'buttons'}, actionButton('Read again', null, () => this.open(this.#key))));
  }
}

const EXPLANATION = {
  'version-mismatch': ({version}) => version === null
    ? 'The state has ended or was deleted.'
    : `It was saved by another writer and has the version ${version} now.`,
  'writer-held': () => 'Another writer has claimed the state. Read it again to see by whom, wait, or take the claim over.',
  'writer-lost': () => 'The claim of this page was taken over by another writer.',
};

/** Returns the id of a save, so that a repetition after a lost response is recognized. */
const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

/** Turns the problem of an unknown state into an answer without a version. */
function unknown(problem) {
  if (problem.slug === 'state-unknown') {
    return problem.body;
  }
  throw problem;
}

/** Turns a refusal into an answer. */
function refusal(problem) {
  if (['version-mismatch', 'writer-held', 'writer-lost'].includes(problem.slug)) {
    return {refused: {...problem.body, slug: problem.slug}, degraded: problem.body.degraded};
  }
  throw problem;
}
