// @ts-check
// The newest slots of the log, and how far each is on each acceptor.

import { fill, h, set, setText } from '../../lib/dom.js';
import { integer, shortBallot } from '../../lib/format.js';
import { quorumOf } from '../../model/paxos/state.js';
import { orderedIds } from './order.js';

/**
 * @typedef {import('../../model/paxos/state.js').State} State
 * @typedef {import('../../model/paxos/state.js').Cell} Cell
 */

const COLUMN = 54;
const HEAD = 150;

/** @type {Record<Cell | 'none', string>} */
export const CELLS = { none: 'nothing yet', sent: 'sent to it', arrived: 'arrived', accepted: 'accepted, on disk', decided: 'decided and applied' };

export class SlotGrid {
    #columns = 10;
    #shape = '';
    /** @type {{ head: HTMLElement, votes: HTMLElement, button: HTMLElement }[]} */
    #heads = [];
    /** @type {Map<string, { name: HTMLElement, cells: { mark: HTMLElement, text: HTMLElement }[] }>} */
    #rows = new Map();

    /** @param {(slot: number) => void} choose */
    constructor(choose) {
        this.choose = choose;
        this.table = h('table', { class: 'slots' });
        this.element = h('div', { class: 'slot-grid' }, this.table);
        new ResizeObserver(() => {
            this.#columns = Math.max(4, Math.min(24, Math.floor((this.element.clientWidth - HEAD) / COLUMN)));
        }).observe(this.element);
    }

    /** @param {State} state @param {(id: string | undefined) => string} name @param {number | null} focus */
    draw(state, name, focus) {
        const ids = orderedIds(state, name);
        const newest = [...state.slots.keys()].sort((a, b) => b - a);
        const shown = newest.slice(0, this.#columns);
        // The slot that is followed stays in sight while the log runs on.
        if (focus !== null && state.slots.has(focus) && !shown.includes(focus)) {
            shown[shown.length - 1] = focus;
        }
        const slots = shown.sort((a, b) => a - b);
        this.#build(ids, slots.length);
        const { voters, majority } = quorumOf(state);
        slots.forEach((slot, column) => {
            const entry = state.slots.get(slot);
            const votes = [...entry?.cells ?? []].filter(([id, cell]) => (cell === 'accepted' || cell === 'decided') && state.nodes.get(id)?.voter).length;
            const { head, button, votes: count } = this.#heads[column];
            setText(button, integer(slot));
            set(button, 'data-slot', slot);
            set(button, 'title', `Follow slot ${slot}${entry?.ballot ? `, ballot ${shortBallot(entry.ballot)}` : ''}${entry?.bytes === undefined ? '' : `, ${entry.bytes} bytes`}`);
            set(head, 'data-focus', String(slot === focus));
            setText(count, `${votes} of ${voters}`);
            set(count, 'data-majority', String(votes >= majority));
            for (const id of ids) {
                this.#drawCell(this.#rows.get(id)?.cells[column], entry?.cells.get(id) ?? 'none', slot === focus);
            }
        });
        ids.forEach((id) => setText(/** @type {HTMLElement} */ (this.#rows.get(id)?.name), name(id)));
    }

    /** @param {{ mark: HTMLElement, text: HTMLElement } | undefined} cell @param {Cell | 'none'} kind @param {boolean} focus */
    #drawCell(cell, kind, focus) {
        if (cell) {
            set(cell.mark, 'data-cell', kind);
            set(cell.mark, 'title', CELLS[kind]);
            setText(cell.text, CELLS[kind]);
            set(/** @type {Element} */ (cell.mark.parentElement), 'data-focus', String(focus));
        }
    }

    /** @param {string[]} ids @param {number} columns */
    #build(ids, columns) {
        const shape = `${columns} ${ids.join()}`;
        if (shape === this.#shape) {
            return;
        }
        this.#shape = shape;
        this.#heads = Array.from({ length: columns }, () => {
            const button = h('button', { type: 'button', class: 'slot-number', on: { click: () => this.choose(Number(button.dataset.slot)) } });
            return { button, head: h('th', { scope: 'col' }, button), votes: h('td', { class: 'slot-votes' }) };
        });
        this.#rows = new Map(ids.map((id) => [id, {
            name: h('th', { scope: 'row' }),
            cells: Array.from({ length: columns }, () => {
                const text = h('span', { class: 'visually-hidden' });
                return { text, mark: h('span', { class: 'slot-cell' }, text) };
            }),
        }]));
        fill(this.table, h('caption', { class: 'visually-hidden' }, 'The newest slots on each acceptor'),
            h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Slot'), ...this.#heads.map(({ head }) => head))),
            h('tbody', {}, ...[...this.#rows.values()].map(({ name, cells }) => h('tr', {}, name, ...cells.map(({ mark }) => h('td', {}, mark))))),
            h('tfoot', {}, h('tr', {}, h('th', { scope: 'row' }, 'Votes'), ...this.#heads.map(({ votes }) => votes))));
    }
}
