import { nameWords } from "./i18n/names";
import { useWords } from "./i18n/words";

// What people read of a group.
export function useGroupName(): (name: string) => string {
  const { groups } = useWords(nameWords);
  return (name) => groups[name] ?? name;
}
