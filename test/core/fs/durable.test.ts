import { expect, describe, test } from '@jest/globals';

import {
  appendWhole,
  createFileDurably,
  isTemporaryName,
  readWholeFile,
  removeTree,
  replaceFileDurably,
} from '../../../src/core/fs/durable.js';
import type { FileSystem } from '../../../src/core/fs/file-system.js';
import { FaultFileSystem } from '../../support/fault-fs.js';
import { CrashSignal, MemoryFileSystem } from '../../support/memory-fs.js';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);
const OLD = Buffer.from('the old content');
const NEW = Buffer.from('the new content, which is longer');
const LIMIT_BYTES = 1000;

function read(fs: FileSystem, path: string): string | undefined {
  if (fs.stat(path) === undefined) return undefined;
  return Buffer.from(readWholeFile(fs, path, LIMIT_BYTES)).toString();
}

function withOldFile(): MemoryFileSystem {
  const fs = new MemoryFileSystem();
  createFileDurably(fs, '/file', OLD, 0o600);
  return fs;
}

/** Runs `change` once for every place in which the power can go, and shows every disk it may leave. */
function crashEverywhere(
  prepare: () => MemoryFileSystem,
  change: (fs: MemoryFileSystem) => void,
  check: (disk: MemoryFileSystem, isDone: boolean) => void,
): void {
  for (let count = 0; ; count++) {
    const fs = prepare();
    fs.crashAfter(count);
    let isDone = true;
    try {
      change(fs);
    } catch (error) {
      expect(error).toBeInstanceOf(CrashSignal);
      isDone = false;
    }
    for (const seed of SEEDS) check(fs.crashClone(seed), isDone);
    if (isDone) return;
  }
}

describe('createFileDurably', () => {
  test('makes the calls in the order that durability needs', () => {
    const fs = new MemoryFileSystem();
    createFileDurably(fs, '/file', NEW, 0o640);
    expect(fs.trace).toEqual([
      'create /file',
      `append /file ${NEW.length}`,
      'sync /file',
      'syncDirectory /',
    ]);
    expect(fs.stat('/file')?.permissions).toBe(0o640);
  });

  test('on return the file survives a power cut whole; before, it may be cut short', () => {
    crashEverywhere(
      () => new MemoryFileSystem(),
      (fs) => createFileDurably(fs, '/file', NEW, 0o600),
      (disk, isDone) => {
        if (isDone) expect(read(disk, '/file')).toBe(NEW.toString());
        else expect(disk.stat('/file')?.sizeBytes ?? 0).toBeLessThanOrEqual(NEW.length);
      },
    );
  });

  test('leaves a file that is there alone', () => {
    const fs = withOldFile();
    expect(() => createFileDurably(fs, '/file', NEW, 0o600)).toThrow(
      expect.objectContaining({ code: 'FILE_EXISTS' }),
    );
    expect(read(fs, '/file')).toBe(OLD.toString());
  });

  test.each(['append', 'sync', 'syncDirectory'])('removes the file when %s fails', (kind) => {
    const disk = new MemoryFileSystem();
    const fs = new FaultFileSystem(disk);
    fs.failWhen((op) => (op.kind === kind ? 'DISK_FULL' : undefined));
    expect(() => createFileDurably(fs, '/file', NEW, 0o600)).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    expect(disk.tree()).toEqual({});
  });
});

describe('replaceFileDurably', () => {
  test('makes the calls in the order that durability needs', () => {
    const fs = withOldFile();
    const before = fs.operationCount;
    replaceFileDurably(fs, '/file', NEW, 0o600, 'n1');
    expect(fs.trace.slice(before)).toEqual([
      'create /.tmp-n1',
      `append /.tmp-n1 ${NEW.length}`,
      'sync /.tmp-n1',
      'rename /.tmp-n1 -> /file',
      'syncDirectory /',
    ]);
  });

  test('leaves the old or the new content after any crash, and the new one on return', () => {
    const seen = new Set<string | undefined>();
    crashEverywhere(
      withOldFile,
      (fs) => replaceFileDurably(fs, '/file', NEW, 0o600, 'n1'),
      (disk, isDone) => {
        const content = read(disk, '/file');
        expect(isDone ? [NEW.toString()] : [OLD.toString(), NEW.toString()]).toContain(content);
        seen.add(content);
        const others = Object.keys(disk.tree()).filter((path) => path !== '/file');
        expect(others.every(isTemporaryName)).toBe(true);
      },
    );
    expect(seen.size).toBe(2);
  });

  test('makes the file where there was none', () => {
    const fs = new MemoryFileSystem();
    replaceFileDurably(fs, '/file', NEW, 0o600, 'n1');
    expect(fs.tree()).toEqual({ '/file': `${NEW.length} bytes` });
  });

  test.each(['append', 'sync', 'rename'])(
    'keeps the old content and no debris when %s fails',
    (kind) => {
      const disk = withOldFile();
      const fs = new FaultFileSystem(disk);
      fs.failWhen((op) => (op.kind === kind ? 'IO_ERROR' : undefined));
      expect(() => replaceFileDurably(fs, '/file', NEW, 0o600, 'n1')).toThrow(
        expect.objectContaining({ code: 'IO_ERROR' }),
      );
      expect(read(disk, '/file')).toBe(OLD.toString());
      expect(Object.keys(disk.tree())).toEqual(['/file']);
    },
  );

  test('a full disk keeps the old content', () => {
    const fs = new MemoryFileSystem({ capacityBytes: OLD.length + 10 });
    createFileDurably(fs, '/file', OLD, 0o600);
    expect(() => replaceFileDurably(fs, '/file', NEW, 0o600, 'n1')).toThrow(
      expect.objectContaining({ code: 'DISK_FULL' }),
    );
    expect(fs.tree()).toEqual({ '/file': `${OLD.length} bytes` });
  });
});

describe('appendWhole', () => {
  test('finishes short writes', () => {
    const disk = new MemoryFileSystem();
    const fs = new FaultFileSystem(disk);
    fs.failWhen((op) => (op.kind === 'append' ? { shortWrite: 3 } : undefined));
    appendWhole(fs.open('/file', 'create'), NEW);
    expect(read(disk, '/file')).toBe(NEW.toString());
  });

  test('does not try for ever', () => {
    const fs = new FaultFileSystem(new MemoryFileSystem());
    fs.failWhen((op) => (op.kind === 'append' ? { shortWrite: 0 } : undefined));
    const file = fs.open('/file', 'create');
    expect(() => appendWhole(file, NEW)).toThrow(expect.objectContaining({ code: 'IO_ERROR' }));
  });
});

describe('readWholeFile', () => {
  test('reads up to the limit and refuses more', () => {
    const fs = withOldFile();
    expect(readWholeFile(fs, '/file', OLD.length)).toEqual(new Uint8Array(OLD));
    expect(() => readWholeFile(fs, '/file', OLD.length - 1)).toThrow(
      expect.objectContaining({
        code: 'DATA_DIR_DAMAGED',
        details: { path: '/file', sizeBytes: OLD.length, limitBytes: OLD.length - 1 },
      }),
    );
  });

  test('closes the file in any case', () => {
    const fs = new FaultFileSystem(withOldFile());
    readWholeFile(fs, '/file', LIMIT_BYTES);
    expect(() => readWholeFile(fs, '/file', 1)).toThrow();
    expect(fs.operations.filter(({ kind }) => kind === 'close')).toHaveLength(2);
  });
});

describe('removeTree', () => {
  test('removes a directory with all it holds, links too, and nothing else', () => {
    const fs = withOldFile();
    fs.makeDirectory('/a', 0o700);
    fs.makeDirectory('/a/b', 0o700);
    createFileDurably(fs, '/a/b/file', OLD, 0o600);
    fs.plant('/a/link', 'symlink');
    removeTree(fs, '/a');
    expect(Object.keys(fs.tree())).toEqual(['/file']);
  });

  test('what is gone already is fine', () => {
    const disk = withOldFile();
    removeTree(disk, '/absent');
    const fs = new FaultFileSystem(disk);
    fs.failWhen((op) => {
      if (op.kind === 'removeFile') disk.removeFile(op.path);
      return undefined;
    });
    removeTree(fs, '/file');
    expect(disk.tree()).toEqual({});
  });

  test('any other failure is not', () => {
    const fs = new FaultFileSystem(withOldFile());
    fs.failWhen((op) => (op.kind === 'removeFile' ? 'PERMISSION_DENIED' : undefined));
    expect(() => removeTree(fs, '/file')).toThrow(
      expect.objectContaining({ code: 'PERMISSION_DENIED' }),
    );
  });
});
