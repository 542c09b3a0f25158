// @ts-check
// The stream of changes, newest first: filtered by a glob, held still with one click.

import { ApiError } from '../../api/http.js';
import { fill, h, set, setText } from '../../lib/dom.js';
import { integer, plural } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { globOf, link, ROOT } from '../../lib/paths.js';
import { VirtualList } from '../../lib/virtual-list.js';
import { visible } from '../../lib/visible.js';
import { EventLog } from './event-log.js';
import { createEventRow, renderEventRow } from './event-row.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../shell/router.js').Route} Route
 */

const EVERYTHING = '/**';
/** How far back the stream begins, in revisions. */
const BEGIN = 200;
const TYPING_MS = 250;

class EventsView {
    title = 'Events';
    log = new EventLog();
    #glob = '';
    #paused = false;
    /** Whether it could not begin. */
    #failed = false;
    #unwatch = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #typing;
    /** Revisions shown per second, for the eye that cannot count them. */
    #rate = { at: 0, revision: 0 };

    filter = h('input', {
        type: 'search', class: 'filter', placeholder: 'All files; or a part of a path, or a glob like /app/**', 'aria-label': 'Only changes of these files',
        spellcheck: 'false', autocomplete: 'off', 'data-testid': 'events-filter', on: { input: () => this.#typed() },
    });
    from = h('input', { type: 'number', class: 'time-field', min: 1, 'aria-label': 'Begin at revision', placeholder: 'from revision', on: { change: () => this.#beginAt() } });
    pauseButton = h('button', { type: 'button', class: 'button', 'data-testid': 'pause', on: { click: () => this.#pause(!this.#paused) } });
    note = h('p', { class: 'tree-note', 'data-testid': 'events-note' });
    speed = h('span', { class: 'badge' });
    scroller = h('div', { class: 'event-scroller', tabindex: 0, role: 'log', 'aria-live': 'off', 'aria-label': 'Changes, newest first', 'data-testid': 'events' });
    element = h('div', { class: 'events-view' }, h('h1', { class: 'visually-hidden' }, 'Events'),
        h('div', { class: 'toolbar' }, h('label', { class: 'filter-box' }, icon('search'), this.filter), this.from, this.speed, this.pauseButton),
        this.note, h('div', { class: 'event-row event-head', 'aria-hidden': 'true' }, h('span', {}, 'Revision'), h('span', {}, 'Change'), h('span', {}, 'Path'), h('span', {}, 'Value')),
        this.scroller);
    list = new VirtualList({
        viewport: this.scroller, rowHeight: matchMedia('(max-width: 860px)').matches ? 54 : 32,
        create: createEventRow, render: (row, index) => renderEventRow(row, this.log.at(index)),
    });

    /** @param {App} app */
    constructor(app) {
        this.app = app;
        app.live.status.follow(({ revision }) => this.#measure(revision));
        app.live.whenBack(() => {
            if (this.#failed && this.#glob !== '') {
                void this.#begin();
            }
        });
        this.#pause(false);
    }

    /** @param {Route} route */
    show(route) {
        const text = route.query.get('filter') ?? '';
        const glob = globOf(text) || EVERYTHING;
        if (document.activeElement !== this.filter) {
            this.filter.value = text;
        }
        if (glob !== this.#glob) {
            this.#glob = glob;
            void this.#begin();
        }
    }

    hide() {
        // A stream that nobody sees is not sent. Coming back begins it again, with what happened shortly before.
        this.#unwatch();
        this.#glob = '';
    }

    /** @param {number} [revision] where to begin; left out: shortly before now */
    async #begin(revision) {
        this.#unwatch();
        this.#failed = false;
        this.log.clear();
        this.list.update(0);
        const glob = this.#glob;
        try {
            // Where the history stands, and whether the glob is one.
            const { at, oldest } = await this.app.http.get('/api/events', { glob, from: this.app.session.current.value?.revision ?? 1, limit: 1 });
            if (glob !== this.#glob) {
                return;
            }
            this.#watch(Math.max(oldest, Math.min(at + 1, revision ?? at - BEGIN)));
            this.#draw();
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            this.#failed = true;
            fill(this.note, visible(error.message));
        }
    }

    /** @param {number} from */
    #watch(from) {
        this.#unwatch = this.app.live.watch('events', { glob: this.#glob, from, mode: 'all' }, {
            events: ({ events }) => this.#take(this.log.add(events)),
            skipped: ({ from: first, next }) => this.#take(this.log.addGap(`${plural(next - first, 'revision')} came faster than this stream: ${integer(first)} to ${integer(next - 1)}`)),
            tooLate: ({ oldest }) => {
                this.#take(this.log.addGap(`What happened before revision ${integer(oldest)} is no longer kept`));
                this.#watch(oldest);
            },
            error: (message) => fill(this.note, visible(message)),
        });
    }

    /** @param {number} added */
    #take(added) {
        if (added > 0 && !this.#paused) {
            this.list.shift(added);
        }
        this.#draw();
    }

    #draw() {
        if (this.#paused) {
            fill(this.note, this.log.waiting === 0 ? 'Paused.' : `Paused; ${plural(this.log.waiting, 'newer change')} waiting.`);
            return;
        }
        fill(this.note, this.#glob === EVERYTHING ? 'All changes' : ['Changes of ', this.#glob].join(''),
            this.log.count === 0 ? '. Nothing has happened yet.' : `, newest first. ${plural(this.log.count, 'change')} kept on this page.`);
        this.list.update(this.log.count);
    }

    /** @param {boolean} paused */
    #pause(paused) {
        this.#paused = paused;
        this.log.hold(paused);
        fill(this.pauseButton, icon(paused ? 'play' : 'pause'), paused ? 'Go on' : 'Pause');
        set(this.element, 'data-paused', String(paused));
        this.#draw();
    }

    #typed() {
        clearTimeout(this.#typing);
        this.#typing = setTimeout(() => this.app.router.go(link('events', ROOT, { filter: this.filter.value.trim() }), { replace: true }), TYPING_MS);
    }

    #beginAt() {
        const revision = Number(this.from.value);
        void this.#begin(Number.isInteger(revision) && revision > 0 ? revision : undefined);
    }

    /** @param {number | undefined} revision */
    #measure(revision) {
        const now = performance.now();
        const passed = now - this.#rate.at;
        if (revision === undefined || passed < 900) {
            return;
        }
        const perSecond = Math.round((revision - this.#rate.revision) / passed * 1000);
        setText(this.speed, this.#rate.at === 0 ? '' : `${integer(Math.max(0, perSecond))} revisions/s`);
        this.#rate = { at: now, revision };
    }
}

/** @param {App} app */
export const create = (app) => new EventsView(app);
