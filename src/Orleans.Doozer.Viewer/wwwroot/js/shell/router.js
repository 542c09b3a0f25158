// @ts-check
// The address bar: each view, path and revision has its address, and links change it without loading the page again.

import { Signal } from '../lib/signal.js';
import { parseLink } from '../lib/paths.js';

/** @typedef {ReturnType<typeof parseLink>} Route */

export class Router {
    /** @type {Signal<Route>} */
    current = new Signal(parseLink(new URL(location.href)));

    constructor() {
        addEventListener('popstate', () => this.#read());
        document.addEventListener('click', (event) => this.#click(event));
    }

    /**
     * @param {string} href
     * @param {{ replace?: boolean }} [how]
     */
    go(href, { replace = false } = {}) {
        if (href === location.pathname + location.search) {
            return;
        }
        if (replace) {
            history.replaceState(null, '', href);
        } else {
            history.pushState(null, '', href);
        }
        this.#read();
    }

    #read() {
        this.current.value = parseLink(new URL(location.href));
    }

    /** @param {MouseEvent} event */
    #click(event) {
        const anchor = event.target instanceof Element ? event.target.closest('a') : null;
        const own = anchor && anchor.origin === location.origin && !anchor.target && !anchor.hasAttribute('download')
            && !anchor.pathname.startsWith('/api/') && anchor.getAttribute('href')?.startsWith('/');
        if (own && event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey) {
            event.preventDefault();
            this.go(anchor.pathname + anchor.search);
        }
    }
}
