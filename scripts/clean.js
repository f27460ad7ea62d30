// A command that was removed from src must not live on in dist.
import { rmSync } from 'node:fs';

for (const name of ['dist', 'oclif.manifest.json']) {
  rmSync(new URL(`../${name}`, import.meta.url), { recursive: true, force: true });
}
