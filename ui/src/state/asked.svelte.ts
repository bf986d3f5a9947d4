import { isFault } from '../host/host';
import type { Fault } from '../host/generated/Fault';

/**
 * One question to the program and what became of it: nothing yet, an answer, or a fault.
 *
 * A later question outdates an earlier one; a late answer to an outdated question is dropped. While a new question is
 * open the old answer stays, so that a screen can show it dimmed instead of going blank.
 */
export class Asked<T> {
  answer = $state.raw<T | null>(null);
  fault = $state.raw<Fault | null>(null);
  waiting = $state(false);
  #turn = 0;

  async ask(question: () => Promise<T>): Promise<T | null> {
    const turn = ++this.#turn;
    this.waiting = true;
    try {
      const answer = await question();
      if (turn !== this.#turn) return null;
      this.answer = answer;
      this.fault = null;
      return answer;
    } catch (caught) {
      if (turn !== this.#turn) return null;
      if (!isFault(caught)) throw caught;
      this.fault = caught;
      return null;
    } finally {
      if (turn === this.#turn) this.waiting = false;
    }
  }

  /** Forgets question, answer and fault. */
  clear(): void {
    this.#turn += 1;
    this.answer = null;
    this.fault = null;
    this.waiting = false;
  }
}
