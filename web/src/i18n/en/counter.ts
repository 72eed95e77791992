import { PartnerState } from "../../gen/daftar/v1/shop_pb";

export const counter = {
  title: "Check a buyer",
  box: "Phone, e-mail, identity number or account of the buyer",
  boxHint: "Type or paste it as it stands. Enter checks, Esc clears.",
  recognisedAs: (type: string) => `This is a ${type.charAt(0).toLowerCase()}${type.slice(1)}`,
  whichOne: "What is it?",
  chooseFirst: "Say what it is first.",
  typeSomething: "Type something about the buyer first.",
  amount: "Amount of the order",
  terms: "How it is paid",
  check: "Check",
  clear: "Clear",
  asking: "Asking your records and the partner shops…",
  testAnswer: "This answer is made up, for a test.",
  nextTitle: "What to do now",
  why: "See why",
  recordOrder: "Record the order",
  fileIncident: "File an incident",
  override: "Decide otherwise",
  trial: "The policy on trial would have answered:",
  allowed: "The buyer is on your list of trusted customers.",
  group: (name: string) => `Group: ${name}`,

  factsTitle: "What it rests on",
  // Of how many partner shops were reached, and how many there are.
  noFacts: (reached: number, all: number) => {
    if (all === 0) return "Nothing in your own book counted. No partner shop was asked.";
    if (reached === 0) return "Nothing in your own book counted. Of no partner shop that was asked there is an up-to-date answer.";
    if (reached < all) return `Nothing in your own book counted. Only ${reached} of the ${all} partner shops that were asked gave an up-to-date answer, and none of these has a record.`;
    return all === 1
      ? "Nothing in your own book counted, and the partner shop that was asked has no record."
      : `Nothing in your own book counted, and none of the ${all} partner shops that were asked has a record.`;
  },
  noFactsHint: "A new buyer is not a bad one. The answer rests on how buyers do in your shop overall.",
  ownOrders: "Orders in your shop",
  ownOrdersNone: "None has ended yet",
  onTime: (paid: number, settled: number) => `${paid} of ${settled} paid on time`,
  late: (count: number) => `${count} late`,
  open: (count: number) => `${count} open`,
  overdue: (count: number) => `of these ${count} overdue`,
  unpaid: (count: number) => `of these ${count} long unpaid`,
  owes: (amounts: string) => `Still to pay: ${amounts}`,
  ownIncident: "Your own incident",
  partnerRecord: "A record of a partner shop",
  partnerRecordOf: (origin: string) => `A record of ${origin}`,
  notCounted: "Not counted",
  dueAge: (age: string) => `due ${age}`,
  askProof: "Ask for the proof",
  askProofOf: (shop: string) => `${shop} learns that you ask about this buyer. A manager there decides within 14 days.`,
  askProofHint: "One line for the partner shop to read, and for both records. Name nobody.",
  askedProof: "The partner shop was asked. What becomes of it stands in the log, under “Proof”.",
  statuses: {
    live: "Open",
    settled: "Paid since",
    disputed: "In dispute",
    withdrawn: "Withdrawn",
    corrected: "Corrected",
    erased: "Erased",
    expired: "Expired",
    pending: "Not shared yet",
    "set-aside": "Set aside",
  } as Record<string, string>,

  partnersTitle: "Partner shops",
  partnersNone: "No partner shop was asked: the answer rests on your own records.",
  partnersAll: (count: number) => (count === 1 ? "The one partner shop answered." : `All ${count} partner shops answered.`),
  partnersSome: (reached: number, count: number) => `${reached} of ${count} partner shops answered.`,
  partnersMissing: (count: number) =>
    count === 1
      ? "One was not reached. What it knows is not in this answer."
      : `${count} were not reached. What they know is not in this answer.`,
  partnerStates: {
    [PartnerState.UNSPECIFIED]: "Not known",
    [PartnerState.ANSWERED]: "Answered now",
    [PartnerState.CACHED]: "Answered before",
    [PartnerState.STALE]: "Answered from older data",
    [PartnerState.NOT_CHECKED]: "Not reached",
  },
  dataFrom: (age: string) => `data from ${age}`,
  // Where the node says no more than hours or days.
  dataAtMost: (length: string) => `data at most ${length} old`,
  somePartner: "A partner shop",

  historyTitle: "In your own book",
  historyNone: "No orders yet.",
  historyOpen: "Open the customer",
  ordersPaid: (day: string) => `paid ${day}`,
  ordersDue: (day: string) => `due ${day}`,
  daysLate: (days: number) => (days === 1 ? "1 day late" : `${days} days late`),

  recentTitle: "Your recent checks",
  recentNone: "No checks yet",
  recentNoneHint: "Your checks will stand here, without the buyer. Only this window still knows who it was, until you close it.",
  when: "When",
  buyer: "Buyer",
  answer: "Answer",
  orderAmount: "Amount",
  outcome: "Since then",
  outcomes: { paid: "Paid", late: "Paid late", unpaid: "Not paid" } as Record<string, string>,
  overridden: (word: string) => `Decided: ${word}`,

  orderTitle: "Record the order",
  orderIntro: "It becomes part of the buyer's history in your shop.",
  customerName: "Name of the buyer",
  invoice: "Invoice number",
  invoiceHint: "Left empty, one is made.",
  due: "Due",
  dueHint: "Left empty: the day of the invoice, or after the days that the buyer's group gets.",
  amountNeeded: "The order needs an amount.",
  recordIt: "Record it",
  orderRecorded: (invoice: string) => `Order ${invoice} was recorded.`,
  leftOut: "Not taken, because it belongs to nobody in particular:",

  overrideTitle: "Decide otherwise",
  overrideIntro: "It goes on the record, with your name and your reason. The answer of the node stays beside it.",
  overrideEffect: "Your decision",
  overrideIt: "Decide so",
  overrideDone: "Your decision is on the record.",

  receiptTitle: "Why this answer",
  receiptBack: "Counter",
  receiptMissing: "Choose a check to see why it was answered so.",
  risk: "Risk that it is not paid",
  decidedHere: "What a person decided",
  earlier: "Before that",
  age: "Age",
};
