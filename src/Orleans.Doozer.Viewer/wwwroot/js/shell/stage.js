// @ts-check
// Shows one view at a time. Views are loaded when first seen and kept, so that coming back finds them as they were left.

import { fill, h } from '../lib/dom.js';

/**
 * @typedef {import('../main.js').App} App
 * @typedef {import('./router.js').Route} Route
 * @typedef {{ element: HTMLElement, title: string, show: (route: Route) => void, hide: () => void }} View
 */

/** @type {Record<string, () => Promise<{ create: (app: App) => View }>>} */
const VIEWS = {
    tree: () => import('../views/tree/tree-view.js'),
    events: () => import('../views/events/events-view.js'),
    cluster: () => import('../views/cluster/cluster-view.js'),
    paxos: () => import('../views/paxos/paxos-view.js'),
    charts: () => import('../views/charts/charts-view.js'),
    signin: () => import('../views/sign-in.js'),
};

export class Stage {
    /** @type {Map<string, View>} */
    #views = new Map();
    /** @type {View | null} */
    #shown = null;
    #turn = 0;

    /** @param {App} app @param {HTMLElement} element */
    constructor(app, element) {
        this.app = app;
        this.element = element;
    }

    /** @param {Route} route */
    async show(route) {
        const session = this.app.session.current.value;
        if (!session) {
            return;
        }
        const turn = ++this.#turn;
        // A file's history is a side of its file: same view, other tab.
        const named = route.view === 'history' ? 'tree' : route.view;
        const view = await this.#view(session.access === 'none' ? 'signin' : named);
        if (turn !== this.#turn) {
            return;
        }
        if (!view) {
            fill(this.element, h('p', { class: 'starting' }, 'There is no such page. ', h('a', { href: '/tree' }, 'To the tree')));
            this.#shown = null;
            return;
        }
        if (view !== this.#shown) {
            this.#shown?.hide();
            fill(this.element, view.element);
            this.#shown = view;
        }
        document.title = `${view.title} - Doozer${session.clusterName ? ` ${session.clusterName}` : ''}`;
        view.show(route);
    }

    /** @param {string} name */
    async #view(name) {
        const known = this.#views.get(name);
        if (known || !Object.hasOwn(VIEWS, name)) {
            return known;
        }
        const { create } = await VIEWS[name]();
        const view = this.#views.get(name) ?? create(this.app);
        this.#views.set(name, view);
        return view;
    }
}
