import { Effect, Role, Terms } from "../../gen/daftar/v1/types_pb";

// Words of the shop's trade that several pages use.
export const names = {
  effects: {
    [Effect.UNSPECIFIED]: "No answer",
    [Effect.ACCEPT]: "Accept",
    [Effect.DEPOSIT]: "Ask for a deposit",
    [Effect.PREPAY]: "Payment first",
    [Effect.REVIEW]: "Ask the manager",
    [Effect.DECLINE]: "Decline",
  },
  terms: {
    [Terms.UNSPECIFIED]: "Not said",
    [Terms.CREDIT]: "On credit",
    [Terms.COD]: "Cash on delivery",
    [Terms.DEPOSIT]: "With a deposit",
    [Terms.PREPAID]: "Paid first",
  },
  roles: {
    [Role.UNSPECIFIED]: "None",
    [Role.STAFF]: "Staff",
    [Role.MANAGER]: "Manager",
    [Role.OPERATOR]: "Operator",
    [Role.AUDITOR]: "Auditor",
    [Role.OWNER]: "Owner",
  },
  // Of identifiers, as the node calls their types; other ones are shown as they are.
  identifiers: {
    phone: "Phone number",
    email: "E-mail address",
    "national-id/ID": "Indonesian identity number (NIK)",
    "national-id/MY": "Malaysian identity card (MyKad)",
    "national-id/SG": "Singapore identity number (NRIC)",
    "tax-id/ID": "Indonesian tax number (NPWP)",
    "business-id/ID": "Indonesian business number (NIB)",
    "business-id/MY": "Malaysian business number (SSM)",
    "bank-account": "Bank account",
    handle: "Account name",
  } as Record<string, string>,
  orders: {
    open: "Open",
    overdue: "Overdue",
    unpaid: "Unpaid",
    "given-up": "Given up",
    paid: "Paid",
    late: "Paid late",
    disputed: "In dispute",
    broken: "Payment taken back",
  } as Record<string, string>,
  incidents: {
    draft: "Draft",
    ready: "Waits for approval",
    approved: "Approved",
    held: "On hold",
    published: "Shared",
    settled: "Settled",
    disputed: "In dispute",
    withdrawn: "Withdrawn",
    corrected: "Corrected",
    expired: "Expired",
    erased: "Erased",
  } as Record<string, string>,
  // The groups that every node begins with; others are called as the shop calls them.
  groups: {
    staff: "Staff",
    problem: "Problem",
    "watch-closely": "Watch closely",
    vip: "VIP",
    regular: "Regular",
  } as Record<string, string>,
};
