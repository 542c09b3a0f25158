// @ts-check
// What happened, sentence by sentence: the newest step in full with its explanation, the ones before it as a list.

import { fill, h, set, setText } from '../../lib/dom.js';
import { clockMs } from '../../lib/format.js';
import { explanation } from './words.js';
import { classOf, shapeIcon } from './shapes.js';

const KEPT = 60;

export class StepList {
    mark = h('span', { class: 'step-mark' });
    text = h('p', { class: 'step-text', 'data-testid': 'step' }, 'Waiting for the first event.');
    note = h('p', { class: 'step-note' });
    list = h('ol', { class: 'steps', 'aria-label': 'Steps, newest first', tabindex: 0 });
    element = h('section', { class: 'card steps-card', 'aria-label': 'What happens' },
        h('div', { class: 'step-now' }, this.mark, h('div', {}, this.text, this.note)), this.list);

    /** @param {import('../../model/paxos/merge.js').StoryEvent[]} events @param {string} sentence */
    add(events, sentence) {
        const [event] = events;
        set(this.element, 'data-kind', classOf(event.kind));
        fill(this.mark, shapeIcon(event.kind));
        setText(this.text, sentence);
        setText(this.note, explanation(event.kind));
        this.list.prepend(h('li', {}, shapeIcon(event.kind), h('span', {}, sentence), h('time', { class: 'quiet' }, clockMs(event.at))));
        while (this.list.children.length > KEPT) {
            this.list.lastElementChild?.remove();
        }
    }

    /** One went back. */
    removeNewest() {
        this.list.firstElementChild?.remove();
    }

    clear() {
        fill(this.list);
    }
}
