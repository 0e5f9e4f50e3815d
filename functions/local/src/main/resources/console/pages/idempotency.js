// SPDX-License-Identifier: Apache-2.0
import {Problem} from '../api.js';
import {actionButton, announce, form} from '../forms.js';
import {bytes, code, element, facts, json, name, notice, number, time} from '../html.js';
import {parseExactly} from '../json.js';
import {Region} from '../region.js';

export const title = 'Idempotency';

const PATH = '/v1/idempotency/claims';

export function show({api, signal}) {
  const claim = new Region('Claim');

  const inspect = key => claim.run(() => find(key), found => found === null
    ? element('p', {class: 'empty'}, 'No claim has this key in this scope: it was never claimed, was released or invalidated, or has expired. '
      + 'Check the scope. Routes and methods with @Idempotent have scopes of their own.')
    : element('div', {class: 'card'}, stateOf(found), element('div', {class: 'buttons'}, invalidate(key, found))));

  const find = async key => {
    try {
      return await api.post(`${PATH}/inspect`, key, {signal});
    } catch (failure) {
      if (failure instanceof Problem && failure.status === 404) {
        return null;
      }
      throw failure;
    }
  };

  const invalidate = (key, {state}) => actionButton('Invalidate', {
    question: ['Invalidate ', name(key.key), '?'],
    explanation: state === 'completed'
      ? 'The stored response is removed. The next request with this key runs the work again.'
      : 'The claim is removed, although its claimant may still work. The next request with this key runs the work again, maybe at the same time.',
  }, async () => {
    await api.post(`${PATH}/invalidate`, key, {signal});
    announce('The key was invalidated.');
    await inspect(key);
  });

  return [
    form('Inspect a key', [
      {name: 'key', label: 'Key', required: true, hint: 'As in the request or its header Idempotency-Key, without quotes.'},
      {name: 'scope', label: 'Scope', hint: 'Empty if the claim has none.'},
    ], 'Inspect', inspect),
    claim.element,
  ];
}

const stateOf = claim => claim.state === 'completed' ? completed(claim) : inFlight(claim);

function inFlight({claimedAt, claimedBy, leaseExpiresAt, attempt, expiresAt}) {
  const isLive = Date.parse(leaseExpiresAt) > Date.now();
  return [
    isLive
      ? notice('info', 'In flight: a caller works on it. If its lease ends, ', time(leaseExpiresAt), ', the next claim gets the work.')
      : notice('warning', 'The lease ended ', time(leaseExpiresAt), ' without a result. The claimant may have crashed; the next claim gets the work.'),
    facts([
      ['State', 'in flight'],
      ['Attempt', number(attempt)],
      ['Claimed by request', claimedBy ? name(claimedBy) : '–'],
      ['Claimed', time(claimedAt)],
      ['Lease ends', time(leaseExpiresAt)],
      ['Key expires', time(expiresAt)],
    ]),
  ];
}

function completed({response, completedAt, expiresAt}) {
  return [
    notice('success', 'Completed: every further request with this key gets the response below, ', 'until the key expires ', time(expiresAt), '.'),
    facts([
      ['State', 'completed'],
      ['Completed', time(completedAt)],
      ['Key expires', time(expiresAt)],
      ['Status', String(response.status)],
      ['Body', bodySize(response)],
    ]),
    element('h3', {}, 'Headers'),
    Object.keys(response.headers).length === 0 ? element('p', {class: 'empty'}, 'None.') : json(response.headers, 'Headers of the response'),
    element('h3', {}, 'Body'),
    body(response),
  ];
}

function bodySize({body, bodyEncoding}) {
  return bodyEncoding === 'base64'
    ? `${bytes(atob(body).length)}, no text: shown in base64`
    : bytes(new TextEncoder().encode(body).length);
}

/** Shows a body as indented JSON if it is JSON, else as it is. It is never read as HTML. */
function body({body, bodyEncoding}) {
  if (body === '') {
    return element('p', {class: 'empty'}, 'Empty.');
  }
  if (bodyEncoding === 'utf8') {
    try {
      return json(parseExactly(body), 'Body of the response');
    } catch {
      // It is no JSON.
    }
  }
  return code(body, 'Body of the response');
}
