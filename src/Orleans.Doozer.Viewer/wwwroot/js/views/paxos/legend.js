// @ts-check
// What the shapes mean, and the idea of Paxos in a few sentences.

import { h, set } from '../../lib/dom.js';
import { classOf, shapeIcon } from './shapes.js';
import { CELLS } from './slot-grid.js';
import { PHASES } from './words.js';

/** The stations in a row; the one that is happening is marked. */
export function createPhases() {
    const items = PHASES.map(({ kind, name, note }) => h('li', { class: `phase phase-${kind}` }, shapeIcon(kind), h('span', {}, h('b', {}, name), h('small', {}, note))));
    const extra = h('li', { class: 'phase phase-rejected' }, shapeIcon('rejected'), h('span', {}, h('b', {}, 'Rejected'), h('small', {}, 'I promised a higher one')));
    return {
        element: h('ol', { class: 'phases' }, ...items, extra),
        /** @param {string} kind */
        mark(kind) {
            const now = classOf(kind);
            items.forEach((item, i) => set(item, 'data-now', String(PHASES[i].kind === now)));
            set(extra, 'data-now', String(now === 'rejected'));
        },
    };
}

export function createLegend() {
    const cells = Object.entries(CELLS).map(([kind, name]) => h('li', {}, h('span', { class: 'slot-cell', 'data-cell': kind, 'aria-hidden': 'true' }), name));
    return h('section', { class: 'card more' }, h('h2', {}, 'How to read this'),
        h('p', {}, 'The store is a log of slots. Each slot holds one batch of changes, and all nodes must agree which. That is what Paxos does: a batch is decided as soon as a majority of the voters has accepted it, and nothing can undo it.'),
        h('p', {}, 'One node leads. It won the promises of a majority for its ballot once; since then every slot takes one round: Accept to all, Accepted back from a majority.'),
        h('p', {}, 'The grid shows the newest slots, one column each. Choose a slot number to follow that slot alone. What each node did is its own account by its own clock.'),
        h('ul', { class: 'cell-legend' }, ...cells));
}
