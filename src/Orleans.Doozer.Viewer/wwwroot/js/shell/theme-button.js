// @ts-check
// Light, dark, or as the system says.

import { h, set } from '../lib/dom.js';
import { icon } from '../lib/icons.js';

const KEY = 'doozer-theme';

export function createThemeButton() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const button = h('button', { class: 'icon-button', type: 'button', 'data-testid': 'theme', on: { click: toggle } });

    function current() {
        return document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light');
    }

    function draw() {
        const other = current() === 'dark' ? 'light' : 'dark';
        button.replaceChildren(icon(other === 'dark' ? 'moon' : 'sun'));
        set(button, 'aria-label', `Switch to the ${other} theme`);
        set(button, 'title', `Switch to the ${other} theme`);
    }

    function toggle() {
        const other = current() === 'dark' ? 'light' : 'dark';
        const system = dark.matches ? 'dark' : 'light';
        if (other === system) {
            delete document.documentElement.dataset.theme;
        } else {
            document.documentElement.dataset.theme = other;
        }
        remember(other === system ? null : other);
        draw();
    }

    dark.addEventListener('change', draw);
    draw();
    return button;
}

/** @param {string | null} theme null: as the system says */
function remember(theme) {
    try {
        if (theme === null) {
            localStorage.removeItem(KEY);
        } else {
            localStorage.setItem(KEY, theme);
        }
    } catch (error) {
        // Storage is switched off in this browser: the choice holds until the page is closed.
        if (!(error instanceof DOMException)) {
            throw error;
        }
    }
}
