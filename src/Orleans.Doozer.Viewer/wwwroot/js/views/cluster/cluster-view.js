// @ts-check
// The nodes: who votes, who leads, how far each is, and how they are.

import { fill, h, set, setText } from '../../lib/dom.js';
import { plural } from '../../lib/format.js';
import { nodeNames } from '../../lib/node-names.js';
import { visible } from '../../lib/visible.js';
import { NodeCard } from './node-card.js';

/**
 * @typedef {import('../../main.js').App} App
 * @typedef {import('../../types.js').ClusterFrame} ClusterFrame
 */

class ClusterView {
    title = 'Cluster';
    /** @type {Map<string, NodeCard>} */
    #cards = new Map();
    #unfollow = () => {};
    #shown = false;

    summary = h('p', { 'data-testid': 'cluster-summary' }, 'Asking the nodes how they are.');
    votes = h('div', { class: 'votes' });
    verdict = h('p', { class: 'verdict', role: 'status' });
    quorum = h('section', { class: 'card quorum', 'aria-label': 'Votes', hidden: true }, this.votes, this.verdict);
    cards = h('div', { class: 'cards' });
    element = h('div', { class: 'page' },
        h('div', { class: 'page-head' }, h('h1', {}, 'Cluster'), this.summary),
        this.quorum, this.cards);

    /** @param {App} app */
    constructor(app) {
        this.app = app;
    }

    show() {
        if (!this.#shown) {
            this.#shown = true;
            this.#unfollow = this.app.live.feed('cluster', (frame) => this.#draw(frame));
        }
    }

    hide() {
        this.#shown = false;
        this.#unfollow();
    }

    /** @param {ClusterFrame} frame */
    #draw(frame) {
        fill(this.summary, plural(frame.nodes.length, 'node'), ' in ', visible(frame.clusterName), ', store ', visible(frame.store), ', cluster ', h('code', {}, visible(frame.clusterId)));
        const names = nodeNames(frame.nodes);
        this.#drawVotes(frame, names);
        const nodes = sorted(frame.nodes, names);
        const most = Math.max(0, ...nodes.map((node) => node.accepted ?? 0));
        for (const [id, card] of this.#cards) {
            if (!nodes.some((node) => node.node === id)) {
                card.element.remove();
                this.#cards.delete(id);
            }
        }
        nodes.forEach((node, i) => {
            const card = this.#cards.get(node.node) ?? new NodeCard();
            this.#cards.set(node.node, card);
            card.draw(node, names, most);
            if (this.cards.children[i] !== card.element) {
                this.cards.insertBefore(card.element, this.cards.children[i] ?? null);
            }
        });
    }

    /** @param {ClusterFrame} frame @param {Map<string, string>} names */
    #drawVotes(frame, names) {
        this.quorum.hidden = false;
        const voters = sorted(frame.nodes, names).filter((node) => node.voter);
        const here = voters.filter((node) => node.reachable).length;
        const majority = Math.floor(voters.length / 2) + 1;
        const leader = names.get(frame.leader ?? '');
        fill(this.votes, ...voters.map((node) => h('span', { class: 'vote', 'data-here': String(node.reachable), title: node.node },
            h('span', { class: 'vote-mark', 'aria-hidden': 'true' }), visible(names.get(node.node) ?? ''), node.reachable ? '' : ' (away)')));
        const spare = here - majority;
        const state = voters.length === 0 ? 'unknown' : spare < 0 ? 'lost' : spare === 0 && voters.length > 1 ? 'thin' : 'good';
        set(this.verdict, 'data-state', state);
        const led = leader ? `${leader} leads.` : 'Nobody leads at the moment.';
        setText(this.verdict, voters.length === 0 ? 'No voter is known.'
            : `${here} of ${plural(voters.length, 'voter')} ${here === 1 ? 'answers' : 'answer'}; ${majority} are a majority. ${sentence(spare, voters.length)} ${led}`);
    }
}

/** Voters first, then by name as people count. @param {ClusterFrame['nodes']} nodes @param {Map<string, string>} names */
const sorted = (nodes, names) => [...nodes].sort((a, b) => Number(b.voter ?? false) - Number(a.voter ?? false)
    || (names.get(a.node) ?? '').localeCompare(names.get(b.node) ?? '', 'en', { numeric: true }));

/** @param {number} spare @param {number} voters */
function sentence(spare, voters) {
    if (spare < 0) {
        return 'There is no majority: nothing can be written until more of them are back.';
    }
    if (voters === 1) {
        return 'One voter alone: without it the store stands still.';
    }
    return spare === 0 ? 'Not one more may fail.' : `${plural(spare, 'more')} may fail.`.replace('mores', 'more');
}

/** @param {App} app */
export const create = (app) => new ClusterView(app);
