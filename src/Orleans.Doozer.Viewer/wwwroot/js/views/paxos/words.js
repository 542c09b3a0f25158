// @ts-check
// The events of Paxos in plain sentences, for who learns it by watching.

import { integer, plural, shortBallot } from '../../lib/format.js';
import { quorumOf } from '../../model/paxos/state.js';

/**
 * @typedef {import('../../model/paxos/merge.js').StoryEvent} StoryEvent
 * @typedef {import('../../model/paxos/state.js').State} State
 * @typedef {(id: string | undefined) => string} Name
 */

/** The five stations of a slot's life, and what else there is to see. */
export const PHASES = [
    { kind: 'prepare', name: 'Prepare', note: 'may I lead with this ballot?' },
    { kind: 'promise', name: 'Promise', note: 'yes, and I refuse lower ones' },
    { kind: 'accept', name: 'Accept', note: 'please accept this batch' },
    { kind: 'accepted', name: 'Accepted', note: 'done, it is on my disk' },
    { kind: 'decided', name: 'Decided', note: 'a majority accepted it' },
];

/** @type {Record<string, string>} */
const EXPLANATIONS = {
    preVote: 'A voter that no longer hears its leader first asks around. Who still hears the leader says no, so a node that is merely cut off cannot disturb a healthy cluster. No promise is given yet.',
    prepare: 'Phase 1, once for each leader. A ballot is a numbered attempt to lead. Whoever promises it will refuse every lower ballot from then on, so an old leader can no longer decide anything.',
    promise: 'The promise is on disk before it is sent. With it the acceptor tells what it accepted under earlier ballots: that may have been decided already, so the new leader proposes it again.',
    accept: 'Phase 2, once for each slot. The leader puts the changes that arrived meanwhile into the next free slot of the log, as one batch, and asks every voter to accept it.',
    accepted: 'A vote, given only after the batch is on disk. When a majority of the voters accepted the same ballot in a slot, its batch is decided: any later majority holds at least one of them, so no later leader can miss it.',
    rejected: 'This acceptor has promised a higher ballot: somebody else leads by now, or tried to. Whoever is refused gives the ballot up and draws a higher one if it wants to lead.',
    decided: 'Decided slots are applied in order, without holes, so every node makes the same changes to its tree in the same order and gives them the same revisions.',
    leader: 'A leader is an optimisation: safety rests on ballots and majorities alone. With one leader, phase 1 is done once and each write needs one round trip.',
    voters: 'Who votes is itself data in the store (/ctl/cal), so a change of the voters is agreed on like any other change. It takes effect some slots later, the same slot for everybody.',
    fetch: 'A node that lacks decided slots asks another for them. What it gets is decided already, so no vote is needed.',
    alreadyDecided: 'The asker is far behind: that slot was decided and folded into a snapshot here. It gives up leading and catches up.',
};
const SAME = { preVoteReply: 'preVote', fetched: 'fetch' };

/** @param {string} kind */
export const explanation = (kind) => EXPLANATIONS[/** @type {Record<string, string>} */ (SAME)[kind] ?? kind] ?? '';

/**
 * One step as a sentence. `state` is the state after it.
 * @param {StoryEvent[]} events
 * @param {State} state
 * @param {Name} name
 */
export function sentence(events, state, name) {
    const [event] = events;
    const me = name(event.node);
    const others = listOf(events.map(({ node, peer }) => (peer === node ? 'itself' : name(peer))));
    return (event.way === 'in' ? arrives : does)(event, me, others, state, name);
}

/** @param {StoryEvent} event @param {string} me @param {string} others @param {State} state @param {Name} name @returns {string} */
function does(event, me, others, state, name) {
    const { kind, ballot, slot, peer } = event;
    switch (kind) {
        case 'preVote': return `${me} misses its leader and asks ${others}: would you elect me?`;
        case 'preVoteReply': return `${me} tells ${others}: ${event.granted ? 'yes, I miss it too' : 'no, I still hear the leader'}.`;
        case 'prepare': return `${me} asks ${others} to promise ballot ${shortBallot(ballot)}.`;
        case 'promise': return `${me} promises ballot ${shortBallot(ballot)} to ${others}${event.entries ? `, and tells of ${plural(event.entries, 'entry', 'entries')} it had accepted` : ''}.`;
        case 'accept': return `${me} asks ${others} to accept slot ${integer(slot)}${event.bytes === undefined ? '' : ` (${integer(event.bytes)} bytes)`} with ballot ${shortBallot(ballot)}.`;
        case 'accepted': return `${me} has accepted slot ${integer(slot)}; it is on its disk, and it tells ${others}.`;
        case 'rejected': return `${me} refuses ballot ${shortBallot(ballot)} of ${others}: it promised ${shortBallot(event.promised)}.`;
        case 'alreadyDecided': return `${me} tells ${others}: slot ${integer(slot)} is decided and in my snapshot.`;
        case 'fetch': return `${me} lacks slots from ${integer(slot)} on and asks ${others} for them.`;
        case 'fetched': return `${me} sends ${plural(event.entries ?? 0, 'decided slot')} to ${others}.`;
        case 'decided': return `${me} knows that all slots up to ${integer(slot)} are decided, and has applied them.`;
        case 'leader': return peer ? (peer === event.node ? `${me} leads with ballot ${shortBallot(ballot)}.` : `${me} follows ${name(peer)}, who leads with ballot ${shortBallot(ballot)}.`)
            : `${me} has lost its leader.`;
        case 'voters': return `The voters are ${listOf((event.voters ?? []).map(name))}${slot === undefined ? '' : `, from slot ${integer(slot)} on`}.`;
        default: return `${me}: ${kind}`;
    }
}

/** @param {StoryEvent} event @param {string} me @param {string} other @param {State} state @returns {string} */
function arrives(event, me, other, state) {
    const { kind, ballot, slot, peer } = event;
    const from = peer === event.node ? 'its own acceptor' : other;
    const { voters, majority } = quorumOf(state);
    switch (kind) {
        case 'accepted': {
            const votes = state.slots.get(slot ?? 0)?.votes.size ?? 0;
            return `${me} counts the vote of ${from} for slot ${integer(slot)}: ${votes} of ${voters}${votes === majority ? ', a majority' : ''}.`;
        }
        case 'promise': {
            const promises = state.elections.find((election) => election.ballot === ballot)?.promises.size ?? 0;
            return `${me} counts the promise of ${from}: ${promises} of ${voters}${promises === majority ? ', a majority: it may lead' : ''}.`;
        }
        case 'preVoteReply': return `${me} hears from ${from}: ${event.granted ? 'yes' : 'no'}.`;
        case 'rejected': return `${me} learns from ${from} that ballot ${shortBallot(ballot)} is outdone by ${shortBallot(event.promised)}.`;
        case 'accept': return `Slot ${integer(slot)} from ${from} reaches ${me}.`;
        case 'prepare': return `The question of ${from} for ballot ${shortBallot(ballot)} reaches ${me}.`;
        case 'preVote': return `The question of ${from} reaches ${me}.`;
        case 'fetch': return `${from} asks ${me} for slots from ${integer(slot)} on.`;
        case 'fetched': return `${me} gets ${plural(event.entries ?? 0, 'decided slot')} from ${from}.`;
        case 'alreadyDecided': return `${me} learns from ${from} that slot ${integer(slot)} was decided long ago.`;
        default: return `${me} gets ${kind} from ${from}.`;
    }
}

/** @param {string[]} names */
function listOf(names) {
    const distinct = [...new Set(names)];
    return distinct.length < 2 ? distinct.join('') : `${distinct.slice(0, -1).join(', ')} and ${distinct[distinct.length - 1]}`;
}
