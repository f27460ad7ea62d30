/** What people do after an accident: the ordinary commands. Whichever comes first must work at once. */
import type { Step } from './stories.js';
import type { Survey } from './survey.js';

/** One run of `consume -g`; each step replaces the group's state once, or not at all. */
const CONSUMING: readonly Step[] = [
  { name: 'join', run: (stage) => stage.join() },
  { name: 'take over', run: (stage) => stage.takeOver() },
  { name: 'repeat', run: (stage) => stage.repeat() },
  { name: 'open', run: (stage) => stage.open() },
  { name: 'commit', run: (stage) => stage.commit() },
  { name: 'leave', run: (stage) => stage.leave() },
];

const CREATING: Step = { name: 'create a fresh topic', run: (stage) => stage.create('fresh') };

/** So many of them, one after the other; `turn` says which comes first. */
export function recovery(
  { topics, facets, logs }: Survey,
  { turn, count }: { readonly turn: number; readonly count: number },
): readonly Step[] {
  const begin: Step[] = [];
  if (facets.get('directory') === undefined) {
    begin.push({ name: 'make the directory', run: (stage) => stage.makeDirectory() });
  }
  if (!topics.includes('orders')) {
    begin.push({ name: 'create the topic', run: (stage) => stage.create('orders') });
  }
  const places = [...new Set([...logs.keys(), 'orders:0'])];
  const produce = places.map((place): Step => {
    const [topic = '', partition] = place.split(':');
    return {
      name: `produce to ${place}`,
      run: (stage) => stage.produce(topic, [[30, 30]], { partition: Number(partition) }),
    };
  });
  const commands: readonly (readonly Step[])[] = [
    produce,
    CONSUMING,
    topics.includes('fresh') ? [] : [CREATING],
    [{ name: 'prune', run: (stage) => stage.pruneAsPlanned('orders') }],
    [{ name: 'trim', run: (stage) => stage.trimByOne('orders') }],
  ];
  const first = turn % commands.length;
  return [begin, ...[...commands, ...commands].slice(first, first + count)].flat();
}
