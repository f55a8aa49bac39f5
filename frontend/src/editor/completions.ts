/** Names of torch after the dot, by what stands before it. Python's own words come from the language package. */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { pythonLanguage } from "@codemirror/lang-python";
import names from "./torch-names.json";

type Module = keyof typeof names;

/** The names under which people import the modules; imports in the text add to them. */
const usualAliases: Record<string, Module> = {
  torch: "torch",
  nn: "torch.nn",
  F: "torch.nn.functional",
  optim: "torch.optim",
  init: "torch.nn.init",
};

const options = new Map<Module, Completion[]>(
  (Object.keys(names) as Module[]).map((module) => [
    module,
    names[module].map((label) => ({ label, type: kindOf(label), detail: module === "Tensor" ? "tensor" : module })),
  ]),
);

export function completeTorch(context: CompletionContext): CompletionResult | null {
  const typed = context.matchBefore(/[\w.]*\.\w*$/);
  if (!typed) return null;
  const dot = typed.text.lastIndexOf(".");
  const before = typed.text.slice(0, dot);
  if (/^\d+$/.test(before)) return null; // a number, not a name
  const module = moduleOf(before, context.state.doc.toString());
  return { from: typed.from + dot + 1, options: options.get(module ?? "Tensor") ?? [], validFor: /^\w*$/ };
}

export const torchCompletions = pythonLanguage.data.of({ autocomplete: completeTorch });

export function moduleOf(before: string, text: string): Module | null {
  const [first = "", ...rest] = before.split(".");
  const root = aliasesIn(text)[first] ?? usualAliases[first];
  if (!root) return null;
  const whole = [root, ...rest].join(".");
  return whole in names ? (whole as Module) : null;
}

function aliasesIn(text: string): Record<string, Module> {
  const found: Record<string, Module> = {};
  const add = (alias: string | undefined, module: string) => {
    if (alias && module in names) found[alias] = module as Module;
  };
  for (const [, module = "", alias] of text.matchAll(/^\s*import\s+([\w.]+)\s+as\s+(\w+)/gm)) add(alias, module);
  for (const [, parent = "", name = "", alias] of text.matchAll(/^\s*from\s+([\w.]+)\s+import\s+(\w+)(?:\s+as\s+(\w+))?/gm)) {
    add(alias ?? name, `${parent}.${name}`);
  }
  return found;
}

function kindOf(label: string): string {
  if (/^[A-Z]/.test(label)) return "class";
  return /^(float|int|uint|bfloat|complex|bool|long)\d*$/.test(label) ? "constant" : "function";
}
