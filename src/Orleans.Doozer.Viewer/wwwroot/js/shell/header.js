// @ts-check
// The top of the page: where one is, how live it is, who one is.

import { fill, h, set, setText } from '../lib/dom.js';
import { visible } from '../lib/visible.js';
import { createStatus } from './status.js';
import { createThemeButton } from './theme-button.js';
import { mark } from './mark.js';

/** @typedef {import('../main.js').App} App */

const PAGES = [['tree', 'Tree'], ['events', 'Events'], ['cluster', 'Cluster'], ['paxos', 'Paxos'], ['charts', 'Charts']];

/** @param {App} app @param {HTMLElement} header */
export function createHeader(app, header) {
    const cluster = h('span', { class: 'cluster-name' });
    const links = PAGES.map(([view, name]) => h('a', { href: `/${view}`, class: 'nav-link' }, name));
    const account = h('div', { class: 'account' });
    fill(header,
        h('a', { href: '/tree', class: 'brand', 'aria-label': 'Doozer, to the tree' }, mark(), h('span', { class: 'brand-name' }, 'Doozer')),
        cluster,
        h('nav', { class: 'nav', 'aria-label': 'Pages' }, ...links),
        createStatus(app), createThemeButton(), account);

    app.router.current.follow((route) => {
        const current = route.view === 'history' ? 'tree' : route.view;
        links.forEach((link, i) => set(link, 'aria-current', PAGES[i][0] === current ? 'page' : null));
    });
    app.session.current.follow((session) => {
        fill(cluster, session?.clusterName ? visible(session.clusterName) : '');
        set(cluster, 'title', session?.clusterId ? `Cluster ${session.clusterId}, store ${session.store}, node ${session.node}` : null);
        set(header, 'data-access', session?.access ?? 'none');
        drawAccount(app, account);
    });
}

/** @param {App} app @param {HTMLElement} account */
function drawAccount(app, account) {
    const session = app.session.current.value;
    if (!session || (!session.canSignIn && session.access !== 'write')) {
        fill(account, session ? h('span', { class: 'badge', title: 'No secret is set, so the web view only reads' }, 'read only') : '');
        return;
    }
    const rights = h('span', { class: 'badge' });
    setText(rights, session.access === 'write' ? 'read and write' : 'read only');
    const button = session.signedIn
        ? h('button', { class: 'button small', type: 'button', on: { click: () => void signOut(app) } }, 'Sign out')
        : h('a', { class: 'button small', href: '/signin' }, 'Sign in');
    fill(account, session.access === 'none' ? null : rights, session.canSignIn && button);
}

/** @param {App} app */
async function signOut(app) {
    await app.session.signOut();
    // Nothing of what was read may stay in this page.
    location.reload();
}
