// @ts-check
// Paxos at work: the messages of this cluster, as its nodes tell of them, at a pace that can be followed.

import { fill, h, set, setText } from '../../lib/dom.js';
import { clock, integer, plural, shortBallot, shortNode } from '../../lib/format.js';
import { nodeNames } from '../../lib/node-names.js';
import { Playback } from '../../model/paxos/playback.js';
import { Recording } from '../../model/paxos/recording.js';
import { emptyState, quorumOf } from '../../model/paxos/state.js';
import { Controls } from './controls.js';
import { createLegend, createPhases } from './legend.js';
import { Ring } from './ring.js';
import { SlotGrid } from './slot-grid.js';
import { StepList } from './step-list.js';
import { Traffic } from './traffic.js';
import { sentence } from './words.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../types.js').PaxosFrame} PaxosFrame
 * @typedef {import('../../types.js').ClusterFrame} ClusterFrame
 * @typedef {import('../../model/paxos/playback.js').Step} Step
 * @typedef {import('./controls.js').Mode} Mode
 */

class PaxosView {
    title = 'Paxos';
    /** @type {Mode} */
    #mode = 'slow';
    /** What "go on" goes on with. @type {Mode} */
    #before = 'slow';
    #state = emptyState();
    /** @type {Map<string, string>} */
    #names = new Map();
    /** @type {(() => void)[]} */
    #unfollow = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    #timer;
    #traffic = new Traffic();
    recording = new Recording();
    playback = new Playback(this.recording);
    ring = new Ring();
    phases = createPhases();
    steps = new StepList();
    grid = new SlotGrid((slot) => this.#followSlot(slot));
    controls = new Controls({
        mode: (mode) => this.#setMode(mode), toggle: () => this.#setMode(this.#mode === 'paused' ? this.#before : 'paused'),
        step: (by) => this.#stepBy(by), seek: (place) => this.#seek(place), release: () => this.#followSlot(null),
    });
    summary = h('p', { 'data-testid': 'paxos-summary' }, 'Asking the nodes for what they do.');
    elections = h('ol', { class: 'elections' });
    element = h('div', { class: 'page' },
        h('div', { class: 'page-head' }, h('h1', {}, 'Paxos at work'), this.summary),
        this.controls.element,
        h('div', { class: 'paxos-layout' },
            h('div', { class: 'paxos-left' }, h('section', { class: 'card stage-card', 'aria-label': 'Messages' }, this.phases.element, this.ring.element),
                h('section', { class: 'card', 'aria-label': 'Slots on each acceptor' }, this.grid.element)),
            this.steps.element),
        h('div', { class: 'paxos-more' }, createLegend(),
            h('section', { class: 'card more' }, h('h2', {}, 'Elections'), this.elections),
            h('section', { class: 'card more' }, h('h2', {}, 'Messages per second'), this.#traffic.element)));

    /** @param {App} app */
    constructor(app) {
        this.app = app;
    }

    show() {
        if (this.#unfollow.length === 0) {
            this.#unfollow = [
                this.app.live.feed('paxos', (frame) => this.#take(frame)),
                this.app.live.feed('cluster', (/** @type {ClusterFrame} */ frame) => { this.#names = nodeNames(frame.nodes); }),
            ];
            this.#schedule();
        }
    }

    hide() {
        this.#unfollow.forEach((end) => end());
        this.#unfollow = [];
        clearTimeout(this.#timer);
    }

    #name = (/** @type {string | undefined} */ id) => this.#names.get(id ?? '') ?? shortNode(id);

    /** @param {PaxosFrame} frame */
    #take(frame) {
        const first = this.recording.end === 0;
        const events = this.recording.take(frame, this.playback.place);
        this.#traffic.take(frame);
        if (this.#mode === 'live' || first) {
            this.recording.play(this.#state, this.playback.place, this.recording.end);
            this.playback.place = this.recording.end;
            this.ring.stream(this.#mode === 'live' ? events : []);
            const last = events.filter((event) => event.kind !== 'decided').at(-1) ?? events.at(-1);
            if (this.#mode === 'live' && last) {
                this.#tell({ events: [last], end: this.recording.end });
            }
        }
        this.#draw();
    }

    #schedule() {
        clearTimeout(this.#timer);
        if (this.#mode === 'slow' && this.#unfollow.length > 0) {
            this.#timer = setTimeout(() => this.#tick(), this.controls.pace);
        }
    }

    #tick() {
        const from = this.playback.place;
        const step = this.playback.nextSlow();
        if (step) {
            this.#show(step, from);
        } else {
            this.ring.clear();
        }
        this.#schedule();
    }

    /** @param {Step} step @param {number} from where the state stands */
    #show(step, from) {
        this.recording.play(this.#state, from, step.end);
        this.playback.place = step.end;
        this.ring.step(step.events, this.controls.pace * 0.8);
        this.#tell(step);
        this.#draw();
    }

    /** @param {Step} step */
    #tell(step) {
        this.steps.add(step.events, sentence(step.events, this.#state, this.#name));
        this.phases.mark(step.events[0].kind);
    }

    /** @param {1 | -1} by */
    #stepBy(by) {
        this.#setMode('paused');
        const from = this.playback.place;
        if (by === 1) {
            const step = this.playback.next();
            if (step) {
                this.#show(step, from);
                this.app.announcer.say(this.steps.text.textContent ?? '');
            }
            return;
        }
        // What stands there now is the step before this place; the one wanted is the one before that.
        this.playback.place = this.playback.previous() ?? from;
        const before = this.playback.previous();
        this.#seek(before ?? this.playback.place);
    }

    /** @param {number} place */
    #seek(place) {
        this.#setMode('paused');
        this.playback.place = Math.max(this.recording.first, place);
        this.#state = this.recording.stateAt(this.playback.place);
        this.ring.clear();
        this.steps.clear();
        const step = this.playback.next();
        if (step) {
            this.#show(step, this.playback.place);
        }
        this.#draw();
    }

    /** @param {number | null} slot */
    #followSlot(slot) {
        this.playback.follow(slot);
        if (slot !== null) {
            this.#seek(this.playback.place);
        }
        this.#draw();
    }

    /** @param {Mode} mode */
    #setMode(mode) {
        if (mode === this.#mode) {
            return;
        }
        if (this.#mode !== 'paused') {
            this.#before = this.#mode;
        }
        this.#mode = mode;
        if (mode === 'live') {
            this.playback.follow(null);
            this.#state = this.recording.stateAt(this.recording.end);
            this.playback.place = this.recording.end;
            this.ring.clear();
        }
        this.#schedule();
        this.#draw();
    }

    #draw() {
        const { playback, recording } = this;
        this.ring.draw(this.#state, this.#name);
        this.grid.draw(this.#state, this.#name, playback.focus);
        this.controls.draw(this.#mode, { first: recording.first, place: playback.place, end: recording.end }, playback.chosen ? playback.focus : null);
        set(this.element, 'data-mode', this.#mode);
        const { voters, majority } = quorumOf(this.#state);
        const slots = this.#traffic.perSecond('decided');
        setText(this.summary, this.#state.nodes.size === 0 ? 'Asking the nodes for what they do.'
            : `${this.#state.leader ? `${this.#name(this.#state.leader)} leads with ballot ${shortBallot(this.#state.ballot)}.` : 'Nobody leads.'} ${plural(voters, 'voter')}, ${majority} decide.`
            + (this.#mode === 'live' || slots < 2 ? '' : ` Slow motion: this cluster does about ${integer(Math.round(slots))} slots a second; single ones are followed.`));
        this.#drawElections();
    }

    #drawElections() {
        const elections = [...this.#state.elections].reverse();
        fill(this.elections, elections.length === 0 ? h('li', { class: 'quiet' }, 'None since this page was opened. A leader stays until it is gone.') : null,
            ...elections.map(({ at, candidate, ballot, promises, refusals, won }) => h('li', {}, h('b', {}, clock(at)), ` ${this.#name(candidate)} asked with ballot ${shortBallot(ballot)}: ${plural(promises.size, 'promise')}${
                refusals.size > 0 ? `, ${plural(refusals.size, 'refusal')}` : ''}${won ? '; it leads' : ''}.`)));
    }
}

/** @param {App} app */
export const create = (app) => new PaxosView(app);
