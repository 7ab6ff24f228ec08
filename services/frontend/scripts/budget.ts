/** Ends the build where the first load weighs more than BUDGET bytes, gzip'ed. */

import { firstLoad, weigh } from "./first-load";

const BUDGET = 200_000;
const FOLDER = process.argv[2] ?? "dist";

const files = await firstLoad(FOLDER);
const weight = await weigh(FOLDER, files);
const told = `the first load weighs ${weight} bytes gzip'ed, of ${BUDGET}: ${files.join(", ")}`;
if (weight > BUDGET) {
  console.error(`budget: ${told}`);
  process.exitCode = 1;
} else {
  console.log(told);
}
