import { describe, expect, it } from 'vitest';
import { differing } from './differing';

describe('two versions', () => {
  it('differ between what both begin and end with', () => {
    expect(differing('{"id":"j.ricci"}', '{"id":"m.lopez"}')).toEqual([
      { before: '{"id":"', differs: 'j.ricci', after: '"}' },
      { before: '{"id":"', differs: 'm.lopez', after: '"}' },
    ]);
    expect(differing('aa', 'aaa')).toEqual([
      { before: 'aa', differs: '', after: '' },
      { before: 'aa', differs: 'a', after: '' },
    ]);
  });

  it('are whole where there is nothing to be held against, and cut no character in two', () => {
    expect(differing('one', '')[0]).toEqual({ before: 'one', differs: '', after: '' });
    expect(differing('x😀', 'x😁')[0].differs).toBe('😀');
  });
});
