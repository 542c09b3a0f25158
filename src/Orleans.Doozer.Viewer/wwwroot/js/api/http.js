// @ts-check
// Requests to this node's /api. Every refusal becomes an ApiError whose message is one sentence for people.

/** @typedef {import('../types.js').Session} Session */

export class ApiError extends Error {
    /**
     * @param {number} status 0: the node did not answer
     * @param {string} code
     * @param {string} message
     * @param {any} [body] the whole answer
     * @param {number} [retryAfter] seconds
     */
    constructor(status, code, message, body, retryAfter) {
        super(message);
        this.status = status;
        this.code = code;
        this.body = body;
        this.retryAfter = retryAfter;
    }
}

/** Whether an error only says that the request was given up by the page. @param {unknown} error */
export const isAborted = (error) => error instanceof DOMException && error.name === 'AbortError';

export class Http {
    /** The token that every change must carry; the session module keeps it. @type {string | undefined} */
    csrf;
    /** Called when an answer says that the session that this page had is none any more. */
    onSignIn = () => {};

    /**
     * @param {string} route
     * @param {Record<string, string | number | null | undefined>} [parameters] null and undefined are left out
     * @param {AbortSignal} [signal]
     * @returns {Promise<any>}
     */
    get(route, parameters = {}, signal) {
        return this.#send('GET', route, parameters, undefined, signal);
    }

    /**
     * @param {'PUT' | 'POST' | 'DELETE'} method
     * @param {string} route
     * @param {Record<string, string | number>} [parameters]
     * @param {object} [body]
     * @returns {Promise<any>}
     */
    change(method, route, parameters = {}, body = undefined) {
        return this.#send(method, route, parameters, body);
    }

    /**
     * The whole value of a file.
     * @param {string} path
     * @param {number | null} [revision]
     * @param {AbortSignal} [signal]
     * @returns {Promise<Uint8Array>}
     */
    async raw(path, revision, signal) {
        const response = await this.#fetch('GET', rawLink(path, revision), undefined, signal);
        return new Uint8Array(await response.arrayBuffer());
    }

    /**
     * @param {string} method
     * @param {string} route
     * @param {Record<string, any>} parameters
     * @param {object} [body]
     * @param {AbortSignal} [signal]
     */
    async #send(method, route, parameters, body, signal) {
        const response = await this.#fetch(method, address(route, parameters), body, signal);
        return response.json();
    }

    /**
     * @param {string} method
     * @param {string} url
     * @param {object} [body]
     * @param {AbortSignal} [signal]
     */
    async #fetch(method, url, body, signal) {
        /** @type {Record<string, string>} */
        const headers = {};
        if (method !== 'GET' && this.csrf) {
            headers['X-Doozer-Csrf'] = this.csrf;
        }
        if (body) {
            headers['Content-Type'] = 'application/json';
        }
        let response;
        try {
            response = await fetch(url, {
                method, headers, body: body ? JSON.stringify(body) : undefined, signal, credentials: 'same-origin', cache: 'no-store',
            });
        } catch (error) {
            if (isAborted(error)) {
                throw error;
            }
            throw new ApiError(0, 'network', 'this node does not answer');
        }
        if (!response.ok) {
            throw await this.#refusal(response);
        }
        return response;
    }

    /** @param {Response} response */
    async #refusal(response) {
        const isJson = response.headers.get('Content-Type')?.includes('json');
        const body = isJson ? await response.json() : {};
        const code = body.error?.code ?? 'unexpected';
        // A wrong secret is answered alike, and says nothing of the session.
        if (response.status === 401 && new URL(response.url).pathname !== '/api/session') {
            this.onSignIn();
        }
        const retryAfter = Number(response.headers.get('Retry-After') ?? NaN);
        return new ApiError(response.status, code, body.error?.message ?? `this node answered with status ${response.status}`, body,
            Number.isFinite(retryAfter) ? retryAfter : undefined);
    }
}

/**
 * @param {string} path
 * @param {number | null} [revision]
 */
export const rawLink = (path, revision) => address('/api/raw', { path, revision });

/**
 * @param {string} route
 * @param {Record<string, any>} parameters
 */
function address(route, parameters) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        if (value !== null && value !== undefined) {
            query.set(name, String(value));
        }
    }
    const text = query.toString();
    return text === '' ? route : `${route}?${text}`;
}
