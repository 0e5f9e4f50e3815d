// SPDX-License-Identifier: Apache-2.0
import {element, facts, json, name, notice, time} from '../html.js';
import {actionButton, announce, confirmed, form} from '../forms.js';
import {parseExactly} from '../json.js';
import {Problem} from '../api.js';
import {Region} from '../region.js';

export const title = 'Cache';

const SCOPE = {name: 'scope', label: 'Scope', pattern: '[!-~]{1,128}'};

const SOFT = {
  name: 'soft', label: 'Only mark stale', type: 'checkbox',
  hint: 'Stale values are returned until they are loaded again. Otherwise they are never returned again.',
};

export function show({api, signal}) {
  const value = new Region('Value');
  let looked;

  const look = () => {
    const shown = looked;
    return value.run(
      () => api.post('/v1/cache/lookup', {entries: [{...shown, leaseMillis: 0}]}, {signal, exact: true}),
      ({entries: [entry], degraded}) => element('div', {class: 'card'},
        outcome(entry, degraded),
        entry.outcome !== 'missing' && json(entry.value, 'Cached value'),
        element('div', {class: 'buttons'},
          entry.outcome === 'fresh' && invalidateKey(shown, 'Mark stale', true,
            'The value is returned until the next caller has loaded it again.'),
          invalidateKey(shown, 'Invalidate', false,
            'The value is never returned again, and a load in progress is void. The next caller loads it.'))));
  };

  const invalidateKey = ({key, scope}, text, soft, explanation) => actionButton(text, {
    question: soft ? 'Mark the value of this key stale?' : 'Invalidate the value of this key?', explanation,
  }, async () => {
    await invalidate({keys: [key], scope, soft});
    announce(soft ? 'The value was marked stale.' : 'The value was invalidated.');
    await look();
  });

  const invalidate = body => api.post('/v1/cache/invalidate', body, {signal});

  const tagged = new Region('Invalidated tags');
  const scoped = new Region('Invalidated scope');
  const ask = async (region, question, body, done) => {
    if (await confirmed(question, body.soft
      ? 'They are returned until they are loaded again. Loads in progress are void.'
      : 'They are never returned again, and loads in progress are void. The next callers load them, so expect more load on the origin.',
    body.soft ? 'Mark stale' : 'Invalidate')
      && await region.run(() => invalidate(body), () => notice('success', done)) && looked) {
      await look();
    }
  };

  return [
    form('Look at a value', [
      {
        name: 'kind', label: 'The key is', type: 'select', value: 'text', options: [['text', 'a text'], ['json', 'JSON, such as a request']],
      },
      SCOPE,
      {
        name: 'key', label: 'Key', required: true, wide: true,
        hint: 'The order of the members of JSON makes no difference. Looking takes no lease and changes nothing.',
      },
    ], 'Look', ({kind, key, scope}) => {
      looked = {key: kind === 'json' ? parsed(key) : key, scope};
      return look();
    }),
    value.element,
    form('Invalidate by tag', [
      {...SCOPE, required: true},
      {name: 'tags', label: 'Tags', type: 'words', required: true, hint: 'Separated by spaces. Values with one of them are invalidated.'},
      SOFT,
    ], 'Invalidate', ({scope, tags, soft}) => ask(tagged, ['Invalidate the values of the scope ', name(scope), ' with one of the tags ',
      tags.map((tag, i) => [i > 0 && ', ', name(tag)]), '?'], {scope, tags, soft}, 'The values with these tags were invalidated.')),
    tagged.element,
    form('Invalidate a scope', [{...SCOPE, required: true}, SOFT], 'Invalidate all', ({scope, soft}) => ask(scoped,
      ['Invalidate all values of the scope ', name(scope), '?'], {scope, all: true, soft}, 'All values of the scope were invalidated.')),
    scoped.element,
  ];
}

function parsed(key) {
  try {
    return parseExactly(key);
  } catch (failure) {
    throw new Problem(400, {errors: [{field: 'key', message: `must be JSON. ${failure.message}`}]});
  }
}

const OUTCOME = {
  fresh: ['success', 'Fresh', ' Callers get this value.'],
  stale: ['info', 'Stale', ' Callers get this value, and one of them loads it again.'],
  missing: ['info', 'Missing', ' No value of this key is stored. Check the scope, and whether the key is a text or JSON.'],
};

function outcome({outcome, freshUntil, expiresAt, loading}, degraded) {
  const [kind, heading, explanation] = OUTCOME[outcome];
  return [
    notice(kind, element('strong', {}, heading), outcome === 'missing' && degraded ? ' Redis may have a value.' : explanation),
    facts([
      ['Fresh until', freshUntil && time(freshUntil)],
      ['Returned until', expiresAt && time(expiresAt)],
      ['Loading', loading ? ['A caller loads it, or a failed load is held off. Ends ', time(loading.expiresAt)] : 'no'],
    ]),
  ];
}
