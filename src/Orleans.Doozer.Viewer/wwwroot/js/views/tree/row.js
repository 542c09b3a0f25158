// @ts-check
// One row of the tree grid: made once, filled again and again as rows scroll by.

import { h, set, setText } from '../../lib/dom.js';
import { bytes, integer, plural } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { visible, visibleText } from '../../lib/visible.js';

/** How long a changed row stays lit. One that changes all the time is lit steadily: nothing ever blinks faster than this. */
export const LIT_MS = 700;

/**
 * @typedef {object} RowContent
 * @property {string} key what the row stands for; empty while it is not loaded
 * @property {string} name
 * @property {'file' | 'directory' | 'missing'} kind
 * @property {number} [revision]
 * @property {number} [length]
 * @property {number} [changedAt]
 * @property {number} level from 1
 * @property {boolean} [expanded] directories only
 * @property {number} position among its siblings, from 1
 * @property {number} siblings
 * @property {boolean} selected
 * @property {boolean} active
 */

let made = 0;

/** @returns {HTMLElement} */
export function createRow() {
    return h('div', { class: 'row', role: 'row', id: `tree-row-${++made}` },
        h('div', { class: 'cell cell-name', role: 'gridcell' },
            h('span', { class: 'twist', 'aria-hidden': 'true' }, icon('chevron')),
            h('span', { class: 'kind', 'aria-hidden': 'true' }, icon('file'), icon('folder')),
            h('span', { class: 'name' })),
        h('div', { class: 'cell cell-revision', role: 'gridcell' }),
        h('div', { class: 'cell cell-size', role: 'gridcell' }));
}

/**
 * @param {HTMLElement} row
 * @param {number} index
 * @param {RowContent} content
 */
export function renderRow(row, index, content) {
    const lit = content.changedAt !== undefined && performance.now() - content.changedAt < LIT_MS;
    // A row that now stands for something else does not fade from what it stood for before.
    row.classList.toggle('instant', row.dataset.key !== content.key);
    row.dataset.key = content.key;
    row.classList.toggle('lit', lit);
    row.classList.toggle('active', content.active);
    row.dataset.kind = content.kind;
    row.style.setProperty('--level', String(content.level - 1));
    set(row, 'aria-rowindex', index + 1);
    set(row, 'aria-level', content.level);
    set(row, 'aria-posinset', content.position);
    set(row, 'aria-setsize', content.siblings);
    set(row, 'aria-selected', content.selected ? 'true' : 'false');
    set(row, 'aria-expanded', content.expanded === undefined ? null : String(content.expanded));
    set(row, 'aria-busy', content.key === '' ? 'true' : null);
    const [nameCell, revision, size] = row.children;
    const name = /** @type {Element} */ (nameCell.lastElementChild);
    if (name.getAttribute('data-name') !== content.name) {
        set(name, 'data-name', content.name);
        set(name, 'title', visibleText(content.name));
        name.replaceChildren(visible(content.name));
    }
    setText(revision, content.revision === undefined ? '' : integer(content.revision));
    setText(size, content.key === '' ? '' : content.kind === 'directory' ? plural(content.length ?? 0, 'entry', 'entries') : bytes(content.length));
}
