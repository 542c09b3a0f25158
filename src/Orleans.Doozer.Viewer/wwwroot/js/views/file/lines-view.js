// @ts-check
// Lines of text. A small text stands in the page as it is, so that it can be selected, searched and read aloud; of a large one only
// the lines in sight exist.

import { h, set } from '../../lib/dom.js';
import { VirtualList } from '../../lib/virtual-list.js';

const SMALL = 1500;
const LINE_HEIGHT = 20;

/**
 * @template T
 * @param {T[]} lines
 * @param {(row: HTMLElement, line: T) => void} render fills an emptied row
 * @param {{ label: string, wrap?: boolean, class?: string }} options
 */
export function createLinesView(lines, render, { label, wrap = true, class: extra = '' }) {
    const element = h('div', { class: `lines ${extra}`, role: 'group', tabindex: 0, 'aria-label': label });
    if (lines.length <= SMALL) {
        element.classList.toggle('wrap', wrap);
        element.append(...lines.map((line) => {
            const row = h('div', { class: 'line' });
            render(row, line);
            return row;
        }));
        return element;
    }
    element.classList.add('virtual');
    const list = new VirtualList({
        viewport: element, rowHeight: LINE_HEIGHT, create: () => h('div', { class: 'line' }),
        render(row, index) {
            row.replaceChildren();
            render(row, lines[index]);
        },
    });
    list.update(lines.length);
    set(element, 'data-lines', lines.length);
    return element;
}
