export const overview = {
  title: "Overview",
  intro: "What checking buyers has done for the shop.",
  period: "Period",
  periods: { d30: "Last 30 days", d90: "Last 90 days", d365: "Last 12 months", year: "This year" },
  fromTo: (from: string, to: string) => `${from} to ${to}`,
  none: "No checks in this period",
  noneHint: "Check a buyer at the counter; what comes of it is counted here.",
  checks: "Checks",
  hindered: "Held back",
  hinderedHint: (share: string) => `${share} of the checks were answered with more than “accept”.`,
  paid: "Paid",
  acceptedPaid: "Accepted, then paid",
  acceptedUnpaid: "Accepted, then not paid",
  hinderedPaid: "Held back, then paid",
  hinderedUnpaid: "Held back, then not paid",
  other: "How it ended is not known",
  avoided: "Loss that was probably avoided",
  avoidedRange: (least: string, most: string, probably: string) =>
    `Between ${least} and ${most}, probably ${probably}.`,
  avoidedOf: (asked: string) => `Orders of ${asked} were held back.`,
  avoidedHow:
    "An estimate: what buyers asked for and was held back, times how often such orders are not paid. In nine of ten cases the truth lies between the two amounts.",
  avoidedNone: "There is not enough yet to estimate it: note with orders whether they were paid.",
  months: "Month by month",
  month: "Month",
  monthsTitle: "Checks by month, and how they ended",
  effects: "What was answered",
  share: "Share",
  effect: "Answer",
  groups: "By group of customers",
  group: "Group",
  noGroup: "No group",
  unpaidRate: "Not paid",
  node: "The node",
  allWell: "All is well.",
  toDo: "To do",
  toKnow: "Good to know",
  notSigning: "The node does not sign anything now, so partners get nothing new from it.",
  partners: "Partners heard",
  partnersOf: (fresh: string, all: string) => `${fresh} of ${all}`,
  records: "Records in your log",
  decisions: "Decisions kept",
  waiting: "Waiting to be sent",
  version: "Version",
  since: "Running since",
  // What each kind of problem means for the shop, and what to do.
  problems: {
    log: {
      what: "Your log cannot go on, so partner shops get nothing new from you. Buyers can still be checked.",
      todo: "Have whoever looks after the node read the details: they say what brings the log back.",
    },
    publishing: {
      what: "Your newest records have not reached partner shops yet.",
      todo: "The node tries again by itself. If this still stands here in an hour, have whoever looks after it read the details.",
    },
    "no-log": {
      what: "The node finds no log of your shop: its database is new, or was emptied.",
      todo: "Share nothing until the log was fetched back from partner shops. The details say how.",
    },
    policy: {
      what: "The file of the policy has a fault, so answers follow the policy that was in force before.",
      todo: "Put it right on the policy page, or have the file corrected.",
    },
    charter: {
      what: "The file of the charter on the node's computer is not the charter in force. Checks are not affected.",
      todo: "Have the file put back as it was; another charter is adopted on the charter page.",
    },
    outcomes: {
      what: "The node does not learn from how your orders end, so its answers do not get better.",
      todo: "Have whoever looks after the node read the details.",
    },
    "proof-files": {
      what: "Proof that was erased still lies on the disk.",
      todo: "The node tries again by itself. If it stays, have the disk looked at: it may be full or locked.",
    },
    codes: {
      what: "Codes for buyers that have ended are still kept.",
      todo: "The node tries again by itself. If it stays, have the disk looked at: it may be full or locked.",
    },
    reviews: {
      what: "Numbers that many people share could not be listed for you yet. They may weigh too much in answers.",
      todo: "The node tries again by itself. If it stays, have the details read.",
    },
    clock: {
      what: "The node's clock and those of partner shops disagree, so no hold ends and nothing is shared or taken back by itself.",
      todo: "Have the clock of the node's computer set by a time server.",
    },
    expiry: {
      what: "Records of partner shops whose time is over are still kept here.",
      todo: "The node tries again by itself. If it stays, have the disk looked at: it may be full or locked.",
    },
    "proof-requests": {
      what: "Requests for proof whose time is over still stand as open.",
      todo: "The node tries again by itself. If it stays, have the disk looked at: it may be full or locked.",
    },
    purging: {
      what: "What was erased is still in the files of the database, out of reach of everybody in the shop.",
      todo: "The node tries again by itself. If it stays, have the disk looked at: it may be full.",
    },
    partner: {
      what: "Something is wrong with a partner shop. What it knows may be old in your answers, or not count.",
      todo: "Look at its page, and talk to the shop.",
    },
    "partner-certificate": {
      what: "A partner shop's certificate has expired, so that nothing comes from it any more.",
      todo: "Become partners anew: invite it with a code.",
    },
    "partner-charter": {
      what: "A partner shop follows a charter that you have not adopted. What it reports under it does not count here.",
      todo: "Agree with the circle, get the file from the shop, and adopt it.",
    },
    partners: {
      what: "Something is wrong with partner shops. What they know may be missing in your answers.",
      todo: "Tell a manager or whoever looks after the node; they see which shops.",
    },
  } as Record<string, { what: string; todo: string }>,
  // What is good to know, by how the node says it.
  notices: {
    testMode: "This node is in test mode: answers about test identifiers are made up. It is for trying out, not for real customers.",
    unlockFile:
      "The node's keys open with a file that lies beside them: whoever copies the directory has them. Have whoever looks after the node keep a passphrase elsewhere.",
    noPartner: "No partner shop is active: nobody keeps a copy of your log, and checks have no partner's answer.",
    warnings: (n: number) =>
      n === 1
        ? "A number or address may belong to many people and waits for somebody to look at it."
        : `${n} numbers or addresses may belong to many people and wait for somebody to look at them.`,
    requests: (n: number) =>
      n === 1 ? "A partner shop's request for proof waits for a manager." : `${n} requests for proof wait for a manager.`,
    disputes: (n: number) =>
      n === 1
        ? "A dispute has waited for an answer longer than the circle allows without notice. Unanswered the incident is taken back."
        : `${n} disputes have waited for an answer longer than the circle allows without notice. Unanswered the incidents are taken back.`,
  },
  problemDetails: "Details",
  problemPage: "Open the page",
};
