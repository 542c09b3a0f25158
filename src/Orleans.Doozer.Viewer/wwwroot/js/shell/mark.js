// @ts-check
// The mark in the header: a quorum, two of three.

import { svg } from '../lib/dom.js';

export const mark = () =>
    svg('svg', { class: 'mark', viewBox: '0 0 32 32', 'aria-hidden': 'true' },
        svg('rect', { class: 'mark-ground', width: 32, height: 32, rx: 8 }),
        svg('path', { class: 'mark-line', d: 'M9 22V10h5.5a6 6 0 0 1 0 12z' }),
        svg('circle', { class: 'mark-voted', cx: 24, cy: 10, r: 2.6 }),
        svg('circle', { class: 'mark-open', cx: 24, cy: 22, r: 2.6 }));
