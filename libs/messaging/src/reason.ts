/** `Failure.reason` and the log take no more. */
const longest = 4000;

/** What went wrong, in one line of text that fits into a fact; passwords in URLs are blotted out. */
export const reasonOf = (error: unknown, limit = longest): string => {
  const text = messages(error)
    .join(': ')
    .replaceAll(/(\/\/[^/\s:@]*:)[^/\s@]+@/g, '$1***@');
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
};

const messages = (error: unknown, depth = 0): string[] => {
  if (!(error instanceof Error)) return [String(error)];
  const own = error.message || error.name;
  if (error.cause === undefined || depth === 3) return [own];
  return [own, ...messages(error.cause, depth + 1).filter((message) => !own.includes(message))];
};
