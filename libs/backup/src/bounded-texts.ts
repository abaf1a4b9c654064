/** Each text once, and as many and as long as a fact takes; the last one counts those that do not fit, as `noun`. */
export const boundedTexts = (
  all: readonly string[],
  { noun, most, length }: { readonly noun: string; readonly most: number; readonly length: number },
): string[] => {
  const texts = [...new Set(all.map((text) => cutText(text, length)))];
  if (texts.length <= most) return texts;
  return [...texts.slice(0, most - 1), `and ${texts.length - most + 1} more ${noun}`];
};

/** The text, or its beginning where it is longer than so many characters. */
export const cutText = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
