import {element, facts, json, name, notice, time} from '../../html.js';
import {actionButton, announce, form} from '../../forms.js';
import {EXACT} from '../../json.js';
import {Region} from '../../region.js';

/** Shows one state, and saves and deletes it on the version that is shown. */
export class StateCard {
  #api;
  #signal;
  #changed;
  #key;
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
    this.#key = key;
    this.#outcome.clear();
    if (await this.#read()) {
      this.#state.element.scrollIntoView({block: 'nearest'});
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
        ]),
        json(value, 'Value'),
        element('div', {class: 'buttons'},
          actionButton('Read again', null, () => this.open(this.#key)),
          this.#deleteButton(version))),
      EXACT ? this.#editor(version, value) : notice('info', 'This browser would round long numbers, so it cannot edit the value.'),
    ];
  }

  #deleteButton(version) {
    return actionButton('Delete', {
      question: ['Delete the state ', name(this.#key.id), '?'],
      explanation: `Its value is lost. Nothing is deleted if the state has another version than ${version} by now, or is claimed.`,
    }, () => this.#change('deleted', () =>
      this.#api.post('/v1/states/delete', {...this.#key, expect: version}, {signal: this.#signal})));
  }

  #editor(version, value) {
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
        {...this.#key, expect: version, value, ttlSeconds, saveId: sent.saveId}, {signal: this.#signal}));
    });
  }

  /** Makes a change and reads the state again. A refusal leaves the editor as it is and offers to read. */
  async #change(done, send) {
    let changed = false;
    await this.#outcome.run(
      async () => {
        const answer = await send().catch(refusal);
        changed = !answer.refused;
        return answer;
      },
      ({refused}) => refused
        ? notice('failure', element('strong', {}, refused.title), ` ${refused.detail} Nothing was changed.`,
          element('p', {}, ...advice(refused)),
          element('div', {class: 'buttons'}, actionButton('Read again', null, () => this.open(this.#key))))
        : notice('success', `The state was ${done}.`));
    if (changed) {
      announce(`The state was ${done}.`);
      await Promise.all([this.#read(), this.#changed()]);
    }
  }
}

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

function advice({slug, version, heldBy, leaseExpiresAt}) {
  if (slug === 'version-mismatch') {
    return [version === null ? 'The state has ended or was deleted.' : `It has the version ${version} now.`,
      ' What you typed stays until you read again: copy what you need.'];
  }
  return ['The claim is that of ', name(heldBy || 'an unnamed writer'), '. It ends ', time(leaseExpiresAt),
    ' unless the writer extends it. Then try again.'];
}
