// Putting one thing on paper or into a file, without the page around it.
import "./print.css";

// Prints a text as it is, or a copy of what an element shows.
export function print(what: string | HTMLElement) {
  const sheet = document.createElement("div");
  sheet.className = "print-sheet";
  if (typeof what === "string") {
    const letter = document.createElement("div");
    letter.className = "print-letter";
    letter.textContent = what;
    sheet.append(letter);
  } else {
    sheet.append(what.cloneNode(true));
  }
  document.body.append(sheet);
  document.documentElement.classList.add("printing");
  try {
    window.print();
  } finally {
    document.documentElement.classList.remove("printing");
    sheet.remove();
  }
}

// Has the browser save it; what it is called says nothing of a buyer.
export function download(name: string, content: Blob) {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
