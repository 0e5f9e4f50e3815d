// SPDX-License-Identifier: Apache-2.0
import {element} from './html.js';
import {Problem} from './api.js';
import {parseExactly} from './json.js';
import {problem} from './region.js';

let fields = 0;

/**
 * Creates a form. While it is sent, it is not sent again. A problem that names fields is shown at them, and any other below the
 * fields, unless a Region shows it.
 *
 * @param {string} title
 * @param {object[]} inputs {name, label, type, value, required, hint, options, suggestions, wide, group, pattern, min, max, rows}; type
 *     is that of an input, or textarea, select, checkbox, json (a text that is parsed) or words (separated by spaces); suggestions
 *     is a promise of texts that are offered; wide takes a row. Inputs with the same group are folded under that text; they must
 *     not be required
 * @param {string} action the text of the button
 * @param {function(object): Promise} submit receives the values by name: numbers of number inputs, booleans of checkboxes,
 *     arrays of words, undefined for what was left empty
 */
export function form(title, inputs, action, submit) {
  const button = element('button', {class: 'primary'}, action);
  const failed = element('div', {});
  const controls = new Map(inputs.map(input => [input.name, control(input)]));
  const created = element('form', {
    'aria-label': title,
    onsubmit: async event => {
      event.preventDefault();
      if (isBusy(button)) {
        return;
      }
      clearErrors(controls);
      failed.replaceChildren();
      setBusy(button, true);
      try {
        await submit(values(inputs, controls));
      } catch (failure) {
        if (!(failure instanceof Problem)) {
          throw failure;
        }
        if (!showErrors(controls, failure) && !failure.shown) {
          failed.append(problem(failure));
        }
      } finally {
        setBusy(button, false);
      }
    },
  }, element('h2', {}, title), groups(inputs, controls), failed, button);
  created.fill = content => {
    for (const [name, value] of Object.entries(content)) {
      const {input} = controls.get(name);
      if (input.type === 'checkbox') {
        input.checked = Boolean(value);
      } else {
        input.value = value ?? '';
      }
    }
    for (const group of created.querySelectorAll('details')) {
      group.open = [...group.querySelectorAll('input, select, textarea')]
        .some(({type, checked, value}) => type === 'checkbox' ? checked : value !== '');
    }
  };
  return created;
}

/** Returns the fields, with those of each group folded under its text. */
function groups(inputs, controls) {
  const fields = group => element('div', {class: 'fields'},
    inputs.filter(input => input.group === group).map(({name}) => controls.get(name).label));
  return [...new Set(inputs.map(({group}) => group))].map(group =>
    group === undefined ? fields(group) : element('details', {}, element('summary', {}, group), fields(group)));
}

const isBusy = button => button.hasAttribute('aria-disabled');

/** Marks a button whose action runs. It keeps the focus, which a disabled one would lose. */
function setBusy(button, busy) {
  if (busy) {
    button.setAttribute('aria-disabled', 'true');
  } else {
    button.removeAttribute('aria-disabled');
  }
}

function control({name, label, type = 'text', value, required, hint, options, suggestions, group, wide = false, ...attributes}) {
  const id = `field-${++fields}`;
  const offered = suggestions && element('datalist', {id: `${id}-offered`});
  suggestions?.then(texts => offered.append(...texts.map(text => element('option', {value: text}))));
  const described = {
    id, name, required, list: offered?.id, 'aria-describedby': `${id}-note`, autocomplete: 'off', spellcheck: 'false', ...attributes,
  };
  const long = type === 'textarea' || type === 'json';
  const input = type === 'select'
    ? element('select', described, options.map(([key, text]) => element('option', {value: key, selected: key === value}, text)))
    : long
      ? element('textarea', described, value ?? '')
      : element('input', {
        ...described, type: type === 'words' ? 'text' : type, value: type === 'checkbox' ? null : value, checked: type === 'checkbox' && value,
      });
  const note = element('small', {id: `${id}-note`}, hint ?? '');
  return {input, note, hint, label: element('label', {class: wide || long ? 'wide' : type}, element('span', {}, label), input, offered, note)};
}

function values(inputs, controls) {
  return Object.fromEntries(inputs.map(({name, type}) => {
    const {input} = controls.get(name);
    if (type === 'checkbox') {
      return [name, input.checked];
    }
    return [name, typed(name, type, type === 'words' || type === 'json' ? input.value.trim() : input.value)];
  }));
}

function typed(name, type, text) {
  if (text === '') {
    return undefined;
  }
  switch (type) {
    case 'number':
      return Number(text);
    case 'words':
      return text.split(/\s+/u);
    case 'json':
      try {
        return parseExactly(text);
      } catch (failure) {
        throw new Problem(400, {errors: [{field: name, message: `must be JSON. ${failure.message}`}]});
      }
    default:
      return text;
  }
}

function clearErrors(controls) {
  for (const {input, note, hint} of controls.values()) {
    input.removeAttribute('aria-invalid');
    note.textContent = hint ?? '';
  }
}

/** Shows each error at the field that the path names last, such as limits[0].windowSeconds or scopes[3]. Returns whether there is one. */
function showErrors(controls, {body}) {
  const known = (body.errors ?? [])
    .map(({field, message}) => [controls.get(field.split('.').at(-1).replace(/\[.*/u, '')), message])
    .filter(([control]) => control);
  for (const [{input, note}, message] of known) {
    input.setAttribute('aria-invalid', 'true');
    input.closest('details')?.setAttribute('open', '');
    note.textContent = message;
  }
  known[0]?.[0].input.focus();
  return known.length > 0;
}

/**
 * Asks once before a destructive action. Leaving the page ends the question.
 *
 * @param {string|(string|Node)[]} question
 * @returns {Promise<boolean>} whether the person agreed
 */
export function confirmed(question, explanation, action) {
  return new Promise(resolve => {
    const end = () => dialog.close('');
    const cancel = element('button', {type: 'button', autofocus: true, onclick: end}, 'Cancel');
    const dialog = element('dialog', {
      'aria-labelledby': 'question',
      onclose: () => {
        removeEventListener('hashchange', end);
        dialog.remove();
        resolve(dialog.returnValue === 'confirmed');
      },
    },
    element('h2', {id: 'question'}, question),
    element('p', {}, explanation),
    element('div', {class: 'buttons'},
      cancel, element('button', {type: 'button', class: 'danger', onclick: () => dialog.close('confirmed')}, action)));
    addEventListener('hashchange', end);
    document.body.append(dialog);
    dialog.showModal();
  });
}

const SHORT = 6_000;

/** The time to read why an action failed. */
const LONG = 30_000;

const MESSAGES = 4;

/** Shows a message to people and screen readers, for a few seconds. It replaces the oldest of four. */
export function announce(text, millis = SHORT) {
  const message = element('p', {}, text);
  const messages = document.getElementById('messages');
  messages.append(message);
  if (messages.childElementCount > MESSAGES) {
    messages.firstElementChild.remove();
  }
  setTimeout(() => message.remove(), millis);
}

/**
 * Creates a button that asks first if `question` is given, does nothing while its action runs, and shows a failure as a message.
 *
 * @param {{question: string|(string|Node)[], explanation: string}|null} ask see {@link confirmed}
 * @param {function(): Promise} action
 */
export function actionButton(text, ask, action) {
  const button = element('button', {
    type: 'button',
    class: ask ? 'danger' : null,
    onclick: async () => {
      if (isBusy(button)) {
        return;
      }
      setBusy(button, true);
      try {
        if (!ask || await confirmed(ask.question, ask.explanation, text)) {
          await action();
        }
      } catch (failure) {
        if (failure.name !== 'AbortError') {
          announce(failure.message, LONG);
        }
      } finally {
        setBusy(button, false);
      }
    },
  }, text);
  return button;
}
