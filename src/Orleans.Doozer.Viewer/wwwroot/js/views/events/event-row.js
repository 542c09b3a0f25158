// @ts-check
// One change in the stream.

import { h, set } from '../../lib/dom.js';
import { bytes, integer } from '../../lib/format.js';
import { link } from '../../lib/paths.js';
import { visible } from '../../lib/visible.js';

const EXCERPT = 160;

export function createEventRow() {
    return h('div', { class: 'event-row' });
}

/** @param {HTMLElement} row @param {import('./event-log.js').LogRow} event */
export function renderEventRow(row, event) {
    if ('gap' in event) {
        set(row, 'class', 'event-row event-gap');
        row.replaceChildren(h('span', {}, event.gap));
        return;
    }
    const { revision, kind, path, previous } = event;
    const verb = kind === 'set' && previous === undefined ? 'create' : kind;
    set(row, 'class', 'event-row');
    const address = kind === 'nop' ? link('tree', '/', { revision }) : link('tree', path, { revision });
    row.replaceChildren(
        h('a', { class: 'event-revision', href: address, title: 'The tree as of this revision' }, integer(revision)),
        h('span', {}, h('span', { class: `tag tag-${kind}` }, verb)),
        h('a', { class: 'event-path code', href: kind === 'delete' ? link('history', path) : link('tree', path) }, visible(path)),
        h('span', { class: 'event-value code' }, excerpt(event)));
}

/** @param {import('../../types.js').StoreEvent} event */
function excerpt({ kind, encoding, value = '', length }) {
    if (kind !== 'set') {
        return '';
    }
    return encoding === 'text' ? visible(value.slice(0, EXCERPT).replaceAll('\n', ' ')) : h('span', { class: 'quiet' }, `binary, ${bytes(length)}`);
}
