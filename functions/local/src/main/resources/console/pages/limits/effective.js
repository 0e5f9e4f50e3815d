// SPDX-License-Identifier: Apache-2.0
import {Problem} from '../../api.js';
import {policyPath} from './quota.js';

/** The characters of a tag in the order in which the API lists tags. */
const TAG_CHARACTERS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';

/**
 * Reads the limit that a policy has for a subject.
 *
 * @returns {Promise<{policy: object, override: object|null|undefined, limit: object}|null>} the policy; its override for the
 *     subject, null if there is none and undefined if the browser cannot say; and the limit that applies. Null if the key may
 *     not read policies, or they are unavailable
 */
export async function effectiveLimit(api, name, subject, signal) {
  try {
    const [policy, override] = await Promise.all([
      api.get(policyPath(name), {signal}),
      findOverride(api, name, subject, signal),
    ]);
    return {policy, override, limit: override ? await replacement(api, policy, override, signal) : policy};
  } catch (failure) {
    if (failure instanceof Problem) {
      return null;
    }
    throw failure;
  }
}

/** Returns the override of a subject, whose name is not stored: the list has the tags of subjects. */
async function findOverride(api, name, subject, signal) {
  const tag = await tagOf(subject);
  if (tag === undefined) {
    return undefined;
  }
  const {overrides} = await api.post(`${policyPath(name)}/overrides/list`, {after: before(tag)}, {signal});
  return overrides[0]?.subjectTag === tag ? overrides[0] : null;
}

/** Returns the limit of an override. One by a policy that does not exist has no effect. */
async function replacement(api, policy, override, signal) {
  if (!override.policy) {
    return override;
  }
  try {
    return await api.get(policyPath(override.policy), {signal});
  } catch (failure) {
    if (failure.status === 404) {
      return policy;
    }
    throw failure;
  }
}

/** Returns the tag of a subject; undefined if the browser has no digests, which it lacks over plain HTTP from another host. */
async function tagOf(subject) {
  if (!globalThis.crypto?.subtle) {
    return undefined;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(subject)));
  return btoa(String.fromCharCode(...digest.subarray(0, 9))).replaceAll('+', '-').replaceAll('/', '_');
}

/** Returns the last tag before this one; undefined if it is the first. */
function before(tag) {
  const end = tag.search(/-*$/u);
  if (end === 0) {
    return undefined;
  }
  const character = TAG_CHARACTERS[TAG_CHARACTERS.indexOf(tag[end - 1]) - 1];
  return tag.slice(0, end - 1) + character + 'z'.repeat(tag.length - end);
}
