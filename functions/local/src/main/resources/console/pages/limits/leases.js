// SPDX-License-Identifier: Apache-2.0
import {actionButton, announce, form} from '../../forms.js';
import {element, gauge, name, notice, number, table, time} from '../../html.js';
import {Region} from '../../region.js';

const PATH = '/v1/rate-limits/leases';

/** Shows the leases of a subject, and ends those of holders that are stuck. */
export function leases({api, signal, policyNames}) {
  const usage = new Region('Leases');

  const look = selector => usage.run(() => api.post(`${PATH}/inspect`, selector, {signal}), answer => [
    element('div', {class: 'card'},
      summary(selector, answer),
      answer.limit !== undefined && gauge('Leases in use', answer.inUse, Math.max(answer.limit, answer.inUse),
        `${number(answer.inUse)} of ${number(answer.limit)} in use`),
      answer.inUse > 0 && table('Ends of the leases, the first 100', [
        ['Ends', end => time(end)],
        ['At', end => end],
      ], answer.ends, ''),
      answer.inUse > 0 && element('div', {class: 'buttons'}, reset(selector))),
  ]);

  const reset = selector => actionButton('End all leases', {
    question: ['End all leases of ', name(selector.name ?? selector.policy), ' for ', name(selector.subject), '?'],
    explanation: 'This stops no holder. One that still works finds out when it extends its lease; until then another may work at the same '
      + 'time. Fences keep growing, so a store that compares them rejects the writes of the earlier holder.',
  }, async () => {
    const {ended} = await api.post(`${PATH}/reset`, selector, {signal});
    announce(ended === 1 ? 'One lease was ended.' : `${number(ended)} leases were ended.`);
    await look(selector);
  });

  return [
    form('Look leases up', [
      {name: 'subject', label: 'Subject', required: true, hint: 'What the leases are for, such as a document that is locked.'},
      {name: 'name', label: 'Name of the leases', hint: 'Empty if a policy names them.'},
      {name: 'policy', label: 'Policy', suggestions: policyNames, hint: 'Shows the limit, too.'},
    ], 'Look up', look),
    usage.element,
  ];
}

function summary(selector, {inUse, limit, ends}) {
  const which = name(selector.name ?? selector.policy);
  const who = name(selector.subject);
  if (inUse === 0) {
    return notice('success', 'No lease of ', which, ' is live for ', who, ': the next request gets one.');
  }
  const count = inUse === 1 ? 'One lease' : `${number(inUse)} leases`;
  return limit === undefined || inUse < limit
    ? notice('info', `${count} of `, which, inUse === 1 ? ' is live for ' : ' are live for ', who, '.')
    : notice('warning', `${count} of `, which, inUse === 1 ? ' is live for ' : ' are live for ', who, ', so all are taken. ',
      ...(inUse === limit ? ['The next one is free ', time(ends[0]), ' if its holder does not extend it.'] : ['The limit was lowered since.']));
}
