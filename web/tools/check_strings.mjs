// Words that people read stand in src/i18n alone: fails on literal text in JSX.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const SPOKEN = new Set([
  "alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription",
  "aria-valuetext", "detail", "empty", "error", "hint", "intro", "label", "placeholder", "text",
  "title",
]);
const HAS_LETTER = /\p{L}/u;

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = (folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? sources(path) : [path]))
    .filter((path) => path.endsWith(".tsx") && !path.includes("/src/gen/"));

let faults = 0;
function literals(node) {
  if (ts.isStringLiteralLike(node)) return HAS_LETTER.test(node.text) ? [node] : [];
  if (ts.isTemplateExpression(node)) {
    const parts = [node.head, ...node.templateSpans.map((span) => span.literal)];
    return parts.some((part) => HAS_LETTER.test(part.text)) ? [node] : [];
  }
  if (ts.isConditionalExpression(node)) {
    return [...literals(node.whenTrue), ...literals(node.whenFalse)];
  }
  if (ts.isParenthesizedExpression(node)) return literals(node.expression);
  if (ts.isBinaryExpression(node)) {
    const kind = node.operatorToken.kind;
    if (kind === ts.SyntaxKind.PlusToken) return [...literals(node.left), ...literals(node.right)];
    if (kind === ts.SyntaxKind.AmpersandAmpersandToken) return literals(node.right);
    if (kind === ts.SyntaxKind.BarBarToken || kind === ts.SyntaxKind.QuestionQuestionToken) {
      return [...literals(node.left), ...literals(node.right)];
    }
  }
  return [];
}

for (const path of sources(join(web, "src"))) {
  const file = ts.createSourceFile(
    path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const refuse = (node) => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    const text = node.getText(file).trim().slice(0, 60);
    console.error(`${relative(web, path)}:${line + 1}: "${text}" is not in src/i18n`);
    faults += 1;
  };
  const visit = (node) => {
    if (ts.isJsxText(node) && HAS_LETTER.test(node.text)) refuse(node);
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText(file)) && node.initializer) {
      const value = node.initializer;
      const inner = ts.isJsxExpression(value) ? value.expression : value;
      if (inner) literals(inner).forEach(refuse);
    }
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      literals(node.expression).forEach(refuse);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}
process.exit(faults ? 1 : 0);
