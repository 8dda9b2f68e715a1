import { visit } from "jsonc-parser";
import { BelfryError } from "../base/errors.ts";

/**
 * JSON text as its value: strictly JSON, no deeper than `depthMax`, no key twice in an object, none `__proto__`.
 * Throws E_BODY.
 */
export function parseJson(text: string, depthMax: number): unknown {
  // First: what comes after descends into the text.
  if (depthOf(text) > depthMax) refuse(`is nested deeper than ${depthMax} levels`);
  checkObjects(text);
  try {
    return JSON.parse(text);
  } catch {
    // What V8 says shows pieces of the text.
    return refuse("is no JSON");
  }
}

/** How deep objects and arrays stand in each other, where the text is JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isInText = false;
  // No regular expression: one over millions of characters may run out of stack.
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') isInText = !isInText;
    else if (isInText) at += character === "\\" ? 1 : 0;
    else if (character === "{" || character === "[") deepest = Math.max(deepest, ++depth);
    else if (character === "}" || character === "]") depth -= 1;
  }
  return deepest;
}

function checkObjects(text: string): void {
  const objects: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => void objects.push(new Set()),
      onObjectEnd: () => void objects.pop(),
      onObjectProperty: (key, offset) => {
        const keys = objects.at(-1);
        if (key === "__proto__") refuse("has a key `__proto__`; expected plain data");
        if (keys?.has(key)) refuse(`has the key ${JSON.stringify(key)} twice in one object (at character ${offset})`);
        keys?.add(key);
      },
      onError: (_, offset) => refuse(`is no JSON from character ${offset} on`),
    },
    { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
  );
}

function refuse(problem: string): never {
  throw new BelfryError("E_BODY", { problem });
}
