// SPDX-License-Identifier: Apache-2.0
import {duration, number} from '../../html.js';

/** The members of a limit, and of a policy, in the API. */
const QUOTA = ['algorithm', 'limit', 'windowSeconds', 'period', 'startsOn', 'timeZone', 'burst', 'blockSeconds'];
const POLICY = [...QUOTA, 'shadow', 'unlimited', 'whenDown'];

/**
 * Returns the fields of a quota.
 *
 * @param {string} otherwise the text of the choices for which nothing is sent
 * @param {string} group the text under which they are folded; without it, only the rarer ones are
 */
export const quotaFields = (otherwise, group) => [
  ...[
    {name: 'limit', label: 'Limit', type: 'number', min: 0, hint: 'Units in a window; 0 denies everything.'},
    {name: 'windowSeconds', label: 'Window, in seconds', type: 'number', min: 1},
    {name: 'algorithm', label: 'Algorithm', type: 'select', options: [['', otherwise], ['gcra', 'gcra: frees units evenly'],
      ['sliding-window', 'sliding window'], ['fixed-window', 'fixed window, or a calendar period']]},
  ].map(field => ({...field, group})),
  ...[
    {name: 'burst', label: 'Burst', type: 'number', min: 0, hint: 'Units that may pass at once; with gcra only.'},
    {name: 'period', label: 'Period', type: 'select', hint: 'In place of the window; with the fixed window only.',
      options: [['', 'none'], ...['minute', 'hour', 'day', 'week', 'month', 'year'].map(period => [period, period])]},
    {name: 'startsOn', label: 'Starts on', type: 'date', hint: 'A day on which a week, month or year begins.'},
    {name: 'timeZone', label: 'Time zone', hint: 'Of the period, such as Europe/Berlin.'},
    {name: 'blockSeconds', label: 'Lock-out, in seconds', type: 'number', min: 0, hint: 'The time for which a denial locks the subject out.'},
  ].map(field => ({...field, group: group ?? 'Burst, calendar period and lock-out'})),
];

/** Returns the members of a policy in what the API returned, for a request or a form. A burst that is the limit is the default. */
export function policyMembers(policy) {
  const members = Object.fromEntries(POLICY.map(member => [member, policy[member]]));
  return {...members, burst: policy.burst === policy.limit ? undefined : policy.burst};
}

/** Describes a limit in words, such as 100 in 1 min. */
export function describeLimit({unlimited, limit, windowSeconds, algorithm, burst, period, startsOn, timeZone, blockSeconds}) {
  if (unlimited) {
    return 'unlimited';
  }
  return [
    period ? `${number(limit)} a ${period}` : `${number(limit)} in ${duration(windowSeconds * 1000)}`,
    startsOn && `from ${startsOn}`,
    period ? `in ${timeZone ?? 'UTC'}` : {'sliding-window': 'sliding window', 'fixed-window': 'fixed window'}[algorithm],
    burst !== undefined && burst !== limit && `${number(burst)} at once`,
    blockSeconds && `locks out for ${duration(blockSeconds * 1000)}`,
  ].filter(Boolean).join(', ');
}

/** Returns the path of a policy in the API. */
export const policyPath = policy => `/v1/rate-limits/policies/${encodeURIComponent(policy)}`;

/** The pattern of the name of a policy. */
export const NAME_PATTERN = '(?!\\.{1,2}$)[A-Za-z0-9._\\-]{1,64}';

/** The fallback policies, for a choice. */
export const whenDownOptions = otherwise =>
  [['', otherwise], ['local', 'local: count in memory'], ['open', 'open: admit all'], ['closed', 'closed: reject with 503']];
