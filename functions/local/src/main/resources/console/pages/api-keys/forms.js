// SPDX-License-Identifier: Apache-2.0
import {confirmed, form} from '../../forms.js';
import {name} from '../../html.js';

const DAY = 86_400;
const YEARS = 3650;

const SCOPES = {name: 'scopes', label: 'Scopes', type: 'words', hint: 'Separated by spaces, such as exports:read.'};
const ATTRIBUTES = {name: 'attributes', label: 'Attributes', type: 'json', rows: 3, hint: 'A JSON object, returned with each verification.'};

/** @param {function(object): Promise} issue receives the request */
export const issueForm = issue => form('Issue a key', [
  {name: 'ownerId', label: 'Owner id', required: true, hint: 'The customer, project or service that calls.'},
  {name: 'name', label: 'Name', hint: 'For people, such as nightly export.'},
  {name: 'prefix', label: 'Prefix', pattern: '[a-z][a-z0-9_]{0,15}', hint: 'The beginning of the text of the key; gk if empty.'},
  SCOPES,
  days('Empty: until it is revoked.'),
  ATTRIBUTES,
], 'Issue', ({expiresInSeconds, ...request}) => issue({...request, expiresInSeconds: seconds(expiresInSeconds)}));

/** @param {function(object): Promise} change receives the patch. It has only what differs from the shown key, so that it undoes no other change */
export function changeForm(key, change) {
  const created = form('Change the key', [
    {name: 'name', label: 'Name'},
    SCOPES,
    days('From now on. Empty: the end stays as it is.'),
    {name: 'endless', label: 'Lives until it is revoked', type: 'checkbox', value: key.expiresAt === null},
    ATTRIBUTES,
  ], 'Change', ({name = null, scopes = [], attributes = null, expiresInSeconds, endless}) => change({
    name: changed(key.name, name),
    scopes: changed(key.scopes, scopes),
    attributes: changed(key.attributes, attributes),
    expiresInSeconds: expiresInSeconds === undefined && endless && key.expiresAt !== null ? null : seconds(expiresInSeconds),
  }));
  created.fill({name: key.name, scopes: key.scopes.join(' '), attributes: JSON.stringify(key.attributes, null, 2)});
  return created;
}

/** @param {function(number): Promise} rotate receives the grace period in seconds */
export const rotateForm = (key, rotate) => form('Rotate the key', [{
  name: 'graceSeconds', label: 'The old key stays valid for (seconds)', type: 'number', required: true, value: DAY, min: 0, max: 365 * DAY,
  hint: 'The new key has the same owner, scopes and attributes. 0 ends the old one at once.',
}], 'Rotate', async ({graceSeconds}) => {
  if (await confirmed(['Rotate the key ', name(key.name ?? key.id), ' of ', name(key.ownerId), '?'],
    graceSeconds === 0
      ? 'The programs that use the old key are refused from now on.'
      : 'The programs that use the old key must have the new one by the end of the grace period.', 'Rotate')) {
    await rotate(graceSeconds);
  }
});

function days(hint) {
  return {name: 'expiresInSeconds', label: 'Lives for (days)', type: 'number', min: 1, max: YEARS, hint};
}

const changed = (shown, typed) => JSON.stringify(shown) === JSON.stringify(typed) ? undefined : typed;

const seconds = count => count === undefined ? undefined : count * DAY;
