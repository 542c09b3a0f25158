// @ts-check
// Signing in with one of the node's secrets.

import { ApiError } from '../api/http.js';
import { fill, h, set } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { visible } from '../lib/visible.js';

/** @typedef {import('../main.js').App} App */

/** @param {App} app */
export function create(app) {
    const secret = h('input', { type: 'password', class: 'text-field', autocomplete: 'current-password', required: true, 'data-testid': 'secret' });
    const note = h('div', { role: 'alert', 'data-testid': 'sign-in-note' });
    const button = h('button', { type: 'submit', class: 'button primary' }, 'Sign in');
    const form = h('form', { class: 'card sign-in', on: { submit: (/** @type {Event} */ event) => void submit(event) } });
    const element = h('div', { class: 'centered' }, form);

    /** @param {Event} event */
    async function submit(event) {
        event.preventDefault();
        button.disabled = true;
        try {
            // The token belongs to the session that this page has now.
            await app.session.refresh();
            const session = await app.session.signIn(secret.value);
            app.announcer.say(`Signed in: ${session.access === 'write' ? 'read and write' : 'read only'}`);
            fill(note);
            if (app.router.current.value.view === 'signin') {
                app.router.go('/tree', { replace: true });
            }
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            const wait = error.retryAfter === undefined ? '' : ` Try again in ${plural(Math.ceil(error.retryAfter), 'second')}.`;
            fill(note, h('p', { class: 'notice danger' }, visible(sentence(error.message) + wait)));
            secret.select();
        } finally {
            button.disabled = false;
            secret.value = '';
        }
    }

    function draw() {
        const session = app.session.current.value;
        if (session && !session.canSignIn) {
            fill(form, h('h1', {}, 'Nothing to sign in with'), h('p', {}, 'This node has no secrets set, so nobody can sign in. It is started with ',
                h('code', {}, 'DOOZER_RWSECRET'), ' or ', h('code', {}, 'DOOZER_ROSECRET'), ' in its environment to change that.'));
            return;
        }
        fill(form, h('h1', {}, 'Sign in'), h('p', { class: 'quiet' }, 'With the secret of this cluster. The read-write secret also lets you edit.'),
            h('label', {}, 'Secret', secret), note, button);
    }

    return {
        element,
        title: 'Sign in',
        show() {
            draw();
            set(form, 'aria-label', 'Sign in');
            secret.focus();
        },
        hide() {
            secret.value = '';
        },
    };
}

/** @param {string} text */
const sentence = (text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
