/** The two voices of the window for screen readers: one that waits its turn, one that does not. */
export class Live {
  polite = $state('');
  assertive = $state('');

  /** Said when the reader pauses. */
  say(sentence: string): void {
    // The same sentence twice is said twice: a live region only speaks when its text changes.
    this.polite = this.polite === sentence ? `${sentence}\u00a0` : sentence;
  }

  /** Said at once; only for what must not be missed. */
  alarm(sentence: string): void {
    this.assertive = sentence;
  }
}
