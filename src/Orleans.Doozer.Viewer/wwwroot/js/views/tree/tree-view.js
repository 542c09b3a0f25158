// @ts-check
// The tree: a grid of files, a filter, the pane of the chosen file, and the bar that goes back in time.

import { ApiError, isAborted } from '../../api/http.js';
import { fill, h, set } from '../../lib/dom.js';
import { integer, plural } from '../../lib/format.js';
import { icon } from '../../lib/icons.js';
import { globOf, link, ROOT } from '../../lib/paths.js';
import { visible } from '../../lib/visible.js';
import { FilterModel } from '../../model/filter-model.js';
import { TreeModel } from '../../model/tree-model.js';
import { FilePane } from '../file/file-pane.js';
import { filterSource, treeSource } from './sources.js';
import { createSplitter } from './splitter.js';
import { TimeBar } from './time-bar.js';
import { TreeGrid } from './tree-grid.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../shell/router.js').Route} Route
 */

const TYPING_MS = 200;

class TreeView {
    title = 'Tree';
    /** @type {Route} */
    #route = { view: 'tree', path: ROOT, query: new URLSearchParams() };
    #loaded = false;
    #shown = false;
    /** The revision that the banner tells; undefined: not drawn yet. @type {number | null | undefined} */
    #bannerOf;
    /** @type {number | null} */
    #revision = null;
    #glob = '';
    #shownPath = '';
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #typing;

    input = h('input', {
        type: 'search', class: 'filter', placeholder: 'Filter: a part of a path, or a glob like /app/**', 'aria-label': 'Filter files by glob',
        spellcheck: 'false', autocomplete: 'off', 'data-testid': 'filter', on: { input: () => this.#typed() },
    });
    note = h('p', { class: 'tree-note', hidden: true });
    banner = h('div', { class: 'as-of-slot' });
    newButton = h('button', { class: 'button', type: 'button', 'data-testid': 'new-file', on: { click: () => this.pane.create(this.#directory()) } },
        icon('plus'), 'New file');

    /** @param {App} app */
    constructor(app) {
        this.app = app;
        this.model = new TreeModel(app.http);
        this.filter = new FilterModel(app.http, app.live);
        this.pane = new FilePane(app, { changeRoute: (parameters) => this.#go(parameters), close: () => this.#go({ path: ROOT }) });
        this.time = new TimeBar((revision) => this.#go({ revision }, true));
        const select = (/** @type {string} */ path) => this.#go({ path });
        this.sources = { tree: treeSource(this.model, select, (error) => this.#failed(error)), filter: filterSource(this.filter, select) };
        this.grid = new TreeGrid(this.sources.tree);
        this.element = this.#build();
        this.#connect();
    }

    #build() {
        const left = h('section', { class: 'tree-side', 'aria-label': 'Tree' },
            h('div', { class: 'toolbar' }, h('label', { class: 'filter-box' }, icon('search'), this.input), this.newButton),
            this.note, this.grid.element);
        const split = h('div', { class: 'tree-split' }, left, createSplitter(left), this.pane.element);
        return h('div', { class: 'tree-view' }, h('h1', { class: 'visually-hidden' }, 'Tree'), this.banner, split, this.time.element);
    }

    #connect() {
        this.model.onChange = () => this.#changed();
        this.model.onFollow = (directories, from) => this.app.live.followTree(directories, from);
        this.model.onProblem = (message) => this.#say(message);
        this.filter.onChange = () => this.#changed();
        this.filter.onProblem = (message) => this.#say(message);
        this.app.live.onTree = (frame) => this.model.take(frame);
        this.app.live.onTreeTooLate = () => void this.model.reload().catch((error) => this.#failed(error));
        this.app.live.status.follow(({ revision, oldestRevision }) => this.time.bounds(oldestRevision, revision));
        this.app.session.current.follow(() => this.#drawBanner());
        this.app.live.whenBack(() => {
            if (!this.#loaded && this.#shown) {
                this.show(this.#route);
            }
        });
    }

    /** @param {Route} route */
    show(route) {
        this.#route = route;
        this.#shown = true;
        this.#follow(route).catch((error) => this.#failed(error));
    }

    hide() {
        // The tree goes on following: coming back finds it as it is now.
        this.#shown = false;
    }

    /** @param {Route} route */
    async #follow(route) {
        const wanted = Number(route.query.get('revision') ?? NaN);
        const revision = Number.isInteger(wanted) && wanted > 0 ? wanted : null;
        const glob = globOf(route.query.get('filter') ?? '');
        const moved = revision !== this.#revision || !this.#loaded;
        if (moved) {
            this.#loaded = false;
            this.#say('');
        }
        this.#revision = revision;
        this.time.show(revision);
        this.#drawBanner();
        this.pane.show(route, revision, this.model.kindOf(route.path));
        if (moved) {
            await this.model.lookAt(revision);
            this.#loaded = true;
        }
        if (this.#route !== route) {
            return;
        }
        await this.#applyFilter(glob, moved);
        await this.#showPath(route);
    }

    /** @param {string} glob @param {boolean} moved */
    async #applyFilter(glob, moved) {
        if (glob === this.#glob && !(moved && glob !== '')) {
            return;
        }
        this.#glob = glob;
        if (document.activeElement !== this.input) {
            this.input.value = this.#route.query.get('filter') ?? '';
        }
        this.#say('');
        if (glob === '') {
            this.filter.stop();
        }
        this.grid.source = glob === '' ? this.sources.tree : this.sources.filter;
        this.grid.active = 0;
        if (glob !== '') {
            await this.filter.start(glob, this.#revision);
        }
        this.#changed();
        this.app.announcer.say(this.note.textContent ?? '');
    }

    /** @param {Route} route */
    async #showPath({ path }) {
        this.grid.selected = path === ROOT ? '' : path;
        if (path === this.#shownPath || this.#glob !== '') {
            this.grid.refresh();
            return;
        }
        this.#shownPath = path;
        const row = path === ROOT ? -1 : await this.model.reveal(path);
        if (row >= 0 && this.#shownPath === path) {
            this.grid.show(row, 'middle');
        } else {
            this.grid.refresh();
        }
    }

    /**
     * Goes to another path, revision, tab or filter; what is not named stays.
     * @param {{ view?: string, path?: string, revision?: number | null, filter?: string }} change
     */
    #go(change, replace = false) {
        const { view, path, query } = this.#route;
        const revision = change.revision === undefined ? this.#revision : change.revision;
        const filter = change.filter ?? query.get('filter');
        const tab = change.view ?? (change.path === undefined ? view : 'tree');
        this.app.router.go(link(tab, change.path ?? path, { revision, filter }), { replace });
    }

    #typed() {
        clearTimeout(this.#typing);
        this.#typing = setTimeout(() => this.#go({ filter: this.input.value.trim() }, true), TYPING_MS);
    }

    #changed() {
        if (this.#glob !== '') {
            const { files, more, glob } = this.filter;
            this.#say(`${plural(files.length, 'file')}${more ? ' so far' : ''} ${files.length === 1 ? 'matches' : 'match'} ${glob}`);
        }
        this.grid.refresh();
    }

    /** The directory of what is chosen, where a new file most likely belongs. */
    #directory() {
        const { path } = this.#route;
        return this.model.find(path) ? path : path.slice(0, path.lastIndexOf('/')) || ROOT;
    }

    #drawBanner() {
        this.newButton.hidden = !this.app.session.canWrite || this.#revision !== null;
        if (this.#revision === this.#bannerOf) {
            return;
        }
        this.#bannerOf = this.#revision;
        if (this.#revision === null) {
            fill(this.banner);
            return;
        }
        fill(this.banner, h('div', { class: 'as-of', role: 'status', 'data-testid': 'as-of' },
            h('strong', {}, `As of revision ${integer(this.#revision)}`), ' - the tree as it was then, read only.',
            h('button', { class: 'button small', type: 'button', on: { click: () => this.#go({ revision: null }) } }, 'Back to live')));
    }

    /** @param {string} text */
    #say(text) {
        if (text === this.note.dataset.text) {
            return;
        }
        this.note.dataset.text = text;
        fill(this.note, text === '' ? null : visible(text));
        set(this.note, 'hidden', text === '');
    }

    /** @param {unknown} error */
    #failed(error) {
        if (isAborted(error)) {
            return;
        }
        if (!(error instanceof ApiError)) {
            throw error;
        }
        this.#say(error.message);
    }
}

/** @param {App} app */
export const create = (app) => new TreeView(app);
