export const recognise = {
  takenFor: (type: string, display: string) => `${type}: ${display}`,
  unknown: "This is nothing that a buyer can be known by. Write it like 0812-3456-7890.",
  which: "What is it?",
};
