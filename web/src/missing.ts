// What the node says is missing before an incident can be shared, in the words of whoever looks. The
// sentences come in English (node/evidence/admissibility.cc, node/ledger/publish.cc); each form of them
// is known here by how it is built. One that is not known stays as it came.
import type { Amount } from "./format/money";
import { minorDigits } from "./format/currency";
import type { missing } from "./i18n/en/missing";

// How what stands in a sentence is written.
export interface Say {
  words: typeof missing;
  day: (iso: string) => string;
  money: (amount: Amount) => string;
  // Titles of kinds of proof, reasons and types of identifiers, by the node's names of them.
  kind: (name: string) => string;
  reason: (name: string) => string;
  identifier: (type: string) => string;
}

const DAY = String.raw`(\d{4}-\d{2}-\d{2})`;
const DAYS = String.raw`(\d+) days?`;
const ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"];
const ORDINAL = `(${ORDINALS.join("|")})`;

// Of "10000000" or "12.50", as the node writes amounts.
function amountOf(text: string, currency: string): Amount {
  const [whole = "", fraction = ""] = text.split(".");
  return { minor: BigInt(whole + fraction.padEnd(minorDigits(currency), "0")), currency };
}

const listed = (names: string, say: (name: string) => string) => names.split(", ").map(say);

// What matched has all its groups, or "" for those that are left out.
type Form = [pattern: string, said: (say: Say, parts: string[]) => string];

const fixed = (pattern: string, said: (words: Say["words"]) => string): Form => [pattern, ({ words }) => said(words)];

const FORMS: Form[] = [
  fixed(String.raw`Add an identifier of the customer, like a phone number\.`, (t) => t.identifier),
  [
    String.raw`Choose at most (\d+) identifiers; the incident has (\d+)\.`,
    ({ words }, [most = "", there = ""]) => words.identifiers(most, there),
  ],
  [
    String.raw`its (.+?) belongs to no one buyer: (.+?)(?:; withdraw the incident and file it again without that)?`,
    ({ words, identifier }, [type = "", why = ""]) => words.nobody(identifier(type), why),
  ],
  fixed(String.raw`State the amount and its currency\.`, (t) => t.amount),
  fixed(String.raw`Correct the amount: it is larger than can be recorded\.`, (t) => t.amountLarge),
  [
    String.raw`Give the amount in ([A-Z, ]+?(?: or [A-Z]+)?): the charter has no least amount in ([A-Z]+)\.`,
    ({ words }, [these = "", other = ""]) => words.currency(these.replace(" or ", words.or), other),
  ],
  [
    String.raw`The amount is too small to be shared: the charter asks for at least ([\d.]+) ([A-Z]+)\.`,
    ({ words, money }, [least = "", currency = ""]) => words.amountSmall(money(amountOf(least, currency))),
  ],
  fixed(String.raw`State the date on which it occurred\.`, (t) => t.occurred),
  [
    String.raw`Correct the date on which it occurred: ${DAY} lies in the future\.`,
    ({ words, day }, [on = ""]) => words.occurredFuture(day(on)),
  ],
  [
    String.raw`It is too old to be shared: the charter keeps this reason for (\d+) months? after it occurred\.`,
    ({ words }, [months]) => words.tooOld(Number(months)),
  ],
  fixed(String.raw`State the date on which payment was due\.`, (t) => t.due),
  [
    String.raw`Wait until payment is overdue: it is due on ${DAY}\.`,
    ({ words, day }, [on = ""]) => words.notOverdue(day(on)),
  ],
  [
    String.raw`Wait until ${DAY}: the charter asks for ${DAYS} since payment was due\.`,
    ({ words, day }, [from = "", days]) => words.daysSinceDue(day(from), Number(days)),
  ],
  [
    String.raw`Wait until ${DAY}: the charter asks for ${DAYS} since it occurred\.`,
    ({ words, day }, [from = "", days]) => words.daysSinceOccurred(day(from), Number(days)),
  ],
  [
    String.raw`Record at most (\d+) reminders; there are (\d+)\.`,
    ({ words }, [most = "", there = ""]) => words.remindersMany(most, there),
  ],
  fixed(String.raw`Correct the dates of the reminders: one a day, in order\.`, (t) => t.remindersOrder),
  [
    String.raw`Correct the dates of the reminders: ${DAY} lies in the future\.`,
    ({ words, day }, [on = ""]) => words.remindersFuture(day(on)),
  ],
  [
    String.raw`An? ${ORDINAL} reminder, sent (?:${DAYS} or more after the ${ORDINAL} \(${DAY}\)|after the day payment was due \(${DAY}\)|to the customer), is missing; (?:one sent today counts|it counts from ${DAY} on)(?:, and (\d+) are needed in all)?\.`,
    ({ words, day }, [which = "", days, before = "", sent = "", due, from, all]) => {
      const ordinal = (name: string) => words.ordinals[ORDINALS.indexOf(name)] ?? name;
      const after = days
        ? words.afterReminder(Number(days), ordinal(before), day(sent))
        : due
          ? words.afterDue(day(due))
          : words.toCustomer;
      const counts = from ? words.countsFrom(day(from)) : words.countsToday;
      return words.reminder(ordinal(which), after, all ? words.neededInAll(counts, all) : counts);
    },
  ],
  [
    String.raw`Wait until ${DAY}: the charter asks for ${DAYS} since the first reminder, which was sent on ${DAY}\.`,
    ({ words, day }, [from = "", days, sent = ""]) => words.daysSinceReminder(day(from), Number(days), day(sent)),
  ],
  [
    String.raw`Tell the customer (again )?that this may be reported to the circle(, with the first reminder that counts or after it)?, and record the day(?:; told today, it can be shared from ${DAY} on)?(?:: ${DAY} was before that reminder)?\.`,
    ({ words, day }, [again, reminder, from, told]) => {
      let said = again
        ? reminder
          ? words.tellAgainWithReminder
          : words.tellAgain
        : reminder
          ? words.tellWithReminder
          : words.tell;
      if (from) said = words.toldToday(said, day(from));
      if (told) said = words.toldBefore(said, day(told));
      return `${said}.`;
    },
  ],
  [
    String.raw`Correct the day on which the customer was told: ${DAY} lies in the future\.`,
    ({ words, day }, [on = ""]) => words.toldFuture(day(on)),
  ],
  [
    String.raw`Wait until ${DAY}: the charter asks for ${DAYS} since the customer was told, which was on ${DAY}\.`,
    ({ words, day }, [from = "", days, told = ""]) => words.daysSinceTold(day(from), Number(days), day(told)),
  ],
  [
    String.raw`Attach a proof of (this kind|one of these kinds): ([a-z, -]+?)(; none of the attached files is)?\.`,
    ({ words, kind }, [which, names = "", none]) => {
      const kinds = listed(names, kind).join(words.or);
      if (which === "this kind") return none ? words.proofNot(kinds) : words.proof(kinds);
      return none ? words.proofsNot(kinds) : words.proofs(kinds);
    },
  ],
  fixed(String.raw`Resolve the open dispute first\.`, (t) => t.dispute),
  fixed(String.raw`Have a person who neither filed nor changed it approve it\.`, (t) => t.approve),
  [
    String.raw`Choose another reason: (this one steers your own shop and is never shared|the charter of the circle does not let this one be shared)(?:\. The circle's charter lets these be shared: ([a-z, -]+))?\.`,
    ({ words, reason }, [why = "", names]) => {
      const said = why.startsWith("this one") ? words.reasonLocal : words.reasonOther;
      return names ? words.reasonsShared(said, listed(names, reason).join(", ")) : said;
    },
  ],
];

const KNOWN = FORMS.map(([pattern, said]) => ({ pattern: new RegExp(`^${pattern}$`), said }));

// What has to be mended is that the buyer was not told, or not in time.
export const isAboutTelling = (sentence: string) =>
  /^Tell the customer |^Correct the day on which the customer was told: | since the customer was told, /.test(sentence);

// Undefined when the sentence has a form that is not known here.
export function sayMissing(sentence: string, say: Say): string | undefined {
  for (const { pattern, said } of KNOWN) {
    const found = pattern.exec(sentence);
    if (found) return said(say, found.slice(1).map((part: string | undefined) => part ?? ""));
  }
  return undefined;
}
