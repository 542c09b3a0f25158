// @ts-check
// What is chosen in the tree: a file with its value and history, a directory, or nothing.

import { fill, h, set } from '../../lib/dom.js';
import { integer, plural } from '../../lib/format.js';
import { combine, link, ROOT } from '../../lib/paths.js';
import { visible } from '../../lib/visible.js';
import { FileModel } from '../../model/file-model.js';
import { confirmDelete } from './delete-dialog.js';
import { Editor } from './editor.js';
import { HistoryView } from './history-view.js';
import { openNewFile } from './new-file-dialog.js';
import { PaneHead } from './pane-head.js';
import { ValueView } from './value-view.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../shell/router.js').Route} Route
 * @typedef {{ changeRoute: (change: { view?: string, path?: string, revision?: number | null }) => void, close: () => void }} Moves
 */

/** A value that changes all the time is drawn at most this often. */
const DRAW_MS = 150;

export class FilePane {
    #path = ROOT;
    #tab = 'tree';
    /** @type {Editor | null} */
    #editor = null;
    #drawn = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #later;

    /** @param {App} app @param {Moves} moves */
    constructor(app, moves) {
        this.app = app;
        this.moves = moves;
        this.model = new FileModel(app.http, app.live);
        this.model.onChange = () => this.#changed();
        this.value = new ValueView(() => app.http.raw(this.#path, this.#shownRevision()));
        this.history = new HistoryView(app);
        this.head = new PaneHead({
            close: () => moves.close(), edit: () => void this.#edit(), remove: () => this.#remove(),
            copied: (what) => app.announcer.say(`${what} copied`),
        }, this.value.modes);
        this.body = h('div', { class: 'pane-body' });
        this.element = h('section', { class: 'pane', 'aria-label': 'Chosen file', 'data-testid': 'pane' }, this.head.element, this.body);
        app.session.current.follow(() => this.#draw());
    }

    /**
     * @param {Route} route
     * @param {number | null} revision null: live
     * @param {string | undefined} kind what the tree knows to be there
     */
    show(route, revision, kind) {
        if (route.path !== this.#path || route.view !== this.#tab || revision !== this.model.revision) {
            this.#editor = null;
        }
        if (route.path !== this.#path) {
            this.value.reset();
        }
        this.#path = route.path;
        this.#tab = route.view;
        set(this.element, 'data-open', String(route.path !== ROOT));
        if (route.path === ROOT) {
            this.model.close();
        } else {
            void this.model.open(route.path, revision, kind === 'directory');
        }
        this.#draw();
    }

    /** @param {string} directory where the new file most likely belongs */
    create(directory) {
        openNewFile(this.app, combine(directory, ''), (path) => this.moves.changeRoute({ path, revision: null }));
    }

    #shownRevision() {
        const { content, revision } = this.model;
        return content.kind === 'file' ? content.file.revision : revision;
    }

    #changed() {
        clearTimeout(this.#later);
        const wait = this.#drawn + DRAW_MS - performance.now();
        if (wait <= 0) {
            this.#draw();
        } else {
            this.#later = setTimeout(() => this.#draw(), wait);
        }
    }

    #draw() {
        this.#drawn = performance.now();
        const { content, revision } = this.model;
        if (this.#path === ROOT) {
            fill(this.head.element);
            this.#put(NOTHING);
            return;
        }
        if (content.kind === 'file' && !this.#editor) {
            this.value.show(content.file);
        }
        this.head.draw({ path: this.#path, tab: this.#tab, revision, content, canWrite: this.app.session.canWrite, editing: this.#editor !== null });
        if (this.#editor) {
            this.#editor.seen(content.kind === 'file' ? content.file : null, content.kind === 'missing');
            this.#put(this.#editor.element);
        } else if (this.#tab === 'history') {
            this.history.show(this.#path, content.kind === 'file' ? content.file.revision : 0);
            this.#put(this.history.element);
        } else if (content.kind === 'file') {
            this.#put(this.value.element);
        } else if (content.kind !== 'loading') {
            this.#put(this.#describe());
        }
    }

    #describe() {
        const { content, revision } = this.model;
        switch (content.kind) {
            case 'directory':
                return h('div', { class: 'empty' }, h('p', {}, `A directory with ${plural(content.count, 'entry', 'entries')}.`),
                    h('p', {}, h('a', { href: link('events', ROOT, { filter: `${this.#path}/**` }) }, 'Follow the changes below it')));
            case 'missing':
                return h('div', { class: 'empty', 'data-testid': 'missing' }, h('p', {}, revision === null ? 'There is no such file or directory.'
                    : `There was no such file or directory at revision ${integer(revision)}.`));
            default:
                return h('p', { class: 'notice danger' }, content.kind === 'problem' ? visible(content.message) : '');
        }
    }

    /** @param {HTMLElement} element */
    #put(element) {
        if (this.body.firstChild !== element) {
            fill(this.body, element);
        }
    }

    async #edit() {
        const { content } = this.model;
        if (content.kind !== 'file') {
            return;
        }
        const editor = await Editor.open(this.app, content.file, () => {
            this.#editor = null;
            void this.model.refresh();
            this.#draw();
        });
        this.#editor = editor;
        this.#draw();
        editor.focus();
    }

    #remove() {
        const { content } = this.model;
        if (content.kind === 'file') {
            confirmDelete(this.app, content.file, () => void this.model.refresh());
        }
    }
}

const NOTHING = h('div', { class: 'empty' }, h('p', {}, 'Choose a file to see its value and its history.'),
    h('p', { class: 'quiet' }, 'In the tree the arrow keys move; right and left open and close; Enter chooses.'));
