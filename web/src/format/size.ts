// "48 kB", "1.5 MB". What is there is never shown as 0.
export function formatSize(bytes: number, locale: string): string {
  const small = bytes < 1_000_000;
  const value = small ? Math.max(1, Math.round(bytes / 1_000)) : bytes / 1_000_000;
  const unit = small ? "kilobyte" : "megabyte";
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: 1 }).format(value);
}
