// @ts-check
// Two texts, line by line: what went is marked "-" and what came "+", so that it does not rest on colour.

import { diffLines } from '../../lib/diff.js';
import { fill, h } from '../../lib/dom.js';
import { integer, plural } from '../../lib/format.js';
import { toLines } from '../../lib/lines.js';
import { visible } from '../../lib/visible.js';
import { createLinesView } from './lines-view.js';

/**
 * @typedef {import('../../lib/diff.js').DiffLine} DiffLine
 * @typedef {DiffLine & { from?: number, to?: number, hidden?: number, continued?: boolean }} Row `from` and `to`: the part that differs
 */

const CONTEXT = 3;
const SIGNS = { same: ' ', removed: '-', added: '+' };

/** @param {string} before @param {string} after */
export function createDiffView(before, after) {
    if (before === after) {
        return h('p', { class: 'empty' }, 'The two values are the same.');
    }
    const all = diffLines(before, after);
    const count = (/** @type {DiffLine['kind']} */ kind) => all.filter((line) => line.kind === kind).length;
    const holder = h('div', { class: 'diff' });
    let whole = false;
    const toggle = h('button', { type: 'button', class: 'button small', on: { click: () => draw(!whole) } });

    /** @param {boolean} show */
    function draw(show) {
        whole = show;
        toggle.textContent = whole ? 'Only what changed' : 'All lines';
        const rows = markParts(whole ? all : folded(all)).flatMap(pieces);
        fill(holder, h('div', { class: 'diff-summary' }, h('span', { class: 'diff-added' }, `+${integer(count('added'))}`),
            h('span', { class: 'diff-removed' }, `-${integer(count('removed'))}`), h('span', { class: 'spacer' }), toggle),
        createLinesView(rows, renderRow, { label: 'Differences', class: 'code diff-lines' }));
    }

    draw(false);
    return holder;
}

/** Leaves out lines that are far from any change. @param {DiffLine[]} lines @returns {Row[]} */
function folded(lines) {
    const near = new Uint8Array(lines.length);
    lines.forEach((line, i) => {
        if (line.kind !== 'same') {
            near.fill(1, Math.max(0, i - CONTEXT), i + CONTEXT + 1);
        }
    });
    /** @type {Row[]} */
    const rows = [];
    for (let i = 0; i < lines.length; i++) {
        const last = rows.at(-1);
        if (near[i]) {
            rows.push(lines[i]);
        } else if (last?.hidden) {
            last.hidden++;
        } else {
            rows.push({ kind: 'same', text: '', hidden: 1 });
        }
    }
    return rows;
}

/** In a block of as many lines gone as come, each pair is one line that changed: its differing part is marked. @param {Row[]} rows */
function markParts(rows) {
    const marked = rows.map((row) => ({ ...row }));
    for (let i = 0; i < marked.length; i++) {
        const removed = run(marked, i, 'removed');
        const added = run(marked, i + removed, 'added');
        if (removed > 0 && removed === added) {
            for (let k = 0; k < removed; k++) {
                markPair(marked[i + k], marked[i + removed + k]);
            }
        }
        i += Math.max(0, removed + added - 1);
    }
    return marked;
}

/** @param {Row[]} rows @param {number} start @param {DiffLine['kind']} kind */
function run(rows, start, kind) {
    let length = 0;
    while (rows[start + length]?.kind === kind) {
        length++;
    }
    return length;
}

/** @param {Row} left @param {Row} right */
function markPair(left, right) {
    const shortest = Math.min(left.text.length, right.text.length);
    let start = 0;
    while (start < shortest && left.text[start] === right.text[start]) {
        start++;
    }
    let end = 0;
    while (end < shortest - start && left.text[left.text.length - 1 - end] === right.text[right.text.length - 1 - end]) {
        end++;
    }
    // Lines that have nothing in common are not one line that changed.
    if (start + end > 0) {
        Object.assign(left, { from: start, to: left.text.length - end });
        Object.assign(right, { from: start, to: right.text.length - end });
    }
}

/** A very long line becomes several rows. @param {Row} row @returns {Row[]} */
function pieces(row) {
    const cut = toLines(row.text.replaceAll('\n', ' '));
    return cut.length <= 1 ? [row] : cut.map((line, i) => ({ ...row, text: line.text, from: undefined, to: undefined, continued: i > 0 }));
}

/** @param {HTMLElement} element @param {Row} row */
function renderRow(element, row) {
    element.className = `line diff-line diff-${row.hidden ? 'gap' : row.kind}`;
    if (row.hidden) {
        element.append(`${plural(row.hidden, 'equal line')}`);
        return;
    }
    const number = (/** @type {number | undefined} */ n) => h('span', { class: 'diff-number', 'aria-hidden': 'true' }, row.continued ? '' : n ?? '');
    const text = h('span', { class: 'diff-text' });
    if (row.from === undefined || row.to === undefined || row.to <= row.from) {
        text.append(visible(row.text));
    } else {
        text.append(visible(row.text.slice(0, row.from)), h('mark', {}, visible(row.text.slice(row.from, row.to))), visible(row.text.slice(row.to)));
    }
    element.append(number(row.left), number(row.right), h('span', { class: 'diff-sign' }, SIGNS[row.kind]), text);
}
