// @ts-check
// Changing a file. What is saved goes through compare-and-set on the revision that was opened; if somebody else was faster, both
// texts are shown and a person decides.

import { toBase64, toText } from '../../lib/bytes.js';
import { fill, h, set } from '../../lib/dom.js';
import { bytes, integer } from '../../lib/format.js';
import { countHidden, visible } from '../../lib/visible.js';
import { Writer } from '../../model/writer.js';
import { createConflictView } from './conflict-view.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../types.js').FileAnswer} FileAnswer
 * @typedef {import('../../model/writer.js').Outcome} Outcome
 */

/** A text field lays out every character: what is larger, or has longer lines, is replaced by a file instead. */
const MAX_TEXT = 256 * 1024;
const MAX_LINE = 10_000;

export class Editor {
    /** The revision that a save expects. */
    #revision;
    #noted = '';
    notes = h('div', { class: 'value-notes', role: 'status' });
    field = h('textarea', { class: 'editor-field code', spellcheck: 'false', 'aria-label': 'New value', 'data-testid': 'editor', dir: 'ltr' });
    file = h('input', { type: 'file', 'aria-label': 'Replace the value by a file', on: { change: () => void this.#saveFile() } });
    saveButton = h('button', { type: 'button', class: 'button primary', 'data-testid': 'save', on: { click: () => void this.#saveText() } }, 'Save');
    base = h('span', { class: 'quiet' });
    conflict = h('div', { class: 'conflict-slot' });
    form = h('div', { class: 'editor-form' }, this.notes, this.field, h('div', { class: 'editor-bar' }, this.saveButton,
        h('button', { type: 'button', class: 'button', on: { click: () => this.done() } }, 'Cancel'), this.base, h('span', { class: 'spacer' }),
        h('label', { class: 'file-label' }, 'Replace by a file: ', this.file)));
    element = h('div', { class: 'editor' }, this.conflict, this.form);

    /**
     * @param {App} app
     * @param {FileAnswer} file
     * @param {string | null} text null: it cannot be edited as text
     * @param {() => void} done
     */
    constructor(app, file, text, done) {
        this.app = app;
        this.path = file.path;
        this.done = done;
        this.writer = new Writer(app.http);
        this.#revision = file.revision;
        // A text field knows "\n" only; a value that had "\r\n" throughout gets it back.
        this.windows = text !== null && /\r\n/.test(text) && !/[^\r]\n|^\n|\r(?!\n)/.test(text);
        this.#fillIn(text);
    }

    /** @param {App} app @param {FileAnswer} file @param {() => void} done */
    static async open(app, file, done) {
        const text = file.truncated ? toText(await app.http.raw(file.path, file.revision)) : file.encoding === 'text' ? file.value : null;
        const fits = text !== null && text.length <= MAX_TEXT && !text.split('\n').some((line) => line.length > MAX_LINE);
        return new Editor(app, file, fits ? text : null, done);
    }

    /** @param {string | null} text */
    #fillIn(text) {
        this.field.value = text ?? '';
        this.field.hidden = this.saveButton.hidden = text === null;
        this.#drawBase();
        this.#note(text === null ? 'This value is binary, or too large to be edited here. It can be replaced by a file.' : describe(text, this.windows));
    }

    focus() {
        (this.field.hidden ? this.file : this.field).focus();
    }

    /** What the store says meanwhile. @param {FileAnswer | null} file @param {boolean} gone */
    seen(file, gone) {
        if (this.conflict.firstChild || (file === null && !gone) || (file && file.revision <= this.#revision)) {
            return;
        }
        this.#note(gone ? 'Somebody deleted this file meanwhile. Saving will show you.'
            : `Somebody else changed this file meanwhile (revision ${integer(file?.revision)}). Saving will show both.`);
    }

    async #saveText() {
        const text = this.windows ? this.field.value.replaceAll('\n', '\r\n') : this.field.value;
        await this.#save({ encoding: 'text', value: text }, text);
    }

    async #saveFile() {
        const chosen = this.file.files?.[0];
        const limit = this.app.session.current.value?.maxValueBytes ?? Infinity;
        if (!chosen) {
            return;
        }
        if (chosen.size > limit) {
            this.#note(`The file has ${bytes(chosen.size)}; a value may have ${bytes(limit)}.`);
            return;
        }
        const content = new Uint8Array(await chosen.arrayBuffer());
        await this.#save({ encoding: 'base64', value: toBase64(content) }, toText(content) ?? '');
    }

    /** @param {{ encoding: 'text' | 'base64', value: string }} value @param {string} mine as text, for a comparison */
    async #save(value, mine) {
        this.saveButton.disabled = true;
        const outcome = await this.writer.set(this.path, this.#revision, value);
        this.saveButton.disabled = false;
        this.file.value = '';
        this.#settle(outcome, value, mine);
    }

    /** @param {Outcome} outcome @param {{ encoding: 'text' | 'base64', value: string }} value @param {string} mine */
    #settle(outcome, value, mine) {
        if (outcome.kind === 'done') {
            this.app.announcer.say(`Saved as revision ${outcome.revision}`);
            this.done();
        } else if (outcome.kind === 'conflict') {
            this.#showConflict(outcome, value, mine);
        } else if (outcome.kind === 'unknown') {
            this.#note(`${outcome.message}. The change may have been made or not: cancel to see the file as it is.`);
        } else {
            this.#note(outcome.message);
        }
    }

    /** @param {Extract<Outcome, { kind: 'conflict' }>} outcome @param {{ encoding: 'text' | 'base64', value: string }} value @param {string} mine */
    #showConflict(outcome, value, mine) {
        if (outcome.directory) {
            this.#note(outcome.message);
            return;
        }
        const { current } = outcome;
        this.form.hidden = true;
        const leave = () => {
            fill(this.conflict);
            this.form.hidden = false;
        };
        fill(this.conflict, createConflictView(this.path, mine, current, {
            takeTheirs: () => this.done(),
            keepEditing: () => {
                leave();
                this.#note('Your text is unchanged, and so is the file. Saving will ask again.');
                this.focus();
            },
            useMine: () => {
                leave();
                this.#revision = current?.revision ?? 0;
                this.#drawBase();
                void this.#save(value, mine);
            },
        }));
        this.app.announcer.say('Not saved: the file was changed by somebody else');
    }

    #drawBase() {
        fill(this.base, this.#revision === 0 ? 'saved only if the file does not exist' : `saved only if the file is still at revision ${integer(this.#revision)}`);
    }

    /** @param {string} text */
    #note(text) {
        if (text === this.#noted) {
            return;
        }
        this.#noted = text;
        fill(this.notes, text === '' ? null : h('p', { class: 'notice', 'data-testid': 'editor-note' }, visible(text)));
        set(this.notes, 'hidden', text === '');
    }
}

/** What a person should know of a text before changing it. @param {string} text @param {boolean} windows */
function describe(text, windows) {
    const mixed = !windows && text.includes('\r') ? 'The line ends of this value are mixed; saving makes all of them "\\n". ' : '';
    const hidden = countHidden(text.replaceAll('\r', ''));
    return mixed + (hidden > 0 ? `${hidden} characters of this value cannot be seen here; the view of the value marks them.` : '');
}
