// Validates HTML as long as it is asked: a page as JSON a line in, what is wrong with it as JSON a line out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const rules = JSON.parse(readFileSync(new URL("htmlvalidate.json", import.meta.url)));
const validator = new HtmlValidate(new StaticConfigLoader(rules));

for await (const line of createInterface({ input: process.stdin })) {
  const report = await validator.validateString(JSON.parse(line));
  const wrong = report.results.flatMap((file) => file.messages.map((one) => `${one.line}: ${one.ruleId}: ${one.message}`));
  process.stdout.write(JSON.stringify(wrong.slice(0, 10)) + "\n");
}
