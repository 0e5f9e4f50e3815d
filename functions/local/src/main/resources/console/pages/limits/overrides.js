// SPDX-License-Identifier: Apache-2.0
import {actionButton, announce, confirmed, form} from '../../forms.js';
import {element, name, notice, table, time} from '../../html.js';
import {Region} from '../../region.js';
import {Pager} from './pager.js';
import {describeLimit, policyMembers, policyPath, quotaFields, whenDownOptions} from './quota.js';

const OWN = 'A limit of its own';
const IN_FORCE = 'In force everywhere within 10 seconds.';
const REMOVED = `The policy applies to the subject as it is. ${IN_FORCE}`;
const FLAGS = {true: true, false: false};

/** Shows the overrides of a policy, stores and removes them. Hidden until a policy is opened. */
export function overrides({api, signal, policyNames}) {
  let policy;
  const heading = element('h2', {tabindex: -1});
  const saved = new Region('Stored override');
  const path = () => overridesPath(policy);

  const load = async after => {
    const listed = policy;
    return {...await api.post(`${overridesPath(listed)}/list`, {after}, {signal}), policy: listed};
  };

  const list = new Pager('Overrides', load, page => table(
    'Overrides by the tag of their subject', [
      ['Subject', ({subjectTag}) => element('code', {}, subjectTag)],
      ['Limit', override => override.policy ? ['that of ', name(override.policy)] : describeLimit(override)],
      ['Label', ({label}) => label ? name(label) : '–'],
      ['Ends', ({expiresAt}) => expiresAt ? time(expiresAt) : 'never'],
      ['Actions', override => element('div', {class: 'buttons'}, actionButton('Edit', null, async () => edit(override)), remove(page.policy, override))],
    ], page.overrides, 'This policy has no override: it applies to every subject as it is.'));

  const edit = override => {
    const members = override.policy ? policyMembers({}) : policyMembers(override);
    const {shadow, unlimited, ...quota} = members;
    store.fill({
      ...quota, policy: override.policy, label: override.label, shadow: shadow?.toString(), unlimited: unlimited?.toString(),
      expiresInSeconds: override.expiresAt && Math.max(1, Math.round((Date.parse(override.expiresAt) - Date.now()) / 1000)),
    });
    store.elements.subject.focus();
    announce('Give the subject again: only its tag is stored.');
  };

  const store = form('Store an override', [
    {name: 'subject', label: 'Subject', required: true, hint: 'Only its tag is stored. It replaces an earlier override of the subject.'},
    {name: 'policy', label: 'Policy in its place', suggestions: policyNames, hint: 'Empty for a limit of its own.'},
    {name: 'expiresInSeconds', label: 'Ends in, seconds', type: 'number', min: 1, hint: 'Empty if it stays until it is removed.'},
    {name: 'label', label: 'Label', maxlength: 100, hint: 'A note that others can read: no secret, and nothing personal.'},
    ...quotaFields('as in the policy', OWN),
    {name: 'whenDown', label: 'While Redis is down', type: 'select', group: OWN, options: whenDownOptions('as in the policy')},
    {name: 'shadow', label: 'In shadow', type: 'select', group: OWN, options: flags('as in the policy')},
    {name: 'unlimited', label: 'Unlimited', type: 'select', group: OWN, options: flags('as in the policy')},
  ], 'Store', async ({shadow, unlimited, ...override}) => {
    const body = {...override, shadow: FLAGS[shadow], unlimited: FLAGS[unlimited]};
    if (await saved.run(() => api.put(path(), body, {signal}), ({subject, subjectTag}) =>
      notice('success', 'The override for ', name(subject), ' is stored under ', element('code', {}, subjectTag), `. ${IN_FORCE}`))) {
      await list.refresh();
    }
  });

  const remove = (listed, {subjectTag}) => actionButton('Remove', {
    question: ['Remove the override of ', element('code', {}, subjectTag), ' of the policy ', name(listed), '?'],
    explanation: REMOVED,
  }, async () => {
    await api.delete(overridesPath(listed), {subjectTag}, {signal});
    announce('The override was removed.');
    await list.refresh();
  });

  const removal = form('Remove an override', [
    {name: 'subject', label: 'Subject', required: true, hint: 'For a subject whose tag you do not have.'},
  ], 'Remove by subject', async ({subject}) => {
    if (await confirmed(['Remove the override of ', name(subject), '?'], REMOVED, 'Remove by subject')
      && await saved.run(() => api.delete(path(), {subject}, {signal}), () => notice('success', name(subject), ' has no override of this policy.'))) {
      await list.refresh();
    }
  });

  const section = element('section', {class: 'card', 'aria-label': 'Overrides of a policy', hidden: true},
    heading, list.element, store, removal, saved.element,
    element('div', {class: 'buttons'}, actionButton('Close', null, async () => close())));

  function close() {
    section.hidden = true;
    list.clear();
    saved.clear();
  }

  return {
    element: section,
    /** Shows the overrides of a policy. */
    async open(opened) {
      policy = opened;
      heading.replaceChildren('Overrides of ', name(policy));
      section.hidden = false;
      saved.clear();
      heading.focus();
      await list.open();
    },
    /** Closes them if they are those of this policy. */
    closeIf(removed) {
      if (policy === removed) {
        close();
      }
    },
  };
}

const overridesPath = policy => `${policyPath(policy)}/overrides`;

const flags = otherwise => [['', otherwise], ['true', 'yes'], ['false', 'no']];
