// @ts-check
// A value as text, as JSON or as hex.

import { hexRow, toBytes, toText } from '../../lib/bytes.js';
import { fill, h, set } from '../../lib/dom.js';
import { bytes as size, plural } from '../../lib/format.js';
import { jsonParts, prettyJson } from '../../lib/json.js';
import { toLines } from '../../lib/lines.js';
import { countHidden, visible } from '../../lib/visible.js';
import { createLinesView } from './lines-view.js';

/**
 * @typedef {import('../../types.js').Value} Value
 * @typedef {import('../../lib/lines.js').Line} Line
 * @typedef {'text' | 'json' | 'hex'} Mode
 */

/** @type {[Mode, string][]} */
const MODES = [['text', 'Text'], ['json', 'JSON'], ['hex', 'Hex']];

export class ValueView {
    /** What the person chose; null: what suits the value. @type {Mode | null} */
    #chosen = null;
    /** @type {Value | null} */
    #value = null;
    /** @type {string | null} */
    #json = null;

    /** @param {() => Promise<Uint8Array>} loadAll the whole of a value of which only the beginning is here */
    constructor(loadAll) {
        this.loadAll = loadAll;
        this.buttons = MODES.map(([mode, name]) => h('button', {
            type: 'button', class: 'segment', 'aria-pressed': 'false', 'data-testid': `mode-${mode}`, on: { click: () => this.#choose(mode) },
        }, name));
        this.modes = h('div', { class: 'segments', role: 'group', 'aria-label': 'Show the value as' }, ...this.buttons);
        this.notes = h('div', { class: 'value-notes' });
        this.body = h('div', { class: 'value-body', 'data-testid': 'value' });
        this.element = h('div', { class: 'value-view' }, this.notes, this.body);
    }

    /** Another file: what was chosen for the one before no longer holds. */
    reset() {
        this.#chosen = null;
        this.#value = null;
        fill(this.notes);
        fill(this.body);
    }

    /** @param {Value} value */
    show(value) {
        this.#value = value;
        this.#json = value.encoding === 'text' && !value.truncated ? prettyJson(value.value) : null;
        this.#draw();
    }

    /** @param {Mode} mode */
    #choose(mode) {
        this.#chosen = mode;
        this.#draw();
    }

    get #mode() {
        const value = this.#value;
        const fits = { text: value?.encoding === 'text', json: this.#json !== null, hex: true };
        const best = fits.json ? 'json' : fits.text ? 'text' : 'hex';
        return this.#chosen && fits[this.#chosen] ? this.#chosen : best;
    }

    #draw() {
        const value = this.#value;
        if (!value) {
            return;
        }
        const mode = this.#mode;
        this.buttons.forEach((button, i) => {
            set(button, 'aria-pressed', String(MODES[i][0] === mode));
            button.disabled = (MODES[i][0] === 'text' && value.encoding !== 'text') || (MODES[i][0] === 'json' && this.#json === null);
        });
        this.#drawNotes(value, mode);
        const { scrollTop } = this.body.firstElementChild ?? { scrollTop: 0 };
        fill(this.body, value.length === 0 ? h('p', { class: 'quiet' }, 'The file is empty.') : this.#view(value, mode));
        if (this.body.firstElementChild) {
            this.body.firstElementChild.scrollTop = scrollTop;
        }
    }

    /** @param {Value} value @param {Mode} mode */
    #drawNotes(value, mode) {
        const hidden = value.encoding === 'text' && mode !== 'hex' ? countHidden(value.value) : 0;
        fill(this.notes,
            value.truncated && h('p', { class: 'notice' }, `The beginning of ${size(value.length)}. `,
                h('button', { type: 'button', class: 'button small', on: { click: () => void this.#all() } }, 'Load all')),
            hidden > 0 && h('p', { class: 'notice warning' },
                `${plural(hidden, 'character')} that cannot be seen or that would turn the text around ${hidden === 1 ? 'is' : 'are'} marked.`));
    }

    async #all() {
        const before = this.#value;
        const all = await this.loadAll();
        if (before !== this.#value || !before) {
            return;
        }
        const text = toText(all);
        // The server calls a value text by its beginning; the whole may be otherwise.
        this.show(text !== null && before.encoding === 'text'
            ? { length: all.length, encoding: 'text', value: text, truncated: false }
            : { length: all.length, encoding: 'base64', value: '', truncated: false, ...{ bytes: all } });
    }

    /** @param {Value & { bytes?: Uint8Array }} value @param {Mode} mode */
    #view(value, mode) {
        if (mode === 'hex') {
            return hexView(value.bytes ?? toBytes(value));
        }
        const lines = toLines(mode === 'json' ? this.#json ?? '' : value.value);
        return createLinesView(lines, mode === 'json' ? renderJson : renderText, { label: mode === 'json' ? 'Value as JSON' : 'Value as text', class: 'code' });
    }
}

/** @param {HTMLElement} row @param {Line} line */
function renderText(row, line) {
    set(row, 'data-line', line.continued ? null : line.number);
    row.append(visible(line.text));
}

/** @param {HTMLElement} row @param {Line} line */
function renderJson(row, line) {
    set(row, 'data-line', line.continued ? null : line.number);
    for (const part of jsonParts(line.text)) {
        row.append(part.kind === '' ? part.text : h('span', { class: `json-${part.kind}` }, visible(part.text)));
    }
}

/** @param {Uint8Array} all */
function hexView(all) {
    const width = matchMedia('(max-width: 720px)').matches ? 8 : 16;
    const offsets = Array.from({ length: Math.ceil(all.length / width) }, (_, i) => i * width);
    return createLinesView(offsets, (row, offset) => {
        const { offset: at, hex, text } = hexRow(all, offset, width);
        row.append(h('span', { class: 'hex-offset' }, at), h('span', { class: 'hex-bytes' }, hex), h('span', { class: 'hex-text' }, text));
    }, { label: 'Value as hex', wrap: false, class: 'code hex' });
}
