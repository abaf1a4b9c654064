import pg from 'pg';

/** A name as SQL writes it: `"Größe & ""Preis"""`. */
export const identifier = (name: string): string => pg.escapeIdentifier(name);

/** A string as SQL writes it. */
export const literal = (text: string): string => pg.escapeLiteral(text);
