// @ts-check
// What a screen reader is told without moving there: results of one's own doing and the state of the connection, nothing that ticks.

export class Announcer {
    /** @param {HTMLElement} element */
    constructor(element) {
        this.element = element;
    }

    /** @param {string} text */
    say(text) {
        // The same words twice are said twice only if the text changes in between.
        this.element.textContent = '';
        requestAnimationFrame(() => {
            this.element.textContent = text;
        });
    }
}
