// SPDX-License-Identifier: Apache-2.0
import {leases} from './limits/leases.js';
import {lookUp} from './limits/lookup.js';
import {policies} from './limits/policies.js';

export const title = 'Limits';

export function show(context) {
  const policyNames = context.api.get('/v1/rate-limits/policies', {signal: context.signal})
    .then(({policies}) => policies.map(({name}) => name), () => []);
  const shared = {...context, policyNames};
  return [...lookUp(shared), ...policies(shared), ...leases(shared)];
}
