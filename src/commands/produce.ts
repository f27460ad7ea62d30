import { Args } from '@oclif/core';
import type { ProduceRequest, RecordProducer } from '../core/index.js';
import { ClusterCommand, createIfMissing } from '../cli/cluster-command.js';
import { EXIT } from '../cli/exit-codes.js';
import { Acknowledgements } from '../cli/produce/acknowledgements.js';
import { PRODUCE_FLAGS } from '../cli/produce/produce-flags.js';
import { planProduce } from '../cli/produce/produce-plan.js';
import { produceAll } from '../cli/produce/produce-run.js';
import { produceSummaryText } from '../view/produce-view.js';

interface OpenRequest extends Omit<ProduceRequest, 'onAcknowledged'> {
  readonly create: boolean;
  readonly acknowledgements: Acknowledgements;
}

export default class Produce extends ClusterCommand {
  static override summary = 'Append records to a topic.';
  static override description =
    'One record a line, from FILEs or standard input. Exit 0 means that all of it is on disk.';
  static override examples = [
    "spool produce orders -m 'a record'",
    'tail -f app.log | spool produce orders',
    'spool produce orders -F json --compression zstd records.ndjson',
  ];
  static override strict = false;
  static override args = {
    topic: Args.string({ required: true, ignoreStdin: true, description: 'The topic.' }),
    file: Args.string({ ignoreStdin: true, description: 'Files to read; - is standard input.' }),
  };
  static override usage = 'produce TOPIC [FILE...] [flags]';
  static override flags = PRODUCE_FLAGS;

  async run(): Promise<void> {
    const { args, argv, flags } = await this.parse(Produce);
    const plan = planProduce(flags, argv.slice(1) as string[], this.now());
    const writeLine = flags.report ? (line: unknown) => this.showLine(line) : undefined;
    const acknowledgements = new Acknowledgements(args.topic, writeLine);
    const producer = await this.#open(args.topic, {
      ...plan.request,
      create: flags.create,
      acknowledgements,
    });
    this.onEnd(() => producer.close());
    const run = await plan.runWith(producer, acknowledgements, {
      stop: this.stop,
      now: () => this.now(),
      warn: (text) => this.warn(text),
    });
    await produceAll(run);
    const refusedCount = run.badInput?.refusedCount ?? 0;
    await run.badInput?.close();
    if (refusedCount > 0) this.fail(EXIT.badInput);
    const summary = acknowledgements.summary(producer.addedBytes);
    if (this.json && !flags.report) await this.showLine(summary);
    else this.noteOnTerminal(produceSummaryText(summary));
  }

  async #open(
    topic: string,
    { create, acknowledgements, ...request }: OpenRequest,
  ): Promise<RecordProducer> {
    const cluster = create ? await this.createCluster() : await this.openCluster();
    if (create) await createIfMissing(cluster, topic);
    return cluster.openProducer(topic, {
      ...request,
      onAcknowledged: (batch) => {
        acknowledgements.add(batch);
      },
    });
  }
}
