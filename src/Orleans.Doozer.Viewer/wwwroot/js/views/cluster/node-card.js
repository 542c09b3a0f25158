// @ts-check
// One node: made once, its numbers changed in place every second.

import { fill, h, set, setText } from '../../lib/dom.js';
import { bytes, duration, integer, shortBallot, shortNode } from '../../lib/format.js';
import { visible } from '../../lib/visible.js';

/** @typedef {import('../../types.js').ClusterNode} ClusterNode */

/** Rows of the card: what they are called, what that means, and what stands there. @type {[string, string, (node: ClusterNode, names: Map<string, string>) => string][]} */
const FACTS = [
    ['Ballot', 'The ballot that the leader it follows leads with', (node) => shortBallot(node.ballot)],
    ['Promised', 'The highest ballot its acceptor promised to', (node) => shortBallot(node.promised)],
    ['Follows', 'Whom it takes for the leader', (node, names) => (node.leader === undefined ? 'nobody' : names.get(node.leader) ?? shortNode(node.leader))],
    ['Revision', 'The newest change that it has applied', (node) => integer(node.revision)],
    ['History from', 'The oldest revision that it keeps', (node) => integer(node.oldestRevision)],
    ['Files', 'Files in its copy of the tree, and their bytes', (node) => (node.files === undefined ? '-' : `${integer(node.files)}, ${bytes(node.bytes)}`)],
    ['Up for', 'Since its silo started', (node) => duration(node.uptimeMs)],
    ['Disk', 'What its data directory holds, and what is left on that disk', (node) => (node.dataBytes === undefined ? node.journal ?? '-' : `${bytes(node.dataBytes)} used, ${bytes(node.freeBytes)} free`)],
    ['Version', 'Of doozerd', (node) => node.version ?? '-'],
];

const BARS = [
    ['accepted', 'The highest slot in its acceptor'],
    ['decided', 'The highest slot that it knows to be decided'],
    ['applied', 'The highest slot whose changes are in its tree'],
];

export class NodeCard {
    name = h('h2');
    role = h('span', { class: 'role' });
    where = h('p', { class: 'node-where' });
    problem = h('p', { class: 'notice danger node-problem' });
    bars = BARS.map(([name, meaning]) => {
        const number = h('span', { class: 'bar-number' });
        const fillBar = h('span', { class: 'bar-fill' });
        return { number, fillBar, row: h('div', { class: 'bar-row', title: meaning }, h('span', { class: 'bar-name' }, name), h('span', { class: 'bar', 'aria-hidden': 'true' }, fillBar), number) };
    });
    lag = h('p', { class: 'node-lag' });
    values = FACTS.map(() => h('dd'));
    facts = h('dl', { class: 'facts' }, ...FACTS.flatMap(([name, meaning], i) => [h('dt', { title: meaning }, name), this.values[i]]));
    live = h('div', { class: 'node-live' }, h('div', { class: 'bars' }, ...this.bars.map((bar) => bar.row)), this.lag, this.facts);
    element = h('article', { class: 'card node', 'data-testid': 'node' }, h('div', { class: 'node-head' }, this.name, this.role), this.where, this.problem, this.live);

    /** @param {ClusterNode} node @param {Map<string, string>} names of all nodes @param {number} most the highest accepted slot of all */
    draw(node, names, most) {
        set(this.element, 'data-role', node.role);
        set(this.element, 'data-reachable', String(node.reachable));
        fill(this.name, visible(names.get(node.node) ?? ''), node.self ? h('span', { class: 'self' }, 'this node') : null);
        setText(this.role, node.role);
        fill(this.where, h('code', { title: node.node }, visible(shortNode(node.node))), ' at ', visible(node.address ?? 'an unknown address'),
            node.calSlot === undefined ? '' : `, CAL slot ${node.calSlot}`, node.zone ? ', zone ' : '', node.zone ? visible(node.zone) : '',
            node.self ? null : webLink(node.web));
        set(this.problem, 'hidden', node.reachable && !node.problem);
        fill(this.problem, visible(node.problem ?? 'It does not answer.'));
        set(this.live, 'hidden', !node.reachable);
        this.#drawBars(node, most);
        FACTS.forEach(([, , value], i) => fill(this.values[i], visible(value(node, names))));
    }

    /** @param {ClusterNode} node @param {number} most */
    #drawBars(node, most) {
        const numbers = [node.accepted, node.decided, node.applied];
        // A lag of hundreds matters, one of two is the ordinary flight of messages: so the last hundred slots fill the bar.
        this.bars.forEach(({ number, fillBar }, i) => {
            const value = numbers[i];
            setText(number, integer(value));
            fillBar.style.width = `${value === undefined ? 0 : Math.max(0, 100 - (most - value))}%`;
        });
        const behind = node.isBehind === true || (node.lag ?? 0) > 100;
        set(this.lag, 'data-behind', String(behind));
        setText(this.lag, node.lag === undefined ? '' : node.lag === 0 ? 'Nothing behind' : `${integer(node.lag)} ${node.lag === 1 ? 'slot' : 'slots'} behind the front${behind ? ': it is catching up' : ''}`);
    }
}

/** The node's own page. What it says of its address is not trusted further than that. @param {string | undefined} web */
function webLink(web) {
    return web && /^[\w.\-[\]:]+$/.test(web) && h('span', {}, ', ', h('a', { href: `${location.protocol}//${web}/cluster`, rel: 'noreferrer' }, 'its page'));
}
