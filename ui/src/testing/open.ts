/** Opens the whole window on a scene of the rehearsal and waits until it has come to rest. */

import { render, waitFor } from '@testing-library/svelte';
import axe from 'axe-core';
import { expect } from 'vitest';
import { BUNDLE } from '../host/rehearsal/bundles';
import { connect } from '../host/rehearsal/index';
import type { SceneName } from '../host/rehearsal/scene';
import App from '../screens/App.svelte';

/** Small enough to be made for every test. */
const EVENTS = 2_000;

export const at = (screen: string, rest = '') => `#/${screen}?b=${BUNDLE}${rest}`;

export async function openWindow(scene: SceneName, hash = '#/open') {
  location.hash = hash;
  const host = connect(scene, EVENTS);
  const view = render(App, { props: { host } });
  await waitFor(() => expect(document.querySelector('main h1')).not.toBeNull());
  return { host, ...view };
}

/** Everything axe has to say; contrast is computed beside the tokens and checked in the real engine. */
export async function troubles(): Promise<string[]> {
  const { violations } = await axe.run(document.body, {
    resultTypes: ['violations'],
    rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
  });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

export const shown = () => document.body.textContent.replace(/\s+/g, ' ');

/** Types into a field as a person does, all at once. */
export function type(field: HTMLInputElement, words: string): void {
  field.value = words;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

export function press(key: string, modifiers: KeyboardEventInit = {}, target: Element | null = null): void {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...modifiers });
  (target ?? document.activeElement ?? document.body).dispatchEvent(event);
}
