// @ts-check
// What nodes are called: by their host; several on one host by host and port; else by the beginning of their id.

import { shortNode } from './format.js';

/**
 * @param {{ node: string, hostname?: string, address?: string }[]} nodes
 * @returns {Map<string, string>} by node id
 */
export function nodeNames(nodes) {
    const withPort = ({ hostname = '', address = '' }) => `${hostname}:${address.slice(address.lastIndexOf(':') + 1)}`;
    const isOnly = (/** @type {(node: any) => string} */ nameOf, /** @type {any} */ node) => nodes.every((other) => other === node || nameOf(other) !== nameOf(node));
    return new Map(nodes.map((node) => {
        const { hostname, address } = node;
        const name = !hostname ? shortNode(node.node) : isOnly((other) => other.hostname ?? '', node) ? hostname
            : address && isOnly(withPort, node) ? withPort(node) : shortNode(node.node);
        return [node.node, name];
    }));
}
