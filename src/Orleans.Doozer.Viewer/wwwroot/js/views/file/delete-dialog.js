// @ts-check
// Deleting a file: only the version that was seen.

import { openDialog } from '../../lib/dialog.js';
import { fill, h } from '../../lib/dom.js';
import { integer } from '../../lib/format.js';
import { visible } from '../../lib/visible.js';
import { Writer } from '../../model/writer.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../types.js').FileAnswer} FileAnswer
 */

/** @param {App} app @param {FileAnswer} file @param {() => void} done */
export function confirmDelete(app, file, done) {
    const writer = new Writer(app.http);
    let { revision } = file;
    const note = h('div', { role: 'alert' });
    const button = h('button', { type: 'button', class: 'button danger', 'data-testid': 'confirm-delete', on: { click: () => void remove() } }, 'Delete');
    const dialog = openDialog('Delete this file?', h('p', {}, h('code', { class: 'path' }, visible(file.path)), ` at revision ${integer(revision)}`), note,
        h('div', { class: 'editor-bar' }, button, h('button', { type: 'button', class: 'button', autofocus: true, on: { click: () => dialog.close() } }, 'Cancel')));

    async function remove() {
        button.disabled = true;
        const outcome = await writer.delete(file.path, revision);
        button.disabled = false;
        if (outcome.kind === 'done') {
            app.announcer.say(`Deleted in revision ${outcome.revision}`);
            dialog.close();
            done();
        } else if (outcome.kind === 'conflict' && outcome.current) {
            // The next click is about what is shown now.
            revision = outcome.current.revision;
            fill(note, h('p', { class: 'notice warning' }, `Not deleted: somebody changed it meanwhile. It is now at revision ${integer(revision)}: `,
                h('code', { class: 'excerpt' }, outcome.current.encoding === 'text' ? visible(outcome.current.value.slice(0, 300)) : 'a binary value')));
            fill(button, `Delete revision ${integer(revision)}`);
            done();
        } else {
            const text = outcome.kind === 'conflict' ? 'It is deleted already.'
                : outcome.kind === 'unknown' ? `${outcome.message}. It may have been deleted or not.` : outcome.message;
            fill(note, h('p', { class: 'notice warning' }, visible(text)));
            done();
        }
    }
}
