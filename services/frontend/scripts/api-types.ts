/**
 * Writes src/api/schema.ts from the backend's OpenAPI document; with --check it writes nothing and
 * ends with 1 where the file is not what would be written.
 *
 *     bun scripts/api-types.ts [--check] [OPENAPI.JSON]
 */

import openapiTS, { astToString } from "openapi-typescript";

const WRITTEN = new URL("../src/api/schema.ts", import.meta.url).pathname;
const HEAD = `// Made by \`bun run api-types\` from services/backend/openapi.json. Not written by hand.\n\n`;

const words = process.argv.slice(2);
const isCheck = words.includes("--check");
const given = words.find((word) => !word.startsWith("--")) ?? "../backend/openapi.json";

const document = await Bun.file(given).json();
const made = HEAD + astToString(await openapiTS(document));
const found = await Bun.file(WRITTEN)
  .text()
  .catch(() => "");

if (!isCheck) {
  await Bun.write(WRITTEN, made);
} else if (found !== made) {
  process.exitCode = 1;
}
