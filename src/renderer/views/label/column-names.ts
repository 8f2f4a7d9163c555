const plain = /^[A-Za-z_][A-Za-z0-9_]*$/

/** A column as an expression names it: in backticks where it is no plain word. */
export const expressionName = (column: string): string => (plain.test(column) ? column : `\`${column}\``)

/** A column as JavaScript names it. */
export const codeName = (column: string): string => (plain.test(column) ? `example.${column}` : `example[${JSON.stringify(column)}]`)
