// What is wrong with the node, put together by what it is about.
export interface Problem {
  // As GetStatusResponse.problem_kinds has it; empty: the node does not say.
  kind: string;
  // In the node's own words, one for each.
  sentences: string[];
}

// In the order of the first of each kind. What has no kind, or one that `known` is not, stands alone.
export function groupProblems(
  sentences: readonly string[],
  kinds: readonly string[],
  known: (kind: string) => boolean,
): Problem[] {
  const groups: Problem[] = [];
  sentences.forEach((sentence, at) => {
    const named = kinds[at] ?? "";
    const kind = known(named) ? named : "";
    const group = kind && groups.find((each) => each.kind === kind);
    if (group) group.sentences.push(sentence);
    else groups.push({ kind, sentences: [sentence] });
  });
  return groups;
}

// The page on which something can be done about it.
export const PROBLEM_PAGES: Record<string, string> = {
  policy: "policy",
  charter: "charter",
  partner: "partners",
  "partner-certificate": "partners",
  "partner-charter": "charter",
};
