// @ts-check
// Values as bytes and as text.

/** @typedef {import('../types.js').Value} Value */

/** @param {Pick<Value, 'encoding' | 'value'>} value @returns {Uint8Array} */
export function toBytes({ encoding, value }) {
    return encoding === 'text' ? new TextEncoder().encode(value) : Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
    let binary = '';
    // In pieces: a call takes only so many arguments.
    for (let i = 0; i < bytes.length; i += 8192) {
        binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
    }
    return btoa(binary);
}

/**
 * The text that bytes are, null when they are no UTF-8. A byte order mark stays: it is part of the value.
 * @param {Uint8Array} bytes
 */
export function toText(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
        if (error instanceof TypeError) {
            return null;
        }
        throw error;
    }
}

/** One row of a hex view. @param {Uint8Array} bytes @param {number} offset @param {number} width */
export function hexRow(bytes, offset, width) {
    const row = bytes.subarray(offset, offset + width);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0'));
    return {
        offset: offset.toString(16).padStart(8, '0'),
        hex: [...hex, ...Array(width - row.length).fill('  ')].join(' '),
        text: Array.from(row, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
    };
}
