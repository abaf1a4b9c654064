const LAST_LINES = /(^|\n)--\n-- PostgreSQL database dump complete\n--\n\s*(\\unrestrict \w+\s*)?$/;

/** Whether this is how a whole dump ends. A dump cut short is good SQL otherwise. */
export const isDumpEnd = (tail: string): boolean => LAST_LINES.test(tail);
