// @ts-check
// The shapes of the API (see ../../API.md), for the type checker only: nothing here runs.

/**
 * @typedef {'none' | 'read' | 'write'} Access
 *
 * @typedef {object} Session
 * @property {Access} access
 * @property {boolean} signedIn
 * @property {boolean} canSignIn
 * @property {string} [csrf]
 * @property {'starting' | 'serving' | 'restarting' | 'stopped'} state
 * @property {string} [reason]
 * @property {string} [node]
 * @property {string} [store]
 * @property {string} [clusterName]
 * @property {string} [clusterId]
 * @property {string} [address]
 * @property {string} [version]
 * @property {number} [revision]
 * @property {number} [oldestRevision]
 * @property {number} [maxValueBytes]
 *
 * @typedef {object} Entry a child of a directory; `changedAt` is this page's own: when it saw the change
 * @property {string} name
 * @property {'file' | 'directory' | 'missing'} kind
 * @property {number} [revision]
 * @property {number} [length]
 * @property {number} [changedAt]
 *
 * @typedef {object} Value
 * @property {number} length
 * @property {'text' | 'base64'} encoding
 * @property {string} value
 * @property {boolean} truncated
 *
 * @typedef {Value & { at: number, path: string, revision: number }} FileAnswer
 *
 * @typedef {{ revision: number, kind: 'set' | 'delete', beforeHistory?: boolean } & Partial<Value>} Version
 * @typedef {{ at: number, path: string, oldest: number, more: boolean, versions: Version[] }} HistoryAnswer
 *
 * @typedef {{ revision: number, kind: 'set' | 'delete' | 'nop', path: string, previous?: number, changes?: number }
 *     & Partial<Value>} StoreEvent
 *
 * @typedef {{ directory: string, count: number, entries?: Entry[], many?: boolean }} DirectoryChange
 * @typedef {{ type: 'tree', next: number, at: number, changes: DirectoryChange[] }} TreeFrame
 * @typedef {{ type: 'events', id: string, next: number, at: number, events: StoreEvent[] }} EventsFrame
 *
 * @typedef {{ at: number, path: string, count: number, more: boolean, entries: Entry[] }} TreeAnswer
 * @typedef {{ path: string, revision: number, length: number, changedAt?: number }} FoundFile
 * @typedef {{ at: number, glob: string, more: boolean, next?: string, files: FoundFile[] }} FindAnswer
 *
 * @typedef {object} ClusterNode
 * @property {string} node
 * @property {boolean} self
 * @property {boolean} reachable
 * @property {string} [problem]
 * @property {'leader' | 'voter' | 'follower' | 'joining' | 'unknown'} role
 * @property {string} [address]
 * @property {string} [hostname]
 * @property {string} [version]
 * @property {string} [zone]
 * @property {string} [web]
 * @property {boolean} [joined]
 * @property {boolean} [voter]
 * @property {string} [calSlot]
 * @property {boolean} [isBehind]
 * @property {string} [leader]
 * @property {string} [ballot]
 * @property {string} [promised]
 * @property {number} [decided]
 * @property {number} [applied]
 * @property {number} [accepted]
 * @property {number} [lag]
 * @property {number} [revision]
 * @property {number} [oldestRevision]
 * @property {number} [files]
 * @property {number} [bytes]
 * @property {number} [uptimeMs]
 * @property {string} [journal]
 * @property {number} [dataBytes]
 * @property {number} [freeBytes]
 *
 * @typedef {object} ClusterFrame
 * @property {number} at
 * @property {string} clusterName
 * @property {string} clusterId
 * @property {string} store
 * @property {string} self
 * @property {string} [leader]
 * @property {ClusterNode[]} nodes
 *
 * @typedef {object} PaxosEvent
 * @property {number} n
 * @property {number} at
 * @property {string} kind
 * @property {'in' | 'out'} [way]
 * @property {string} [peer]
 * @property {string} [ballot]
 * @property {string} [promised]
 * @property {number} [slot]
 * @property {number} [bytes]
 * @property {number} [entries]
 * @property {boolean} [granted]
 * @property {string[]} [voters]
 *
 * @typedef {object} PaxosNode
 * @property {string} node
 * @property {boolean} self
 * @property {boolean} reachable
 * @property {string} [leader]
 * @property {string} [ballot]
 * @property {string} [promised]
 * @property {number} [accepted]
 * @property {number} [decided]
 * @property {number} [applied]
 * @property {boolean} [voter]
 * @property {Record<string, number>} [counts]
 * @property {number} [dropped]
 * @property {PaxosEvent[]} [events]
 *
 * @typedef {{ at: number, nodes: PaxosNode[] }} PaxosFrame
 *
 * @typedef {object} SeriesPoint
 * @property {number} at
 * @property {number} writes
 * @property {number} writeFailures
 * @property {number} [writeP50]
 * @property {number} [writeP99]
 * @property {number} reads
 * @property {number} [readP50]
 * @property {number} [readP99]
 * @property {number} watchEvents
 * @property {number} syncs
 * @property {number} [syncP50]
 * @property {number} [syncP99]
 * @property {number} revisions
 */

export {};
