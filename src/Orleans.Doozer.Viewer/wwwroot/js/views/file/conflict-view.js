// @ts-check
// Yours and theirs, side by side. Nothing has been changed yet; a person chooses what happens.

import { h } from '../../lib/dom.js';
import { integer } from '../../lib/format.js';
import { toLines } from '../../lib/lines.js';
import { visible } from '../../lib/visible.js';
import { createDiffView } from './diff-view.js';
import { createLinesView } from './lines-view.js';

/** @typedef {import('../../types.js').FileAnswer} FileAnswer */

/**
 * @param {string} path
 * @param {string} mine
 * @param {FileAnswer | null} theirs null: they deleted it
 * @param {{ takeTheirs: () => void, keepEditing: () => void, useMine: () => void }} actions
 */
export function createConflictView(path, mine, theirs, actions) {
    const text = theirs?.encoding === 'text' ? theirs.value : null;
    const side = (/** @type {string} */ title, /** @type {string | null} */ value, /** @type {string} */ test) =>
        h('section', { class: 'conflict-side', 'data-testid': test }, h('h3', {}, title), value === null
            ? h('p', { class: 'quiet' }, theirs ? 'A binary value.' : 'Deleted.')
            : createLinesView(toLines(value), (row, line) => row.append(visible(line.text)), { label: title, class: 'code' }));
    const heading = h('h2', { tabindex: -1 }, 'Somebody else was faster');
    queueMicrotask(() => heading.focus());
    return h('div', { class: 'conflict', 'data-testid': 'conflict' }, heading,
        h('p', {}, theirs ? `${path} is at revision ${integer(theirs.revision)} now. Nothing has been overwritten.` : `${path} has been deleted meanwhile. Nothing has been written.`),
        h('div', { class: 'conflict-sides' }, side('Yours, not saved', mine, 'yours'), side(theirs ? `Theirs, revision ${integer(theirs.revision)}${theirs.truncated ? ' (the beginning)' : ''}` : 'Theirs', text, 'theirs')),
        text !== null && h('details', {}, h('summary', {}, 'Differences, from theirs to yours'), createDiffView(text, mine)),
        h('div', { class: 'editor-bar' },
            h('button', { type: 'button', class: 'button primary', on: { click: actions.keepEditing } }, 'Go on editing'),
            h('button', { type: 'button', class: 'button', on: { click: actions.takeTheirs } }, theirs ? 'Take theirs' : 'Leave it deleted'),
            h('button', { type: 'button', class: 'button danger', 'data-testid': 'use-mine', on: { click: actions.useMine } },
                theirs ? `Replace revision ${integer(theirs.revision)} by mine` : 'Create it again with mine')));
}
