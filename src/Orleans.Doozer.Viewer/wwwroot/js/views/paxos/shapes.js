// @ts-check
// Each kind of message has a shape of its own, so that colour is not needed to tell them apart.

import { svg } from '../../lib/dom.js';

/** @type {Record<string, string>} */
const PATHS = {
    preVote: 'M0-6L6 0L0 6L-6 0Z',
    prepare: 'M0-7L7 6H-7Z',
    promise: 'M0 7L-7-6H7Z',
    accept: 'M-6-6H6V6H-6Z',
    accepted: 'M6.5 0A6.5 6.5 0 1 1-6.5 0A6.5 6.5 0 1 1 6.5 0Z',
    decided: 'M6.5 0A6.5 6.5 0 1 1-6.5 0A6.5 6.5 0 1 1 6.5 0Z M-3 0.2L-0.8 2.6L3.4-2.2',
    rejected: 'M-5.5-5.5L5.5 5.5M5.5-5.5L-5.5 5.5',
    fetch: 'M-6-3H6M-6 3H6',
};
const SAME = { preVoteReply: 'preVote', fetched: 'fetch', alreadyDecided: 'decided', leader: 'prepare', voters: 'preVote' };

/** @param {string} kind */
export const classOf = (kind) => /** @type {Record<string, string>} */ (SAME)[kind] ?? kind;

/** @param {string} kind */
export const shape = (kind) => svg('path', { class: `shape shape-${classOf(kind)}`, d: PATHS[classOf(kind)] ?? PATHS.fetch });

/** The shape alone, for a legend. @param {string} kind */
export const shapeIcon = (kind) => svg('svg', { class: 'shape-icon', viewBox: '-9 -9 18 18', 'aria-hidden': 'true' }, shape(kind));
