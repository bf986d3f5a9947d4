/** What jsdom lacks of a window, as little as the components need. Layout is none of it: everything measures zero. */

import { cleanup, configure } from '@testing-library/svelte';
import { afterEach, vi } from 'vitest';

// A busy machine is no failure: what is waited for comes, or the test as a whole runs out of time.
configure({ asyncUtilTimeout: 20_000 });

class NoResize implements ResizeObserver {
  observe(): void {
    // Nothing ever changes its size here.
  }
  unobserve(): void {
    // See above.
  }
  disconnect(): void {
    // See above.
  }
}

vi.stubGlobal('ResizeObserver', NoResize);
vi.stubGlobal('matchMedia', () => ({
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));

HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
  this.querySelector<HTMLElement>('[autofocus], input, button')?.focus();
};
HTMLDialogElement.prototype.close = function close() {
  this.open = false;
};
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.setPointerCapture = () => undefined;

afterEach(() => {
  cleanup();
  location.hash = '';
});
