// What was typed, as a call takes it: the node recognises of which kind it is.
export const anyIdentifier = (text: string) => ({ value: { case: "any" as const, value: text.trim() } });
