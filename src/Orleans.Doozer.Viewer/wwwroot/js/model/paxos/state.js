// @ts-check
// What is known of the cluster at one moment of the story: who promised what, and how far each slot is on each acceptor.

/**
 * @typedef {import('./merge.js').StoryEvent} StoryEvent
 * @typedef {import('../../types.js').PaxosNode} PaxosNode
 * @typedef {{ kind: 'numbers', nodes: PaxosNode[] }} Numbers what the nodes said of themselves at the end of a frame
 * @typedef {'sent' | 'arrived' | 'accepted' | 'decided'} Cell
 *
 * @typedef {object} NodeState
 * @property {string} [promised]
 * @property {string} [leader]
 * @property {number} decided
 * @property {boolean} reachable
 * @property {boolean} voter
 *
 * @typedef {object} SlotState
 * @property {string} [ballot]
 * @property {number} [bytes]
 * @property {Map<string, Cell>} cells by node
 * @property {Set<string>} votes counted by the leader
 *
 * @typedef {object} Election
 * @property {number} at
 * @property {string} candidate
 * @property {string} ballot
 * @property {Set<string>} promises counted by the candidate
 * @property {Set<string>} refusals
 * @property {boolean} won
 *
 * @typedef {object} State
 * @property {Map<string, NodeState>} nodes
 * @property {Map<number, SlotState>} slots
 * @property {string} [leader]
 * @property {string} [ballot]
 * @property {Election[]} elections newest last
 */

const KEPT_SLOTS = 64;
const KEPT_ELECTIONS = 20;
const RANK = { sent: 1, arrived: 2, accepted: 3, decided: 4 };

/** @returns {State} */
export const emptyState = () => ({ nodes: new Map(), slots: new Map(), elections: [] });

/** @param {State} state @returns {State} */
export function copyState(state) {
    return {
        ...state,
        nodes: new Map([...state.nodes].map(([id, node]) => [id, { ...node }])),
        slots: new Map([...state.slots].map(([slot, { cells, votes, ...rest }]) => [slot, { ...rest, cells: new Map(cells), votes: new Set(votes) }])),
        elections: state.elections.map((election) => ({ ...election, promises: new Set(election.promises), refusals: new Set(election.refusals) })),
    };
}

/** How many votes decide. @param {State} state */
export function quorumOf(state) {
    const voters = [...state.nodes.values()].filter((node) => node.voter).length;
    return { voters, majority: Math.floor(voters / 2) + 1 };
}

/** Moves the state on by one event. @param {State} state @param {StoryEvent | Numbers} event */
export function advance(state, event) {
    if (event.kind === 'numbers') {
        takeNumbers(state, /** @type {Numbers} */ (event));
        return;
    }
    const told = /** @type {StoryEvent} */ (event);
    HANDLERS[told.kind]?.(state, told, nodeOf(state, told.node));
    forget(state);
}

/** @type {Record<string, (state: State, event: StoryEvent, node: NodeState) => void>} */
const HANDLERS = {
    prepare(state, { node, way, ballot, at }) {
        if (way === 'out' && ballot && !state.elections.some((election) => election.ballot === ballot)) {
            state.elections.push({ at, candidate: node, ballot, promises: new Set(), refusals: new Set(), won: false });
            state.elections.splice(0, state.elections.length - KEPT_ELECTIONS);
        }
    },
    promise(state, { way, ballot, peer }, node) {
        if (way === 'out') {
            node.promised = ballot;
        } else if (peer) {
            state.elections.find((election) => election.ballot === ballot)?.promises.add(peer);
        }
    },
    accept(state, { node, way, peer, slot, ballot, bytes }) {
        const cells = slotOf(state, slot, { ballot, bytes })?.cells;
        raise(cells, way === 'out' ? peer : node, way === 'out' ? 'sent' : 'arrived');
    },
    accepted(state, { node, way, peer, slot, ballot }) {
        const entry = slotOf(state, slot, { ballot });
        raise(entry?.cells, way === 'out' ? node : peer, 'accepted');
        if (way === 'in' && peer) {
            entry?.votes.add(peer);
        }
    },
    alreadyDecided(state, { node, way, peer, slot }) {
        raise(slotOf(state, slot, {})?.cells, way === 'out' ? node : peer, 'decided');
    },
    rejected(state, { node, way, peer, ballot, promised }, told) {
        const refuser = way === 'out' ? node : peer;
        if (refuser) {
            state.elections.find((election) => election.ballot === ballot)?.refusals.add(refuser);
        }
        if (way === 'out' && promised) {
            told.promised = promised;
        }
    },
    decided(state, { node, slot = 0 }, told) {
        told.decided = Math.max(told.decided, slot);
        for (const [number, { cells }] of state.slots) {
            if (number <= slot) {
                raise(cells, node, 'decided');
            }
        }
    },
    leader(state, { peer, ballot }, node) {
        node.leader = peer;
        if (peer) {
            state.leader = peer;
            state.ballot = ballot;
            state.elections.filter((election) => election.ballot === ballot).forEach((election) => { election.won = true; });
        }
    },
    voters(state, { voters = [] }) {
        for (const [id, node] of state.nodes) {
            node.voter = voters.includes(id);
        }
    },
};

/** @param {State} state @param {Numbers} numbers */
function takeNumbers(state, { nodes }) {
    for (const told of nodes) {
        const node = nodeOf(state, told.node);
        node.reachable = told.reachable;
        node.voter = told.voter ?? node.voter;
        if (!told.reachable) {
            continue;
        }
        node.promised = told.promised ?? node.promised;
        node.leader = told.leader;
        // Under load not every event is told: the numbers fill in what the events left out.
        HANDLERS.decided(state, { kind: 'decided', node: told.node, n: 0, at: 0, slot: told.decided ?? 0 }, node);
        if (told.leader === told.node) {
            state.leader = told.node;
            state.ballot = told.ballot;
        }
    }
    for (const id of state.nodes.keys()) {
        if (!nodes.some((told) => told.node === id)) {
            state.nodes.delete(id);
        }
    }
}

/** @param {State} state @param {string} id @returns {NodeState} */
function nodeOf(state, id) {
    const node = state.nodes.get(id) ?? { decided: 0, reachable: true, voter: true };
    state.nodes.set(id, node);
    return node;
}

/** @param {State} state @param {number | undefined} slot @param {{ ballot?: string, bytes?: number }} told */
function slotOf(state, slot, { ballot, bytes }) {
    if (slot === undefined) {
        return undefined;
    }
    let entry = state.slots.get(slot);
    if (!entry) {
        entry = { cells: new Map(), votes: new Set() };
        state.slots.set(slot, entry);
        for (const [id, node] of state.nodes) {
            if (node.decided >= slot) {
                entry.cells.set(id, 'decided');
            }
        }
    }
    entry.ballot = ballot ?? entry.ballot;
    entry.bytes = bytes ?? entry.bytes;
    return entry;
}

/** @param {Map<string, Cell> | undefined} cells @param {string | undefined} node @param {Cell} to */
function raise(cells, node, to) {
    if (node === undefined || cells === undefined) {
        return;
    }
    const now = cells.get(node);
    if (now === undefined || RANK[now] < RANK[to]) {
        cells.set(node, to);
    }
}

/** @param {State} state */
function forget(state) {
    if (state.slots.size > KEPT_SLOTS) {
        const lowest = [...state.slots.keys()].sort((a, b) => b - a)[KEPT_SLOTS - 1];
        for (const slot of state.slots.keys()) {
            if (slot < lowest) {
                state.slots.delete(slot);
            }
        }
    }
}
