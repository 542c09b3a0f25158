// @ts-check
// What concerns the whole page: the node does not serve, or the connection has been away for a while.

import { fill, h } from '../lib/dom.js';
import { integer } from '../lib/format.js';
import { visible } from '../lib/visible.js';

/** @typedef {import('../main.js').App} App */

/** A connection that comes back this soon is not worth a banner: the header tells of it. */
const PATIENCE_MS = 2500;

/** @param {App} app @param {HTMLElement} element */
export function createNotices(app, element) {
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let away = false;

    function draw() {
        const session = app.session.current.value;
        const { phase, revision } = app.live.status.value;
        const asOf = revision === undefined ? '' : ` What you see is as of revision ${integer(revision)}.`;
        if (session && session.state !== 'serving' && (phase === 'waiting' || !away)) {
            fill(element, h('p', { class: 'notice warning' }, `This node is ${session.state}`,
                session.reason ? ': ' : '.', session.reason ? visible(session.reason) : null, asOf));
        } else if (away && phase === 'signedOut' && session?.access !== 'none') {
            fill(element, h('p', { class: 'notice warning' }, 'The session has ended.', asOf));
        } else if (away) {
            fill(element, h('p', { class: 'notice warning' }, `Not connected to this node; trying again.${asOf}`));
        } else {
            fill(element);
        }
    }

    app.live.status.follow(({ phase }) => {
        const connected = phase === 'live' || phase === 'behind';
        if (connected) {
            clearTimeout(timer);
            timer = undefined;
            away = false;
        } else {
            timer ??= setTimeout(() => {
                away = true;
                draw();
            }, PATIENCE_MS);
        }
        draw();
    });
    app.session.current.follow(draw);
}
