// SPDX-License-Identifier: Apache-2.0
import {duration, element, facts, json, name, notice, number, time} from '../../html.js';

const REFUSED = ['key-invalid', 'scope-missing'];

/** Verifies a key. A refusal is an answer too: {refused, …} with the members of its problem. */
export async function verify(api, request, options) {
  try {
    return await api.post('/v1/api-keys/verify', request, options);
  } catch (problem) {
    if (REFUSED.includes(problem.slug)) {
      return {...problem.body, refused: problem.slug};
    }
    throw problem;
  }
}

/** Shows the outcome of a verification, with the reason of a refusal. */
export function verification({refused, apiKey, limits, missing}) {
  switch (refused) {
    case 'key-invalid':
      return notice('failure', element('strong', {}, 'Refused: no valid key'),
        ' It is unknown, misspelt, expired or revoked. The list of its owner shows the keys that are valid.');
    case 'scope-missing':
      return notice('failure', element('strong', {}, 'Refused: a scope is missing'), ' The key is valid, but lacks ', scopeList(missing),
        '. Add it by a change of the key.');
    default:
      return element('div', {class: 'card'}, limits.some(isExhausted)
        ? notice('warning', element('strong', {}, 'Valid, but a limit has no room'), ' Requests that charge it are refused for now.')
        : notice('success', element('strong', {}, 'Valid')),
      keyFacts(apiKey), limits.map(limitFacts));
  }
}

export const scopeList = scopes => scopes.length === 0 ? '–' : scopes.map((scope, i) => [i > 0 && ', ', name(scope)]);

export const endOf = ({expiresAt}) => expiresAt === null ? 'when it is revoked' : time(expiresAt);

export const attributesOf = ({id, attributes}) => Object.keys(attributes).length === 0 ? '–' : json(attributes, `Attributes of ${id}`);

const keyFacts = key => facts([
  ['Owner', name(key.ownerId)],
  ['Name', key.name === null ? '–' : name(key.name)],
  ['Id', name(key.id)],
  ['Scopes', scopeList(key.scopes)],
  ['Created', time(key.createdAt)],
  ['Ends', endOf(key)],
  ['Attributes', attributesOf(key)],
]);

/** Returns whether a limit refuses requests now. One in shadow, which has wouldDeny, refuses none. */
const isExhausted = ({remaining, wouldDeny}) => remaining === 0 && wouldDeny === undefined;

const limitFacts = ({policy, limit, remaining, resetAfterMillis}) => facts([
  ['Limit', name(policy)],
  ['Left', limit === null ? 'unlimited' : `${number(remaining)} of ${number(limit)}`],
  ['Full again in', duration(resetAfterMillis)],
]);
