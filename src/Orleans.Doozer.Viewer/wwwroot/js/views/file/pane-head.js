// @ts-check
// The head of the pane: path, facts, what can be done, tabs. Built anew only when its shape changes: a file that changes
// many times a second must not take the keyboard's focus from a button.

import { rawLink } from '../../api/http.js';
import { fill, h, set, setText } from '../../lib/dom.js';
import { bytes, integer } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { link, namesOf } from '../../lib/paths.js';
import { visible } from '../../lib/visible.js';

const LIT_MS = 700;

/**
 * @typedef {object} HeadState
 * @property {string} path
 * @property {string} tab 'tree' or 'history'
 * @property {number | null} revision the one looked at; null: live
 * @property {import('../../model/file-model.js').Content} content
 * @property {boolean} canWrite
 * @property {boolean} editing
 *
 * @typedef {{ close: () => void, edit: () => void, remove: () => void, copied: (what: string) => void }} HeadActions
 */

export class PaneHead {
    element = h('div', { class: 'pane-head' });
    #shape = '';
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #fade;
    #revision = h('b', { 'data-testid': 'file-revision' });
    #size = h('span');
    #encoding = h('span');
    #save = h('a', { class: 'icon-button', download: '', 'aria-label': 'Save the value as a file', title: 'Save the value as a file' }, icon('download'));

    /**
     * @param {HeadActions} actions
     * @param {HTMLElement} modes how the value is shown
     */
    constructor(actions, modes) {
        this.actions = actions;
        this.modes = modes;
    }

    /** @param {HeadState} state */
    draw(state) {
        const { content } = state;
        const shape = JSON.stringify([state.path, state.tab, state.revision, content.kind, state.canWrite, state.editing]);
        if (shape !== this.#shape) {
            this.#shape = shape;
            fill(this.element, this.#title(state), content.kind === 'file' && this.#facts(state), hasTabs(state) && this.#tabs(state));
        }
        if (content.kind === 'file') {
            const { revision, length, encoding } = content.file;
            this.#tellRevision(state.path, revision);
            setText(this.#size, bytes(length));
            set(this.#size, 'title', `${integer(length)} bytes`);
            setText(this.#encoding, encoding === 'text' ? 'UTF-8 text' : 'binary');
            set(this.#save, 'href', rawLink(state.path, revision));
        }
    }

    /** A new revision of the same file lights up. @param {string} path @param {number} revision */
    #tellRevision(path, revision) {
        const key = `${path} ${revision}`;
        const before = this.#revision.dataset.key;
        this.#revision.dataset.key = key;
        setText(this.#revision, integer(revision));
        if (before !== undefined && before !== key && before.startsWith(`${path} `)) {
            this.#revision.classList.add('lit');
            clearTimeout(this.#fade);
            this.#fade = setTimeout(() => this.#revision.classList.remove('lit'), LIT_MS);
        }
    }

    /** @param {HeadState} state */
    #title({ path, revision }) {
        const names = namesOf(path);
        const crumbs = names.map((name, i) => h('span', { class: 'crumb' }, '/', i < names.length - 1
            ? h('a', { href: link('tree', `/${names.slice(0, i + 1).join('/')}`, { revision }) }, visible(name)) : h('b', {}, visible(name))));
        return h('div', { class: 'pane-title' },
            h('button', { class: 'icon-button pane-back', type: 'button', 'aria-label': 'Back to the tree', on: { click: this.actions.close } }, icon('back')),
            h('h2', { class: 'path', 'data-testid': 'path' }, ...crumbs), this.#copyButton(path));
    }

    /** Pages that came over plain HTTP from another machine have no clipboard. @param {string} path */
    #copyButton(path) {
        return navigator.clipboard && h('button', {
            class: 'icon-button', type: 'button', 'aria-label': 'Copy the path', title: 'Copy the path',
            on: { click: () => void navigator.clipboard.writeText(path).then(() => this.actions.copied('Path')) },
        }, icon('copy'));
    }

    /** @param {HeadState} state */
    #facts({ canWrite, revision, editing }) {
        const edits = canWrite && revision === null && !editing;
        return h('div', { class: 'pane-facts' }, h('span', {}, 'revision ', this.#revision), this.#size, this.#encoding,
            h('span', { class: 'spacer' }), this.#save,
            edits && h('button', { class: 'button small', type: 'button', 'data-testid': 'edit', on: { click: this.actions.edit } }, icon('edit'), 'Edit'),
            edits && h('button', { class: 'button small', type: 'button', 'data-testid': 'delete', on: { click: this.actions.remove } }, icon('trash'), 'Delete'));
    }

    /** @param {HeadState} state */
    #tabs({ path, tab, revision, content, editing }) {
        const side = (/** @type {string} */ view, /** @type {string} */ name) =>
            h('a', { class: 'tab', href: link(view, path, { revision }), 'aria-current': tab === view ? 'page' : null }, name);
        return h('div', { class: 'tabs' }, h('nav', { 'aria-label': 'Sides of the file' }, side('tree', 'Value'), side('history', 'History')),
            tab === 'tree' && content.kind === 'file' && !editing && this.modes);
    }
}

/** A directory has no history of its own; what was deleted has. @param {HeadState} state */
const hasTabs = ({ content, tab }) => content.kind === 'file' || content.kind === 'missing' || tab === 'history';
