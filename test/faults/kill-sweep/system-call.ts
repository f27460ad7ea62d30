/** The lines that strace writes, as far as the sweep must understand them. */

export interface SystemCall {
  readonly thread: number;
  readonly name: string;
  /** Arguments and result, with the paths of descriptors. */
  readonly text: string;
}

const CALL = /^(\d+) +(\w+)\((.*)$/;

/** In the order in which the calls began. */
export function parseTrace(trace: string): SystemCall[] {
  return trace.split('\n').flatMap((line) => {
    const [, thread = '', name = '', text = ''] = CALL.exec(line) ?? [];
    return name === '' ? [] : [{ thread: Number(thread), name, text }];
  });
}

/** The call that strace let fail, or that has no result because of a signal; undefined: not yet. */
export function injectedCall(trace: string): SystemCall | undefined {
  return parseTrace(trace).find(({ text }) => /\(INJECTED|= \?$/.test(text));
}

/** Calls that change something in memory or on disk, and those that make a change last. */
export function isChange({ name, text }: SystemCall): boolean {
  if (name === 'openat') return text.includes('O_CREAT');
  if (name === 'fcntl') return text.includes('_SETLK');
  return !READING.has(name);
}

const READING = new Set([
  'read',
  'pread64',
  'statx',
  'newfstatat',
  'getdents64',
  'statfs',
  'close',
]);

/** In quotes as an argument, in angle brackets behind a descriptor. */
const PATH = /["<](\/[^"<>]+)(?=[">])/g;

/** All paths below `root` that are named, without `root`. */
export function pathsOf({ text }: SystemCall, root: string): string[] {
  const paths = Array.from(text.matchAll(PATH), ([, path = '']) => path);
  return paths.filter((path) => path.startsWith(root)).map((path) => path.slice(root.length));
}
