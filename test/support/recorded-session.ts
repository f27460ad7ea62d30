/** A session without a process: what is said and shown is kept, what is answered is given. */
import { Config } from '@oclif/core';
import { mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Surroundings } from '../../src/cli/session.js';
import { bindSession, Session } from '../../src/cli/session.js';
import { OutputStream } from '../../src/cli/stdout.js';

export interface RecordedSession {
  readonly session: Session;
  readonly config: Config;
  readonly controller: AbortController;
  readonly questions: string[];
  messages(): string;
  /** Everything on standard output so far. */
  shown(): Promise<string>;
}

/** `commands` as in oclif.manifest.json: id to what is known of it. */
export async function recordSession(
  given: Partial<Surroundings> & { answer?: string; commands?: Record<string, object> } = {},
): Promise<RecordedSession> {
  const { answer = '', commands = {}, ...surroundings } = given;
  const root = mkdtempSync(join(tmpdir(), 'spool-session-'));
  const outputPath = join(root, 'stdout');
  const messages: string[] = [];
  const questions: string[] = [];
  const controller = new AbortController();
  const session = new Session(
    {
      variables: { HOME: '/home/ada' },
      inputIsTerminal: false,
      outputIsTerminal: false,
      messagesAreTerminal: false,
      columns: () => 80,
      now: () => 0,
      writeMessage: (text) => messages.push(text),
      ask: (question) => {
        questions.push(question);
        return Promise.resolve(answer);
      },
      openOutput: () => new OutputStream(openSync(outputPath, 'w'), 'the output'),
      ...surroundings,
    },
    controller,
  );
  const config = await loadConfig(root, commands);
  bindSession(config, session);
  const shown = async (): Promise<string> => {
    await session.output.flush();
    return readFileSync(outputPath, 'utf8');
  };
  return { session, config, controller, questions, messages: () => messages.join(''), shown };
}

async function loadConfig(root: string, commands: Record<string, object>): Promise<Config> {
  const oclif = { bin: 'spool', commands: './commands', topicSeparator: ' ' };
  const files = {
    'package.json': { name: 'spool', version: '1.2.3', type: 'module', oclif },
    'oclif.manifest.json': { version: '1.2.3', commands: withDefaults(commands) },
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(root, name), JSON.stringify(content));
  }
  return Config.load({ root });
}

function withDefaults(commands: Record<string, object>): Record<string, object> {
  const entries = Object.entries(commands).map(([id, command]) => {
    const defaults = { id, aliases: [], hiddenAliases: [], args: {}, flags: {}, hidden: false };
    return [id, { ...defaults, pluginName: 'spool', ...command }] as const;
  });
  return Object.fromEntries(entries);
}
