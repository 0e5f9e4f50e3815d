// SPDX-License-Identifier: Apache-2.0
/**
 * Creates an element. Children are nodes, or texts that are never read as HTML; null and false are left out.
 *
 * @param {string} tag
 * @param {object} properties attributes; functions named on… are listeners; null, undefined and false are left out
 */
export function element(tag, properties = {}, ...children) {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') {
      created.addEventListener(name.slice(2), value);
    } else if (value === true) {
      created.setAttribute(name, '');
    } else if (value !== null && value !== undefined && value !== false) {
      created.setAttribute(name, value);
    }
  }
  created.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return created;
}

/** Shows a name of unknown script in a direction of its own, so that it does not turn the text around it. */
export const name = text => element('bdi', {class: 'name'}, String(text));

/** Shows a text as it is, in a place that scrolls. */
export const code = (text, label) => element('pre', {tabindex: 0, role: 'region', 'aria-label': label}, text);

/** Shows a value as indented JSON. */
export const json = (value, label) => code(JSON.stringify(value, null, 2), label);

/** Shows a part of a whole as a bar, with the numbers beside it. */
export const gauge = (label, value, whole, text) => element('div', {class: 'gauge'},
  element('meter', {'aria-label': label, min: 0, max: whole, value}), element('span', {}, text));

/** Shows terms and their values. Values are nodes or texts; rows with null are left out. */
export const facts = rows => element('dl', {}, rows
  .filter(([, value]) => value !== null && value !== undefined)
  .map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))));

/**
 * Shows rows in a table that scrolls by itself on a narrow screen, or {@code empty} if there are none.
 *
 * @param {string} caption
 * @param {[string, function][]} columns the heading and the function that makes a cell of a row
 */
export function table(caption, columns, rows, empty) {
  if (rows.length === 0) {
    return element('p', {class: 'empty'}, empty);
  }
  return element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption},
    element('table', {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, columns.map(([heading]) => element('th', {scope: 'col'}, heading)))),
      element('tbody', {}, rows.map(row => element('tr', {}, columns.map(([, cell]) => element('td', {}, cell(row))))))));
}

/**
 * Shows a notice.
 *
 * @param {'info'|'success'|'warning'|'degraded'|'failure'} kind degraded is for answers that were made without Redis
 */
export const notice = (kind, ...content) =>
  element('div', {class: `notice ${kind}`, role: kind === 'failure' ? 'alert' : null}, content);

const RELATIVE = new Intl.RelativeTimeFormat('en', {numeric: 'auto'});
const UNITS = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000], ['second', 1_000]];

/** Shows an ISO instant relative to now, with the instant itself as the tooltip; "–" for null. */
export function time(instant) {
  if (!instant) {
    return '–';
  }
  const millis = Date.parse(instant) - Date.now();
  const [unit, length] = UNITS.find(([, length]) => Math.abs(millis) >= length) ?? UNITS.at(-1);
  return element('time', {datetime: instant, title: instant}, RELATIVE.format(Math.round(millis / length), unit));
}

/** Shows the local time of an ISO instant, to the second, with the instant itself as the tooltip. */
export const clock = instant => element('time', {datetime: instant, title: instant}, new Date(instant).toLocaleTimeString());

const NUMBER = new Intl.NumberFormat('en');

/** Formats a number with separators; "–" for null. */
export const number = value => value === null || value === undefined ? '–' : NUMBER.format(value);

/** Formats a duration given in milliseconds, such as 1.5 s; "–" for null. */
export function duration(millis) {
  if (millis === null || millis === undefined) {
    return '–';
  }
  const [unit, length] = [['d', 86_400_000], ['h', 3_600_000], ['min', 60_000], ['s', 1_000], ['ms', 1]]
    .find(([, length]) => Math.abs(millis) >= length) ?? ['ms', 1];
  return `${NUMBER.format(Math.round(millis / length * 10) / 10)} ${unit}`;
}

/** Formats a number of bytes, such as 1.5 MiB; "–" for null. */
export function bytes(value) {
  if (value === null || value === undefined) {
    return '–';
  }
  const power = Math.min(4, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return `${NUMBER.format(Math.round(value / 2 ** (10 * power) * 10) / 10)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}
