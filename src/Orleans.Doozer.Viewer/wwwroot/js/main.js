// @ts-check
// Where the page starts: it puts the parts together and shows the view that the address names.

import { ApiError, Http } from './api/http.js';
import { Live } from './api/live.js';
import { SessionState } from './api/session.js';
import { Announcer } from './shell/announcer.js';
import { createHeader } from './shell/header.js';
import { createNotices } from './shell/notices.js';
import { Router } from './shell/router.js';
import { Stage } from './shell/stage.js';

/**
 * What every view is given.
 * @typedef {object} App
 * @property {Http} http
 * @property {SessionState} session
 * @property {Live} live
 * @property {Router} router
 * @property {Announcer} announcer
 */

const http = new Http();
const session = new SessionState(http);
const live = new Live(http, session);
/** @type {App} */
const app = { http, session, live, router: new Router(), announcer: new Announcer(element('announcer')) };

/** @param {string} id */
function element(id) {
    const found = document.getElementById(id);
    if (!found) {
        throw new Error(`index.html has no element ${id}`);
    }
    return found;
}

createHeader(app, element('header'));
createNotices(app, element('notices'));
const stage = new Stage(app, element('main'));

app.router.current.follow((route) => void stage.show(route));

// A connection carries the rights it was made with: it is made anew when one signs in or out.
let rights = '';
session.current.follow((now) => {
    const before = rights;
    rights = now ? `${now.access} ${now.signedIn}` : '';
    if (now?.access === 'none') {
        live.stop();
    } else if (now && rights !== before) {
        live.start();
    }
    void stage.show(app.router.current.value);
});

try {
    await session.refresh();
} catch (error) {
    if (!(error instanceof ApiError)) {
        throw error;
    }
    // Not answered yet: the connection keeps asking.
    live.start();
}
