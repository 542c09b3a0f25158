// @ts-check
// One order of the nodes for ring and grid.

/**
 * By name, as people count them; ids settle what names do not.
 * @param {import('../../model/paxos/state.js').State} state
 * @param {(id: string | undefined) => string} name
 */
export const orderedIds = (state, name) => [...state.nodes.keys()].sort((a, b) => name(a).localeCompare(name(b), 'en', { numeric: true }) || (a < b ? -1 : 1));
