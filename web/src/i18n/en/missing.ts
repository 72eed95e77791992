// What is missing before an incident can be shared: as the node says it, with days, money and names as
// people here write them.
export const missing = {
  or: " or ",
  identifier: "Add an identifier of the customer, like a phone number.",
  identifiers: (most: string, there: string) => `Choose at most ${most} identifiers; the incident has ${there}.`,
  nobody: (type: string, why: string) =>
    `${type}: this belongs to no one buyer (${why}). Withdraw the incident and file it again without that.`,
  amount: "State the amount and its currency.",
  amountLarge: "Correct the amount: it is larger than can be recorded.",
  currency: (these: string, other: string) => `Give the amount in ${these}: the charter has no least amount in ${other}.`,
  amountSmall: (least: string) => `The amount is too small to be shared: the charter asks for at least ${least}.`,
  occurred: "State the date on which it occurred.",
  occurredFuture: (day: string) => `Correct the date on which it occurred: ${day} lies in the future.`,
  tooOld: (months: number) =>
    `It is too old to be shared: the charter keeps this reason for ${months === 1 ? "1 month" : `${months} months`} after it occurred.`,
  due: "State the date on which payment was due.",
  notOverdue: (day: string) => `Wait until payment is overdue: it is due on ${day}.`,
  daysSinceDue: (day: string, days: number) =>
    `Wait until ${day}: the charter asks for ${days === 1 ? "1 day" : `${days} days`} since payment was due.`,
  daysSinceOccurred: (day: string, days: number) =>
    `Wait until ${day}: the charter asks for ${days === 1 ? "1 day" : `${days} days`} since it occurred.`,
  remindersMany: (most: string, there: string) => `Record at most ${most} reminders; there are ${there}.`,
  remindersOrder: "Correct the dates of the reminders: one a day, in order.",
  remindersFuture: (day: string) => `Correct the dates of the reminders: ${day} lies in the future.`,
  ordinals: ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"],
  reminder: (ordinal: string, sent: string, counts: string) =>
    `${/^e/.test(ordinal) ? "An" : "A"} ${ordinal} reminder, sent ${sent}, is missing; ${counts}.`,
  afterReminder: (days: number, ordinal: string, day: string) =>
    `${days === 1 ? "1 day" : `${days} days`} or more after the ${ordinal} (${day})`,
  afterDue: (day: string) => `after the day payment was due (${day})`,
  toCustomer: "to the customer",
  countsToday: "one sent today counts",
  countsFrom: (day: string) => `it counts from ${day} on`,
  neededInAll: (counts: string, all: string) => `${counts}, and ${all} are needed in all`,
  daysSinceReminder: (day: string, days: number, sent: string) =>
    `Wait until ${day}: the charter asks for ${days === 1 ? "1 day" : `${days} days`} since the first reminder, which was sent on ${sent}.`,
  tell: "Tell the customer that this may be reported to the circle, and record the day",
  tellWithReminder:
    "Tell the customer that this may be reported to the circle, with the first reminder that counts or after it, and record the day",
  tellAgain: "Tell the customer again that this may be reported to the circle, and record the day",
  tellAgainWithReminder:
    "Tell the customer again that this may be reported to the circle, with the first reminder that counts or after it, and record the day",
  toldToday: (said: string, day: string) => `${said}; told today, it can be shared from ${day} on`,
  toldBefore: (said: string, day: string) => `${said}: ${day} was before that reminder`,
  toldFuture: (day: string) => `Correct the day on which the customer was told: ${day} lies in the future.`,
  daysSinceTold: (day: string, days: number, told: string) =>
    `Wait until ${day}: the charter asks for ${days === 1 ? "1 day" : `${days} days`} since the customer was told, which was on ${told}.`,
  proof: (kind: string) => `Attach a proof of this kind: ${kind}.`,
  proofs: (kinds: string) => `Attach a proof of one of these kinds: ${kinds}.`,
  proofNot: (kind: string) => `Attach a proof of this kind: ${kind}; none of the attached files is.`,
  proofsNot: (kinds: string) => `Attach a proof of one of these kinds: ${kinds}; none of the attached files is.`,
  dispute: "Resolve the open dispute first.",
  approve: "Have a person who neither filed nor changed it approve it.",
  reasonLocal: "Choose another reason: this one steers your own shop and is never shared.",
  reasonOther: "Choose another reason: the charter of the circle does not let this one be shared.",
  reasonsShared: (said: string, reasons: string) => `${said} The circle's charter lets these be shared: ${reasons}.`,
};
