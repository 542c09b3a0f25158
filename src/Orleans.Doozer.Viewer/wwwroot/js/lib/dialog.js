// @ts-check
// A question in front of the page. The browser keeps the focus inside, closes it with Escape, and gives the focus back.

import { h } from './dom.js';

let made = 0;

/**
 * @param {string} title
 * @param {...(import('./dom.js').Child)} children
 */
export function openDialog(title, ...children) {
    const id = `dialog-${++made}`;
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': id }, h('h2', { id }, title), ...children);
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}
