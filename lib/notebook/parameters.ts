import { UserError } from "../user_error.ts";
import { type Cell, INJECTED, isInjected, type Notebook } from "./notebook.ts";

const DECLARED = "parameters";

/** A notebook's parameters by name. Values are anything that JSON can hold. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Finds the parameters that a notebook declares in its cell tagged "parameters". Values are source
 * text.
 */
export function declaredParameters(notebook: Notebook): ReadonlyMap<string, string> {
  const source = notebook.cells[parametersAt(notebook)]?.source ?? "";
  const constants = source.matchAll(/^(?:const|let)\s+([\w$]+)\s*(?::[^=]*)?=\s*([^;\n]*)/gm);
  return new Map(constants.map(([, name, value]) => [name, value.trim()]));
}

/**
 * Adds a cell after a notebook's parameters that gives some of them other values, as papermill
 * does. Replaces such a cell that the notebook already holds.
 *
 * @param path for error messages
 * @throws UserError if the notebook does not declare one of them
 */
export function injectParameters(
  notebook: Notebook,
  parameters: Parameters,
  path: string,
): Notebook {
  const cells = notebook.cells.filter((cell) => !isInjected(cell));
  const names = Object.keys(parameters);
  if (names.length === 0) return { ...notebook, cells };
  const declared = declaredParameters(notebook);
  const unknown = names.find((name) => !declared.has(name));
  if (unknown !== undefined) {
    throw new UserError(
      `${path} has no parameter "${unknown}"; its cell tagged "${DECLARED}" declares ` +
        ([...declared.keys()].join(", ") || "none"),
    );
  }
  const source = names.map((name) => `const ${name} = ${JSON.stringify(parameters[name])};`);
  const injected: Cell = {
    cell_type: "code",
    // Notebooks before format 4.5 have no ids.
    ...(notebook.nbformat_minor >= 5 ? { id: INJECTED } : {}),
    metadata: { tags: [INJECTED] },
    source: source.join("\n"),
    outputs: [],
    execution_count: null,
  };
  return {
    ...notebook,
    cells: cells.toSpliced(parametersAt({ ...notebook, cells }) + 1, 0, injected),
  };
}

/** True for the cell that declares parameters. */
export function declaresParameters({ metadata }: Cell): boolean {
  return metadata.tags?.includes(DECLARED) ?? false;
}

function parametersAt({ cells }: Notebook): number {
  return cells.findIndex(declaresParameters);
}

/**
 * Parses the settings of a command line, and keeps those that the notebook declares.
 *
 * @param settings each "name=value"; the value is JSON, or plain text if the notebook's value is a
 *   text
 * @throws UserError if a setting has another form, or its value is not of the parameter's kind
 */
export function parseSettings(settings: readonly string[], notebook: Notebook): Parameters {
  const declared = declaredParameters(notebook);
  return Object.fromEntries(
    settings.map(splitSetting).filter(([name]) => declared.has(name))
      .map(([name, text]) => [name, parseValue(name, text, declared.get(name)!)]),
  );
}

/** @throws UserError if a setting is not of the form "name=value" */
export function splitSetting(setting: string): [name: string, value: string] {
  const at = setting.indexOf("=");
  if (at < 1) throw new UserError(`--set is "${setting}", but must be NAME=VALUE`);
  return [setting.slice(0, at), setting.slice(at + 1)];
}

function parseValue(name: string, text: string, written: string): unknown {
  if (/^["'`]/.test(written)) return text;
  const [value, like] = [text, written].map((json) => {
    try {
      return JSON.parse(json);
    } catch {
      return undefined;
    }
  });
  // The source text may be a longer expression, whose kind is unknown.
  if (like === undefined) return value === undefined ? text : value;
  if (value === undefined || kindOf(value) !== kindOf(like)) {
    throw new UserError(
      `--set ${name}=${text}: the notebook has ${name} = ${written}, so it must be ${kindOf(like)}`,
    );
  }
  return value;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list like [1, 2]";
  if (value === null) return "null";
  return typeof value === "object" ? 'an object like {"a": 1}' : `a ${typeof value}`;
}
