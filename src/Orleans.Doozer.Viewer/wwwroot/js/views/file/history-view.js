// @ts-check
// What happened to one file: its kept versions, and the difference between any two of them.

import { ApiError } from '../../api/http.js';
import { toBytes, toText } from '../../lib/bytes.js';
import { fill, h, set } from '../../lib/dom.js';
import { bytes, integer } from '../../lib/format.js';
import { link } from '../../lib/paths.js';
import { visible } from '../../lib/visible.js';
import { createDiffView } from './diff-view.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../types.js').Version} Version
 * @typedef {import('../../types.js').HistoryAnswer} HistoryAnswer
 */

const PAGE = 50;
/** A file that changes all the time is asked for its history at most this often. */
const RELOAD_MS = 1000;

export class HistoryView {
    #path = '';
    #seen = -1;
    /** @type {Version[]} newest first */
    #versions = [];
    #more = false;
    #oldest = 0;
    /** The version looked at; 0: the newest. */
    #chosen = 0;
    /** What it is compared with; 0: the version before it. */
    #base = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #loadedAt = 0;

    /** @param {App} app */
    constructor(app) {
        this.app = app;
        this.list = h('ol', { class: 'versions', 'aria-label': 'Versions, newest first', 'data-testid': 'versions' });
        this.note = h('p', { class: 'quiet versions-note' });
        this.bases = h('select', { 'aria-label': 'Compare with', on: { change: () => this.#compareWith(Number(this.bases.value)) } });
        this.diffHead = h('div', { class: 'diff-head' });
        this.diff = h('div', { class: 'diff-slot', 'data-testid': 'diff' });
        this.element = h('div', { class: 'history' }, h('div', { class: 'versions-side' }, this.list, this.note), h('div', { class: 'diff-side' }, this.diffHead, this.diff));
    }

    /** @param {string} path @param {number} revision the newest revision of the file; a new one loads the list again */
    show(path, revision) {
        if (path !== this.#path) {
            this.#path = path;
            this.#chosen = this.#base = 0;
            this.#versions = [];
            this.#seen = -1;
            this.#loadedAt = 0;
            fill(this.list);
        }
        if (revision !== this.#seen) {
            this.#seen = revision;
            clearTimeout(this.#timer);
            this.#timer = setTimeout(() => void this.#load(), Math.max(0, this.#loadedAt + RELOAD_MS - performance.now()));
        }
    }

    /** @param {number} [before] older ones than this are added; left out: starts over */
    async #load(before) {
        const path = this.#path;
        this.#loadedAt = performance.now();
        try {
            /** @type {HistoryAnswer} */
            const answer = await this.app.http.get('/api/history', { path, limit: PAGE, before });
            if (path !== this.#path) {
                return;
            }
            this.#versions = before === undefined ? joined(answer.versions, this.#versions) : [...this.#versions, ...answer.versions];
            this.#more = before === undefined && this.#versions.length > answer.versions.length ? this.#more : answer.more;
            this.#oldest = answer.oldest;
            this.#draw();
        } catch (error) {
            if (!(error instanceof ApiError)) {
                throw error;
            }
            fill(this.note, visible(error.message));
        }
    }

    #draw() {
        const chosen = this.#chosenVersion;
        fill(this.list, ...this.#versions.map((version) => h('li', {}, h('button', {
            type: 'button', class: 'version', 'aria-pressed': String(version === chosen), on: { click: () => this.#choose(version.revision) },
        }, h('b', {}, integer(version.revision)), h('span', { class: `tag tag-${version.kind}` }, version.kind),
        h('span', { class: 'quiet' }, version.beforeHistory ? 'before the kept history' : version.kind === 'set' ? bytes(version.length) : '')))));
        fill(this.note, this.#versions.length === 0 ? `Nothing happened to it since revision ${integer(this.#oldest)}, where the kept history begins.`
            : this.#more ? h('button', { type: 'button', class: 'button small', on: { click: () => void this.#load(this.#versions.at(-1)?.revision) } }, 'Older versions')
                : `Kept history begins at revision ${integer(this.#oldest)}.`);
        void this.#drawDiff();
    }

    get #chosenVersion() {
        return this.#versions.find((version) => version.revision === this.#chosen) ?? this.#versions[0];
    }

    get #baseVersion() {
        const chosen = this.#chosenVersion;
        return this.#versions.find((version) => version.revision === this.#base) ?? this.#versions[this.#versions.indexOf(chosen) + 1];
    }

    /** @param {number} revision */
    #choose(revision) {
        const focus = document.activeElement?.closest('.version') !== null;
        this.#chosen = revision === this.#versions[0]?.revision ? 0 : revision;
        this.#draw();
        if (focus) {
            this.list.querySelector('[aria-pressed="true"]')?.dispatchEvent(new Event('focus'));
            /** @type {HTMLElement | null} */ (this.list.querySelector('[aria-pressed="true"]'))?.focus();
        }
    }

    /** @param {number} revision */
    #compareWith(revision) {
        this.#base = revision;
        void this.#drawDiff();
    }

    async #drawDiff() {
        const chosen = this.#chosenVersion;
        const base = this.#baseVersion;
        if (!chosen) {
            fill(this.diffHead);
            fill(this.diff);
            return;
        }
        this.#drawBases(chosen);
        fill(this.diffHead, h('span', {}, 'Revision ', h('b', {}, integer(chosen.revision)), ' compared with '), this.bases,
            h('a', { class: 'quiet-link', href: link('tree', this.#path, { revision: chosen.revision }) }, 'The whole tree as of it'));
        const path = this.#path;
        const [before, after] = await Promise.all([this.#text(base), this.#text(chosen)]);
        if (path !== this.#path || chosen !== this.#chosenVersion || base !== this.#baseVersion) {
            return;
        }
        fill(this.diff, before === null || after === null ? h('p', { class: 'empty' }, 'A binary value: ',
            `${base ? bytes(base.length ?? 0) : 'nothing'} before, ${bytes(chosen.length ?? 0)} now.`) : createDiffView(before, after));
    }

    /** @param {Version} chosen */
    #drawBases(chosen) {
        const others = this.#versions.filter((version) => version !== chosen);
        fill(this.bases, h('option', { value: 0 }, 'the version before'),
            ...others.map((version) => h('option', { value: version.revision }, `revision ${integer(version.revision)}`)));
        this.bases.value = others.some((version) => version.revision === this.#base) ? String(this.#base) : '0';
        set(this.bases, 'disabled', others.length === 0);
    }

    /** The text of a version; empty for none, null for what is no text. @param {Version | undefined} version */
    async #text(version) {
        if (!version || version.kind === 'delete') {
            return '';
        }
        if (version.truncated) {
            return toText(await this.app.http.raw(this.#path, version.revision));
        }
        return version.encoding === 'text' ? version.value ?? '' : toText(toBytes({ encoding: 'base64', value: version.value ?? '' }));
    }
}

/**
 * The newest page before what is known already, where the two meet; objects that are known stay the same.
 * @param {Version[]} newest
 * @param {Version[]} known
 */
function joined(newest, known) {
    const lowest = newest.at(-1)?.revision ?? 0;
    const meets = known.some((version) => version.revision === lowest);
    const same = newest.map((version) => known.find((other) => other.revision === version.revision && other.kind === version.kind) ?? version);
    return meets ? [...same, ...known.filter((version) => version.revision < lowest)] : same;
}
