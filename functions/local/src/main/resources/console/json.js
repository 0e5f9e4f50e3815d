// SPDX-License-Identifier: Apache-2.0
/**
 * Parses JSON and keeps numbers that a JavaScript number would change, such as 1.0 or those of 20 digits: JSON.stringify
 * writes them as they were. A browser without JSON.rawJSON rounds them; see {@link EXACT}.
 *
 * @throws {SyntaxError}
 */
export const parseExactly = text => JSON.parse(text, (_, value, context) =>
  typeof value === 'number' && EXACT && String(value) !== context.source ? JSON.rawJSON(context.source) : value);

/** Whether this browser can keep every number as it was written. */
export const EXACT = typeof JSON.rawJSON === 'function';
