// @ts-check
// The state of the connection in words: "live", "behind by n", "reconnecting".

import { h, set, setText } from '../lib/dom.js';
import { integer } from '../lib/format.js';

/**
 * @typedef {import('../main.js').App} App
 * @typedef {import('../api/live.js').Status} Status
 */

/** @param {Status} status */
function words({ phase, behind }) {
    switch (phase) {
        case 'live': return 'live';
        case 'behind': return `behind by ${integer(behind)}`;
        case 'waiting': return 'node not serving';
        case 'signedOut': return 'signed out';
        case 'connecting':
        case 'open': return 'connecting';
        default: return 'reconnecting';
    }
}

/** @param {App} app */
export function createStatus(app) {
    const text = h('span', { class: 'status-text' });
    const revision = h('span', { class: 'status-revision', title: 'The newest revision that this node has applied' });
    const element = h('div', { class: 'status', 'data-testid': 'status' }, h('span', { class: 'status-dot', 'aria-hidden': 'true' }), text, revision);
    let said = '';
    app.live.status.follow((status) => {
        const now = words(status);
        set(element, 'data-phase', status.phase);
        setText(text, now);
        setText(revision, status.revision === undefined ? '' : `revision ${integer(status.revision)}`);
        // "behind by 12", "behind by 11", ... is for the eye only.
        if (status.phase !== 'behind' && status.phase !== 'open' && now !== said) {
            if (said !== '') {
                app.announcer.say(`Connection: ${now}`);
            }
            said = now;
        }
    });
    return element;
}
