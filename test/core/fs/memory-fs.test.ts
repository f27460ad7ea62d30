/** The test file system is itself tested: a crash test that sits on a wrong model proves nothing. */
import { describe, expect, test } from '@jest/globals';

import { appendWhole, createFileDurably, readWholeFile } from '../../../src/core/fs/durable.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { CrashSignal, MemoryFileSystem } from '../../support/memory-fs.js';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);

function textOf(fs: MemoryFileSystem, path: string): string {
  return Buffer.from(readWholeFile(fs, path, 1e6)).toString('latin1');
}

/** A file with a synced name and the given synced content. */
function withFile(path: string, text: string): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  createFileDurably(fs, path, Buffer.from(text), 0o600);
  return fs;
}

function outcomes(fs: MemoryFileSystem, look: (disk: MemoryFileSystem) => string): Set<string> {
  return new Set(SEEDS.map((seed) => look(fs.crashClone(seed))));
}

describe('bytes across a power cut', () => {
  test('synced ones survive, of the others any prefix, zeros or garbage', () => {
    const fs = withFile('/file', 'synced');
    appendWhole(fs.open('/file', 'append'), Buffer.from('TAIL'));
    for (const seed of SEEDS) {
      expect(textOf(fs.crashClone(seed, { tail: 'lost' }), '/file')).toMatch(
        /^synced(|T|TA|TAI|TAIL)$/,
      );
      expect(textOf(fs.crashClone(seed, { tail: 'zero' }), '/file')).toMatch(
        /^synced[T\0]?[A\0]?[I\0]?[L\0]?$/,
      );
      expect(textOf(fs.crashClone(seed, { tail: 'garbage' }), '/file')).toMatch(/^synced[^]{0,4}$/);
    }
    const all = outcomes(fs, (disk) => textOf(disk, '/file'));
    for (const possible of ['synced', 'syncedTA', 'syncedTAIL', 'synced\0\0\0\0']) {
      expect(all).toContain(possible);
    }
    // Good bytes after bad ones.
    expect([...all].filter((text) => /\0[AIL]+$/.test(text))).not.toEqual([]);
  });

  test('seed 0 leaves what was synced and seed 1 everything', () => {
    const fs = withFile('/file', 'synced');
    appendWhole(fs.open('/file', 'append'), Buffer.from('TAIL'));
    fs.open('/other', 'create');
    expect(fs.crashClone(0).tree()).toEqual({ '/file': '6 bytes' });
    expect(fs.crashClone(1).tree()).toEqual({ '/file': '10 bytes', '/other': '0 bytes' });
  });

  test('an unsynced overwrite lands in part, and touches nothing beside it', () => {
    const fs = withFile('/file', 'aaaaaaaa');
    fs.open('/file', 'update').writeAt(Buffer.from('BBBB'), 0, 4, 2);
    const all = outcomes(fs, (disk) => textOf(disk, '/file'));
    expect(all).toContain('aaaaaaaa');
    expect(all).toContain('aaBBBBaa');
    expect(all).toContain('aaBBaaaa');
    expect(all).toContain('aaaaBBaa');
    for (const text of all) expect(text).toMatch(/^aa(B*a*|a*B*)aa$/);
  });

  test('an unsynced cut may or may not have happened', () => {
    const fs = withFile('/file', '0123456789');
    fs.open('/file', 'update').truncate(3);
    expect(textOf(fs, '/file')).toBe('012');
    expect(outcomes(fs, (disk) => textOf(disk, '/file'))).toEqual(new Set(['012', '0123456789']));
  });

  test('what a failed sync lost stays readable until the power goes, whatever is synced later', () => {
    const disk = withFile('/file', 'synced');
    const fs = new FaultFileSystem(disk);
    const file = fs.open('/file', 'append');
    appendWhole(file, Buffer.from('LOST'));
    fs.failWhen((op) => (op.kind === 'sync' ? 'IO_ERROR' : undefined));
    expect(() => file.sync()).toThrow(expect.objectContaining({ code: 'IO_ERROR' }));
    fs.failWhen(() => undefined);
    appendWhole(file, Buffer.from('more'));
    file.sync();
    expect(textOf(disk, '/file')).toBe('syncedLOSTmore');
    expect(textOf(disk.crashClone(1), '/file')).toBe('syncedLOSTmore');
    expect(textOf(disk.crashClone(0), '/file')).toBe('synced\0\0\0\0more');
  });
});

describe('names across a power cut', () => {
  const namesOf = (disk: MemoryFileSystem): string => Object.keys(disk.tree()).join(' ');

  test('unsynced ones survive in any combination', () => {
    const fs = new MemoryFileSystem();
    fs.open('/a', 'create');
    fs.open('/b', 'create');
    expect(outcomes(fs, namesOf)).toEqual(new Set(['', '/a', '/b', '/a /b']));
    fs.syncDirectory('/');
    expect(outcomes(fs, namesOf)).toEqual(new Set(['/a /b']));
  });

  test('a file whose name was synced before its bytes can be empty', () => {
    const fs = withFile('/file', 'old');
    appendWhole(fs.open('/new', 'create'), Buffer.from('new'));
    fs.rename('/new', '/file');
    fs.syncDirectory('/');
    expect(outcomes(fs, (disk) => textOf(disk, '/file'))).toContain('');
  });

  test('a rename happens whole or not, and for sure when both directories are synced', () => {
    const fs = new MemoryFileSystem();
    fs.makeDirectory('/a', 0o700);
    fs.makeDirectory('/b', 0o700);
    fs.syncDirectory('/');
    createFileDurably(fs, '/a/file', Buffer.from('text'), 0o600);
    fs.rename('/a/file', '/b/file');
    fs.syncDirectory('/b');
    expect(outcomes(fs, namesOf)).toEqual(new Set(['/a /a/file /b', '/a /b /b/file']));
    fs.syncDirectory('/a');
    expect(outcomes(fs, namesOf)).toEqual(new Set(['/a /b /b/file']));
  });

  test('a later change that is sure is not undone by an earlier one that is not', () => {
    const fs = new MemoryFileSystem();
    fs.makeDirectory('/a', 0o700);
    fs.makeDirectory('/b', 0o700);
    fs.syncDirectory('/');
    createFileDurably(fs, '/a/file', Buffer.from('first'), 0o600);
    fs.rename('/a/file', '/b/file');
    createFileDurably(fs, '/a/file', Buffer.from('second'), 0o600);
    expect(outcomes(fs, (disk) => textOf(disk, '/a/file'))).toEqual(new Set(['second']));
  });

  test('a directory whose name is lost takes its files with it', () => {
    const fs = new MemoryFileSystem();
    fs.makeDirectory('/a', 0o700);
    createFileDurably(fs, '/a/file', Buffer.from('text'), 0o600);
    expect(outcomes(fs, namesOf)).toEqual(new Set(['', '/a /a/file']));
  });

  test('two names of one file stay two names of one file', () => {
    const fs = withFile('/file', 'text');
    fs.link('/file', '/second');
    fs.syncDirectory('/');
    const disk = fs.crashClone(0);
    expect(disk.stat('/second')?.inode).toBe(disk.stat('/file')?.inode);
    disk.open('/file', 'update').truncate(1);
    expect(textOf(disk, '/second')).toBe('t');
  });
});

describe('crashAfter', () => {
  test('lets so many changes pass, tears the next, and then all is over', () => {
    const torn = new Set<string>();
    for (let count = 1; count <= 8; count++) {
      const fs = withFile('/file', '');
      const file = fs.open('/file', 'append');
      fs.crashAfter(count);
      for (let i = 0; i < count; i++) file.append(Buffer.from('abc'), 0, 3);
      expect(() => file.append(Buffer.from('XYZ'), 0, 3)).toThrow(CrashSignal);
      expect(() => file.stat()).toThrow(CrashSignal);
      expect(() => fs.list('/')).toThrow(CrashSignal);
      expect(() => fs.open('/file', 'read')).toThrow(CrashSignal);
      const text = textOf(fs.crashClone(1), '/file');
      expect(text.slice(0, count * 3)).toBe('abc'.repeat(count));
      torn.add(text.slice(count * 3));
    }
    expect([...torn].sort()).toEqual(['', 'X', 'XY', 'XYZ']);
  });

  test('reading is not a change', () => {
    const fs = withFile('/file', 'text');
    const before = fs.operationCount;
    textOf(fs, '/file');
    fs.list('/');
    fs.stat('/file');
    expect(fs.operationCount).toBe(before);
  });

  test('the same seed leaves the same disk', () => {
    const fs = withFile('/file', 'text');
    appendWhole(fs.open('/file', 'append'), Buffer.alloc(1000, 'x'));
    for (const seed of [2, 3, 4]) {
      expect(textOf(fs.crashClone(seed), '/file')).toBe(textOf(fs.crashClone(seed), '/file'));
    }
  });
});

describe('like a real file system', () => {
  test.each([
    ['FILE_NOT_FOUND', (fs: MemoryFileSystem) => fs.open('/absent', 'read')],
    ['FILE_NOT_FOUND', (fs: MemoryFileSystem) => fs.open('/absent/file', 'create')],
    ['FILE_NOT_FOUND', (fs: MemoryFileSystem) => fs.rename('/absent', '/x')],
    ['FILE_EXISTS', (fs: MemoryFileSystem) => fs.open('/file', 'create')],
    ['FILE_EXISTS', (fs: MemoryFileSystem) => fs.makeDirectory('/file', 0o700)],
    ['FILE_EXISTS', (fs: MemoryFileSystem) => fs.link('/file', '/full')],
    ['FILE_EXISTS', (fs: MemoryFileSystem) => fs.removeDirectory('/full')],
    ['FILE_EXISTS', (fs: MemoryFileSystem) => fs.rename('/file', '/full')],
    ['NOT_A_REGULAR_FILE', (fs: MemoryFileSystem) => fs.open('/full', 'read')],
    ['NOT_A_REGULAR_FILE', (fs: MemoryFileSystem) => fs.open('/link', 'read')],
    ['NOT_A_REGULAR_FILE', (fs: MemoryFileSystem) => fs.list('/file')],
    ['NOT_A_REGULAR_FILE', (fs: MemoryFileSystem) => fs.open('/file/below', 'create')],
  ])('%s: %s', (code, act) => {
    const fs = withFile('/file', 'text');
    fs.makeDirectory('/full', 0o700);
    fs.open('/full/file', 'create');
    fs.plant('/link', 'symlink');
    expect(() => act(fs)).toThrow(expect.objectContaining({ code }));
  });

  test('an open file outlives its name', () => {
    const fs = withFile('/file', 'text');
    const file = fs.open('/file', 'append');
    fs.removeFile('/file');
    appendWhole(file, Buffer.from('more'));
    expect(file.stat().sizeBytes).toBe(8);
  });

  test('calls that the mode does not allow are bugs', () => {
    const fs = withFile('/file', 'text');
    expect(() => fs.open('/file', 'read').append(Buffer.from('x'), 0, 1)).toThrow('opened to read');
    expect(() => fs.open('/file', 'append').writeAt(Buffer.from('x'), 0, 1, 0)).toThrow(
      'opened to append',
    );
  });

  test('a disk fills up: the last write is short, the next fails, and removing helps', () => {
    const fs = new MemoryFileSystem({ capacityBytes: 10 });
    const file = fs.open('/file', 'create');
    expect(file.append(Buffer.alloc(8), 0, 8)).toBe(8);
    expect(fs.freeBytes('/')).toBe(2);
    expect(file.append(Buffer.alloc(8), 0, 8)).toBe(2);
    expect(() => file.append(Buffer.alloc(8), 0, 8)).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    expect(() => fs.makeDirectory('/a', 0o700)).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    fs.open('/file', 'update').writeAt(Buffer.from('in place'), 0, 8, 0);
    fs.removeFile('/file');
    expect(fs.freeBytes('/')).toBe(10);
  });

  test('syncLater covers what was written before it, once it is done', async () => {
    const fs = withFile('/file', '');
    const file = fs.open('/file', 'append');
    appendWhole(file, Buffer.from('text'));
    const later = file.syncLater();
    expect(textOf(fs.crashClone(0), '/file')).toBe('');
    await later;
    expect(textOf(fs.crashClone(0), '/file')).toBe('text');
  });
});

describe('watched and forked', () => {
  test('each change is told of before it is made, and a write half-way through it', () => {
    const fs = withFile('/file', '');
    const told: string[] = [];
    fs.watch((change) => told.push(`${change}: ${textOf(fs.crashClone(1), '/file')}`));
    appendWhole(fs.open('/file', 'append'), Buffer.from('text'));
    fs.watch(undefined);
    fs.syncDirectory('/');
    const [before, half] = told;
    expect(before).toBe('append /file 4: ');
    expect(half).toMatch(/^rest of append \/file 4: (t|te|tex)$/);
    expect(told).toHaveLength(2);
    expect(textOf(fs, '/file')).toBe('text');
  });

  test('a fork goes its own way, and a power cut takes what was not synced before it', () => {
    const fs = withFile('/file', 'synced');
    appendWhole(fs.open('/file', 'append'), Buffer.from('TAIL'));
    fs.rename('/file', '/other');
    const fork = fs.fork();
    expect(fork.fingerprint()).toBe(fs.fingerprint());
    expect(textOf(fork.crashClone(0), '/file')).toBe('synced');
    expect(textOf(fork.crashClone(1), '/other')).toBe('syncedTAIL');
    const file = fork.open('/other', 'update');
    file.writeAt(Buffer.from('FORKED'), 0, 6, 0);
    file.sync();
    fork.syncDirectory('/');
    expect(textOf(fork.crashClone(0), '/other')).toBe('FORKEDTAIL');
    expect(textOf(fs, '/other')).toBe('syncedTAIL');
    expect(textOf(fs.crashClone(0), '/file')).toBe('synced');
    expect(fork.fingerprint()).not.toBe(fs.fingerprint());
  });
});
