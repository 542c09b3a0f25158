// @ts-check
// What nodes are called: by their host; where several share one, by their address; else by the beginning of their id.

import { shortNode } from './format.js';

/**
 * @param {{ node: string, hostname?: string, address?: string }[]} nodes
 * @returns {Map<string, string>} by node id
 */
export function nodeNames(nodes) {
    const isUnique = (/** @type {'hostname' | 'address'} */ field, /** @type {string | undefined} */ value) =>
        value !== undefined && value !== '' && nodes.filter((node) => node[field] === value).length === 1;
    return new Map(nodes.map((node) => [node.node, isUnique('hostname', node.hostname) ? /** @type {string} */ (node.hostname)
        : isUnique('address', node.address) ? /** @type {string} */ (node.address) : shortNode(node.node)]));
}
