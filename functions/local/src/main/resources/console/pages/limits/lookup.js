// SPDX-License-Identifier: Apache-2.0
import {actionButton, announce, form} from '../../forms.js';
import {duration, element, facts, gauge, name, notice, number, time} from '../../html.js';
import {Region} from '../../region.js';
import {effectiveLimit} from './effective.js';
import {describeLimit, quotaFields} from './quota.js';

const INLINE = 'A limit that is no policy';

/** Shows what a subject has left of a limit, why it is limited, and how to repair it. */
export function lookUp({api, signal, policyNames}) {
  const state = new Region('State of the limit');
  const repair = new Region('Repair');

  const read = async selector => {
    const [answer, effective] = await Promise.all([
      api.post('/v1/rate-limits/check', {mode: 'each', limits: [{...selector, cost: 0}]}, {signal}),
      selector.policy ? effectiveLimit(api, selector.policy, selector.subject, signal) : {limit: selector},
    ]);
    return {...answer, limit: answer.limits[0], effective};
  };
  const look = selector => {
    repair.clear();
    return state.run(() => read(selector), answer => [
      stateOf(answer, answer.limit.limit !== null && reset(selector, answer.limit)),
      answer.limit.limit !== null && [refund(selector), repair.element],
    ]);
  };

  const reset = (selector, limit) => actionButton('Reset', {
    question: ['Reset ', name(limit.policy), ' for ', name(limit.subject), '?'],
    explanation: 'All that was used is forgotten, and so are a debt and a lock-out. Open holds end. Other processes may deny from memory for up to 10 seconds.',
  }, async () => {
    await api.post('/v1/rate-limits/reset', selector, {signal});
    announce('The limit was reset.');
    await look(selector);
  });
  const refund = selector => form('Give units back', [
    {name: 'cost', label: 'Units', type: 'number', min: 1, value: 1, required: true, hint: 'At most the units in use are given back.'},
  ], 'Refund', async ({cost}) => {
    if (await repair.run(() => api.post('/v1/rate-limits/refund', {limits: [{...selector, cost}]}, {signal}), () => [])) {
      announce('The units were given back.');
      await look(selector);
    }
  });

  return [
    form('Look a subject up', [
      {name: 'subject', label: 'Subject', required: true, hint: 'The user, key or address that the limit counts.'},
      {name: 'policy', label: 'Policy', suggestions: policyNames, hint: 'Empty for a limit that is no policy.'},
      {name: 'name', label: 'Name of the limit', group: INLINE},
      ...quotaFields('gcra, the default', INLINE),
    ], 'Look up', look),
    state.element,
  ];
}

function stateOf({limit, effective}, repair) {
  const isUnlimited = limit.limit === null;
  return element('div', {class: 'card'},
    notice(isUnlimited || limit.remaining > 0 ? 'success' : 'warning', reason(limit, effective?.limit)),
    facts([
      ['Remaining', isUnlimited ? null : remaining(limit, effective?.limit)],
      ['Unused again', isUnlimited ? null : limit.resetAfterMillis === 0 ? 'now' : `in ${duration(limit.resetAfterMillis)}`],
      ['Limit', effective ? describeLimit(effective.limit) : number(limit.limit)],
      ['Locked out', limit.blocked ? 'yes' : 'no'],
      ['In shadow', 'wouldDeny' in limit ? 'yes: it never denies, and only reports what it would deny' : 'no'],
      ['Policy', effective?.policy ? [name(limit.policy), ': ', describeLimit(effective.policy), `, ${effective.policy.source}`] : null],
      ['Override', effective?.policy ? overrideText(effective.override) : null],
    ]),
    effective === null && element('p', {class: 'empty'}, 'The policy could not be read, so its override and algorithm are not shown.'),
    repair && element('div', {class: 'buttons'}, repair));
}

/** Returns a sentence that says whether and why the subject is limited. */
function reason({policy, subject, limit, remaining, blocked, resetAfterMillis, ...rest}, effective) {
  const who = name(subject);
  const which = name(policy);
  const shadow = 'wouldDeny' in rest ? ' The limit is in shadow, so requests pass all the same.' : '';
  if (limit === null) {
    return [who, ' is not limited: ', which, ' admits everything.'];
  }
  if (blocked) {
    return [who, ' is locked out of ', which, ` after a denial, for ${duration(resetAfterMillis)} at most. A reset lifts it.${shadow}`];
  }
  if (remaining > 0) {
    return [who, ' is not limited by ', which, `: ${remaining === 1 ? 'one more unit' : `${number(remaining)} more units`} may pass now.${shadow}`];
  }
  if (limit === 0) {
    return [who, ' is limited for good: the limit of ', which, ` is 0.${shadow}`];
  }
  return [who, ' is limited: all units of ', which, ` are used. ${nextUnit(effective, resetAfterMillis)}${shadow}`];
}

/** Says when there is room for another unit. With gcra that follows from the time until the limit is unused. */
function nextUnit(effective, resetAfterMillis) {
  if (effective?.limit > 0 && effective.windowSeconds && (effective.algorithm ?? 'gcra') === 'gcra') {
    const burst = effective.burst ?? effective.limit;
    const interval = effective.windowSeconds * 1000 / effective.limit;
    return burst === 0
      ? 'Its burst is 0, so none ever fits.'
      : `The next one is free in ${duration(Math.max(0, resetAfterMillis - (burst - 1) * interval))}.`;
  }
  return `There is room again in ${duration(resetAfterMillis)} at the latest.`;
}

function remaining({limit, remaining}, effective) {
  const whole = Math.max(effective?.burst ?? limit, remaining);
  return gauge('Remaining units', remaining, whole, `${number(remaining)} of ${number(whole)}`);
}

function overrideText(override) {
  if (override === undefined) {
    return 'cannot be shown: this browser has no digests over plain HTTP';
  }
  if (override === null) {
    return 'none';
  }
  return [
    override.policy ? ['the limit of ', name(override.policy)] : describeLimit(override),
    override.label && [', ', name(override.label)],
    override.expiresAt && [', ends ', time(override.expiresAt)],
  ].flat().filter(Boolean);
}
