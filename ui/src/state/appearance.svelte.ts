import type { Session } from './session.svelte';

const ROOT_PX = 16;

/** Theme and text size of the window, from the settings and the system. */
export class Appearance {
  #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Keeps the document in step; returns how to stop. */
  follow(): () => void {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      const { theme, textPercent } = this.#session.settings;
      const system = dark.matches ? 'dark' : 'light';
      document.documentElement.dataset.theme = theme === 'system' ? system : theme;
      document.documentElement.style.fontSize = `${(ROOT_PX * textPercent) / 100}px`;
    };
    dark.addEventListener('change', apply);
    const stop = $effect.root(() => {
      $effect(apply);
    });
    return () => {
      dark.removeEventListener('change', apply);
      stop();
    };
  }
}
