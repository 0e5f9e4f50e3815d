// SPDX-License-Identifier: Apache-2.0
import {actionButton, announce, confirmed, form} from '../../forms.js';
import {element, name, notice, table} from '../../html.js';
import {Region} from '../../region.js';
import {overrides} from './overrides.js';
import {Pager} from './pager.js';
import {NAME_PATTERN, describeLimit, policyMembers, policyPath, quotaFields, whenDownOptions} from './quota.js';

const IN_FORCE = 'In force everywhere within 10 seconds.';

/** Lists the policies, stores and deletes them, and shows the overrides of one. */
export function policies({api, signal, policyNames}) {
  const saved = new Region('Stored policy');
  const overridesOf = overrides({api, signal, policyNames});
  let edited;

  const put = (policy, members) => api.put(policyPath(policy), members, {signal});
  const find = policy => api.get(policyPath(policy), {signal});

  const setShadow = (policy, shadow) => actionButton(shadow ? 'Shadow on' : 'Shadow off', {
    question: [shadow ? 'Stop denying by ' : 'Deny by ', name(policy), '?'],
    explanation: shadow
      ? `In shadow it admits every request, and only reports what it would deny. ${IN_FORCE}`
      : `Requests over the limit are denied from then on. ${IN_FORCE}`,
  }, async () => {
    await put(policy, {...policyMembers(await find(policy)), shadow});
    announce(shadow ? 'The policy is in shadow.' : 'The policy denies.');
    await list.refresh();
  });

  const remove = policy => actionButton('Delete', {
    question: ['Delete the policy ', name(policy), '?'],
    explanation: 'Its overrides are deleted with it. Checks that name it are then rejected, unless the settings declare a policy of this name.',
  }, async () => {
    await api.delete(policyPath(policy), undefined, {signal});
    announce('The policy was deleted.');
    overridesOf.closeIf(policy);
    await list.refresh();
  });

  const edit = policy => actionButton('Edit', null, async () => {
    store.fill({name: policy, ...policyMembers(await find(policy))});
    edited = policy;
    store.elements.limit.focus();
  });

  const actions = ({name: policy, source, shadow, unlimited}) => element('div', {class: 'buttons'},
    source === 'stored' && [edit(policy), unlimited ? null : setShadow(policy, !shadow)],
    actionButton('Overrides', null, () => overridesOf.open(policy)),
    source === 'stored' && remove(policy));

  const list = new Pager('Policies',
    after => api.get(`/v1/rate-limits/policies${after === undefined ? '' : `?after=${encodeURIComponent(after)}`}`, {signal}),
    page => [table('Policies by name', [
      ['Name', policy => name(policy.name)],
      ['Limit', describeLimit],
      ['Denies', ({shadow, unlimited}) => unlimited ? 'no' : shadow ? 'no: in shadow' : 'yes'],
      ['While Redis is down', ({whenDown}) => whenDown],
      ['Source', ({source}) => source === 'declared' ? 'declared, read-only' : source],
      ['Actions', actions],
    ], page.policies, 'There is no policy. Store one below, or declare policies by the setting GATEHOUSE_POLICIES.'),
    page.policies.some(({source}) => source === 'declared') && element('p', {class: 'empty'},
      'Declared policies are those of the setting ', element('code', {}, 'GATEHOUSE_POLICIES'), ' of the functions. Change them there.')]);

  const store = form('Store a policy', [
    {name: 'name', label: 'Name', required: true, pattern: NAME_PATTERN, title: '1 to 64 characters of A-Z a-z 0-9 . _ -'},
    ...quotaFields('gcra, the default'),
    {name: 'whenDown', label: 'While Redis is down', type: 'select', options: whenDownOptions('as the server is set')},
    {name: 'shadow', label: 'In shadow', type: 'checkbox', hint: 'Never deny, and only report what would be denied.'},
    {name: 'unlimited', label: 'Unlimited', type: 'checkbox', hint: 'Admit everything.'},
  ], 'Store', async ({name: policy, ...members}) => {
    if (policy !== edited && await isStored(policy) && !await replaces(policy)) {
      return;
    }
    if (await saved.run(() => put(policy, members), answer =>
      notice('success', name(answer.name), ` is stored: ${describeLimit(answer)}. ${IN_FORCE}`))) {
      edited = policy;
      await list.refresh();
    }
  });

  /** Returns whether there is such a policy. If that cannot be read, storing reports why. */
  const isStored = policy => find(policy).then(({source}) => source === 'stored', () => false);
  const replaces = policy => confirmed(['Replace the policy ', name(policy), '?'],
    `A policy of this name is stored. Its overrides and what was used stay. ${IN_FORCE}`, 'Replace');

  list.open();
  return [
    element('h2', {}, 'Policies'),
    element('div', {class: 'buttons'}, actionButton('Read again', null, () => list.refresh())),
    list.element,
    overridesOf.element,
    store,
    saved.element,
  ];
}
