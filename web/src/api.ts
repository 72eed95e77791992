// The node's services, over the Connect protocol to where the page came from.
import { createClient, type Interceptor, Code, ConnectError } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { BookService } from "./gen/daftar/v1/book_pb";
import { DisclosureService } from "./gen/daftar/v1/disclosure_pb";
import { IncidentService } from "./gen/daftar/v1/incident_pb";
import { NodeService } from "./gen/daftar/v1/node_pb";
import { PolicyService } from "./gen/daftar/v1/policy_pb";
import { SessionService } from "./gen/daftar/v1/session_pb";
import { ShopService } from "./gen/daftar/v1/shop_pb";
import { SubjectService } from "./gen/daftar/v1/subject_pb";
import { sessionEnded } from "./session";

// Of these, UNAUTHENTICATED says that what was typed is wrong.
const ASKING_FOR_SECRETS = new Set(["SignIn", "UseLink", "SetPassword", "BeginSecondFactor", "ConfirmSecondFactor"]);

const watchSession: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (!ASKING_FOR_SECRETS.has(request.method.name) && ConnectError.from(error).code === Code.Unauthenticated) sessionEnded();
    throw error;
  }
};

const transport = createConnectTransport({
  // Of the page, so that nothing else is ever asked.
  baseUrl: typeof location === "undefined" ? "http://localhost" : location.origin,
  interceptors: [watchSession],
});

export const book = createClient(BookService, transport);
export const disclosure = createClient(DisclosureService, transport);
export const incident = createClient(IncidentService, transport);
export const node = createClient(NodeService, transport);
export const policy = createClient(PolicyService, transport);
export const sessions = createClient(SessionService, transport);
export const shop = createClient(ShopService, transport);
export const subject = createClient(SubjectService, transport);

// New for each intention; kept while one is tried again.
export function newRequestId(): string {
  // randomUUID is missing where the page came over plain HTTP from another host than loopback.
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");
}
