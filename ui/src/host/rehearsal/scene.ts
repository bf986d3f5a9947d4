/**
 * Which situation the rehearsal plays, so that every state of every screen can be shown on demand.
 *
 * Read once from the address: `index.html?scene=altered#/timeline`. Unknown words play the normal scene.
 */

export const sceneNames = [
  'normal',
  'altered',
  'not-verified',
  'verified',
  'empty',
  'importing',
  'dropped',
  'locked',
  'locked-office',
  'held',
  'damaged',
  'first-run',
  'first-run-synced',
  'log-broken',
  'no-purpose',
  'slow',
  'error',
] as const;

export type SceneName = (typeof sceneNames)[number];

/** The scene an address asks for. */
export function sceneOf(search: string): SceneName {
  const wanted = new URLSearchParams(search).get('scene');
  return sceneNames.find((name) => name === wanted) ?? 'normal';
}
