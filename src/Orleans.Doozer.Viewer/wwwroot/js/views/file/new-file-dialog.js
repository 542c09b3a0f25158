// @ts-check
// Creating a file: only where there is none.

import { openDialog } from '../../lib/dialog.js';
import { fill, h } from '../../lib/dom.js';
import { isPath } from '../../lib/paths.js';
import { visible } from '../../lib/visible.js';
import { Writer } from '../../model/writer.js';

/** @typedef {import('../../main.js').App} App */

/** @param {App} app @param {string} start what the path begins with @param {(path: string) => void} done */
export function openNewFile(app, start, done) {
    const writer = new Writer(app.http);
    const path = h('input', { type: 'text', class: 'text-field code', value: start, spellcheck: 'false', autocomplete: 'off', required: true, 'data-testid': 'new-path' });
    const value = h('textarea', { class: 'editor-field code', rows: 8, spellcheck: 'false', 'data-testid': 'new-value' });
    const note = h('div', { role: 'alert' });
    const form = h('form', { class: 'dialog-form', on: { submit: (/** @type {Event} */ event) => void save(event) } },
        h('label', {}, 'Path', path), h('label', {}, 'Value', value), note,
        h('div', { class: 'editor-bar' }, h('button', { type: 'submit', class: 'button primary', 'data-testid': 'create' }, 'Create'),
            h('button', { type: 'button', class: 'button', on: { click: () => dialog.close() } }, 'Cancel')));
    const dialog = openDialog('New file', form);
    path.setSelectionRange(start.length, start.length);

    /** @param {Event} event */
    async function save(event) {
        event.preventDefault();
        const problem = describe(path.value);
        if (problem) {
            say(problem);
            return;
        }
        const outcome = await writer.set(path.value, 0, { encoding: 'text', value: value.value });
        if (outcome.kind === 'done') {
            app.announcer.say(`Created in revision ${outcome.revision}`);
            dialog.close();
            done(path.value);
        } else if (outcome.kind === 'conflict') {
            say(outcome.current ? 'This file exists already; nothing was changed. Cancel and open it to edit it.' : outcome.message);
        } else {
            say(outcome.kind === 'unknown' ? `${outcome.message}. It may have been created or not.` : outcome.message);
        }
    }

    /** @param {string} text */
    function say(text) {
        fill(note, h('p', { class: 'notice warning', 'data-testid': 'new-note' }, visible(text)));
    }
}

/** @param {string} path */
function describe(path) {
    if (!path.startsWith('/')) {
        return 'A path begins with "/".';
    }
    return path !== '/' && isPath(path) ? '' : 'Names are made of ASCII letters, digits and . - _ : @ + = , ~ % and are separated by single slashes.';
}
