export const chart = { numbers: "The numbers as a table" };
