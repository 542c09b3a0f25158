// @ts-check
// The grid of rows with its keyboard: one stop in the tab order; arrows, Home, End and page keys move within.

import { h, set } from '../../lib/dom.js';
import { VirtualList } from '../../lib/virtual-list.js';
import { createRow, LIT_MS, renderRow } from './row.js';

/**
 * @typedef {import('./row.js').RowContent} RowContent
 *
 * @typedef {object} Source what is shown
 * @property {() => number} count
 * @property {(index: number) => Omit<RowContent, 'active' | 'selected'>} row
 * @property {(first: number, last: number) => void} want
 * @property {(index: number) => void} choose a row was clicked, or Enter pressed on it
 * @property {(index: number) => void} expand
 * @property {(index: number) => void} collapse
 * @property {(index: number) => number} parent the row to go to from a closed one; -1: none
 */

export class TreeGrid {
    /** The row that the keyboard is on. */
    active = 0;
    /** The path that the value pane shows. */
    selected = '';
    #fade = 0;

    /** @param {Source} source */
    constructor(source) {
        this.source = source;
        this.body = h('div', { role: 'rowgroup', class: 'grid-rows' });
        this.scroller = h('div', { class: 'grid-scroller' }, this.body);
        this.head = h('div', { role: 'rowgroup', class: 'grid-head' }, h('div', { role: 'row', class: 'row head' },
            h('div', { class: 'cell cell-name', role: 'columnheader' }, 'Name'),
            h('div', { class: 'cell cell-revision', role: 'columnheader' }, 'Revision'),
            h('div', { class: 'cell cell-size', role: 'columnheader' }, 'Size')));
        this.element = h('div', {
            class: 'tree-grid', role: 'treegrid', tabindex: 0, 'aria-label': 'Files and directories', 'data-testid': 'tree',
            on: { keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event), focus: () => this.#markActive() },
        }, this.head, this.scroller);
        this.list = new VirtualList({
            viewport: this.scroller, canvas: this.body, rowHeight: rowHeight(),
            create: () => this.#create(), render: (row, index) => this.#render(row, index),
            seen: (first, last) => this.#seen(first, last),
        });
    }

    /** @param {number} first @param {number} last */
    #seen(first, last) {
        // The head leaves the same room for a scroll bar, so that columns stay in line.
        this.head.style.paddingRight = `${this.scroller.offsetWidth - this.scroller.clientWidth}px`;
        this.source.want(first, last);
    }

    /** Draws what changed. */
    refresh() {
        const count = this.source.count();
        set(this.element, 'aria-rowcount', count);
        this.active = Math.max(0, Math.min(this.active, count - 1));
        this.list.update(count);
        clearTimeout(this.#fade);
        this.#fade = setTimeout(() => this.list.update(), LIT_MS + 50);
    }

    /** @param {number} index @param {'nearest' | 'middle'} where */
    show(index, where = 'nearest') {
        this.active = index;
        this.list.update(this.source.count());
        this.list.scrollTo(index, where);
        this.#markActive();
    }

    #create() {
        const row = createRow();
        row.addEventListener('click', () => {
            const index = Number(row.getAttribute('aria-rowindex')) - 1;
            this.active = index;
            this.source.choose(index);
        });
        return row;
    }

    /** @param {HTMLElement} row @param {number} index */
    #render(row, index) {
        if (index >= this.source.count()) {
            return;
        }
        const content = this.source.row(index);
        renderRow(row, index, { ...content, active: index === this.active, selected: content.key !== '' && content.key === this.selected });
    }

    #markActive() {
        this.list.update();
        this.list.flush();
        set(this.element, 'aria-activedescendant', this.list.row(this.active)?.id ?? null);
    }

    /** @param {KeyboardEvent} event */
    #key(event) {
        if (event.target !== this.element || event.altKey || event.ctrlKey || event.metaKey || this.source.count() === 0) {
            return;
        }
        const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: this.list.page, PageUp: -this.list.page, Home: -Infinity, End: Infinity };
        if (Object.hasOwn(moves, event.key)) {
            const to = this.active + moves[/** @type {keyof typeof moves} */ (event.key)];
            this.show(Math.max(0, Math.min(this.source.count() - 1, to)));
        } else if (!this.#act(event.key)) {
            return;
        }
        event.preventDefault();
    }

    /** @param {string} key */
    #act(key) {
        const { expanded } = this.source.row(this.active);
        if (key === 'Enter' || key === ' ') {
            this.source.choose(this.active);
        } else if (key === 'ArrowRight') {
            if (expanded === false) {
                this.source.expand(this.active);
            } else if (expanded && this.active + 1 < this.source.count()) {
                this.show(this.active + 1);
            }
        } else if (key === 'ArrowLeft') {
            const parent = expanded ? -1 : this.source.parent(this.active);
            if (expanded) {
                this.source.collapse(this.active);
            } else if (parent >= 0) {
                this.show(parent);
            }
        } else {
            return false;
        }
        return true;
    }
}

/** Fingers need taller rows. The style sheet has the same two heights. */
export const rowHeight = () => (matchMedia('(pointer: coarse)').matches ? 44 : 30);
